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
        self.assertIn("**With one connection**, `asio_loop` / `asio_threads`: median response time the same, CPU per "
                      "request 1.20x.", said)
        self.assertIn("1.50x at 64, the same at 1000", said)

    def test_what_is_not_told_apart_is_no_tie(self):
        found = [point(contestant=name, x=x, repetition=i, position=p, cpu=cpu, p99=4000.0)
                 for x in (1, 64) for p, name in enumerate(("asio_threads", "asio_loop"))
                 for i, cpu in enumerate((10.0, 10.0, 10.0) if p == 0 else (6.1, 8.3, 16.5))]
        said = "\n".join(findings.findings(points.load(write(self.folder, found))))
        self.assertIn("median response time the same, CPU per request not told apart (0.61 to 1.65).", said)
        self.assertIn("of the CPU per request of `asio_threads`: not told apart (0.61 to 1.65) at 64.", said)
        self.assertNotIn("tie", said)

    def test_who_failed_is_in_none(self):
        missed = {"reasons": ["answered 60 % of the requests that fell due"]}
        found = [point("models", name, 64, i, facet="rate:2000", rate=2000.0, position=p, cpu=cpu, **more)
                 for p, (name, cpu, more) in enumerate((("asio_threads", 20.0, {}), ("asio_loop", 9.0, {}),
                                                        ("asio_pool", 3.0, missed))) for i in range(3)]
        said = findings.findings(points.load(write(self.folder, found)))
        self.assertIn("`asio_loop` at 64 (9.00 µs; highest of 2: `asio_threads`", said[0])

    def test_ratios_and_memory(self):
        said = self.said({("asio_loop", 64): 5.0, ("asio_loop", 1000): 2.5})
        self.assertIn("0.50x at 64, 0.25x at 1000", said)
        self.assertIn("`asio_threads` 17.0 KiB + 16.0 KiB in the kernel and `asio_loop` 1.00 KiB", said)

    def test_one_contestant_alone_is_not_compared(self):
        said = self.said({}, names=("asio_loop",))
        self.assertNotIn("takes, of the CPU", said)
        self.assertNotIn("tie", said)

    def test_the_lowest_cpu_at_an_offered_rate(self):
        costs = {"asio_threads": (20.0, 20.0, 20.0), "asio_loop": (9.0, 9.0, 9.0), "posix_loop": (9.1, 9.1, 9.1),
                 "nginx": (8.0, 9.5, 9.5)}
        found = [point("models", name, 64, i, facet=facet, rate=rate, position=p, cpu=cpu)
                 for p, (name, each) in enumerate(costs.items()) for i, cpu in enumerate(each)
                 for facet, rate in (("rate:saturation", None), ("rate:2000", 2000.0))]
        said = findings.findings(points.load(write(self.folder, found)))
        self.assertEqual(said, ["**Lowest CPU per request at 2,000 requests/s**: `asio_loop` at 64 (9.00 µs; the same: "
                                "`posix_loop`; not told apart: `nginx`; highest of 4: `asio_threads`, 20.0 µs)."])
