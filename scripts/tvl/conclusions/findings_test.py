from tvl.conclusions import findings
from tvl.data import points
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write


class Findings(Folder):
    def said(self, costs, sizes=(1, 64, 1000), names=("asio_threads", "asio_loop")):
        """costs: {(contestant, x): CPU per request}, 10 by default."""
        write(self.folder, [
            point(contestant=name, x=x, repetition=i, position=p, cpu=costs.get((name, x), 10.0),
                  pss=(2 << 20) + x * 1024 * (17, 1)[p], kernel=x * (16384, 0)[p])
            for x in sizes for i in range(3) for p, name in enumerate(names)])
        return "\n".join(findings.findings(points.load(self.folder)))

    def test_a_tie_at_one_connection_is_called_one(self):
        self.assertIn("One connection is a tie", self.said({}))

    def test_a_win_of_the_threads_is_said_too(self):
        said = self.said({("asio_loop", 1): 12.0, ("asio_loop", 64): 15.0})
        self.assertNotIn("tie", said)
        self.assertIn("1.20x the CPU per request", said)
        self.assertIn("1.50x at 64, the same at 1000", said)

    def test_ratios_and_memory(self):
        said = self.said({("asio_loop", 64): 5.0, ("asio_loop", 1000): 2.5})
        self.assertIn("0.50x at 64, 0.25x at 1000", said)
        self.assertIn("`asio_threads` 17.0 KiB + 16.0 KiB in the kernel and `asio_loop` 1.00 KiB", said)

    def test_one_contestant_alone_is_not_compared(self):
        said = self.said({}, names=("asio_loop",))
        self.assertNotIn("takes, of the CPU", said)
        self.assertNotIn("tie", said)

    def test_the_lowest_cpu_at_an_offered_rate(self):
        found = [point("models", name, facet=facet, rate=rate, position=p, cpu=cpu)
                 for p, (name, cpu) in enumerate((("asio_threads", 20.0), ("asio_loop", 9.0), ("posix_loop", 9.0)))
                 for facet, rate in (("rate:saturation", None), ("rate:2000", 2000.0))]
        said = findings.findings(points.load(write(self.folder, found)))
        self.assertEqual(said, ["**Lowest CPU per request at 2,000 requests/s**: `asio_loop` and "
                                "`posix_loop` at 64 (9.00 µs; highest of 3: `asio_threads`, 20.0 µs)."])
