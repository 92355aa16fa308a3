from tvl.data import points
from tvl.tables import contestants_table
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write


class ContestantsTable(Folder):
    def markdown(self, *found):
        return contestants_table.markdown(points.load(write(self.folder, found)), self.folder, None).splitlines()

    def test_lowest_cpu_first_with_throughput_and_all_contestants(self):
        found = [point("models", name, x, facet=facet, rate=rate, position=p, cpu=cpu, throughput=1000.0 * cpu,
                       model="loop", limiter="generator" if name == "asio_loop" else "server-cpu")
                 for p, (name, cpu) in enumerate((("asio_threads", 20.0), ("asio_loop", 9.0))) for x in (64, 1000)
                 for facet, rate in (("rate:saturation", None), ("rate:2000", 2000.0))
                 if (name, x) != ("asio_threads", 1000)]
        found += [left_out("models", "asio_threads", "limit", "too few ids", x=1000, facet="rate:2000"),
                  left_out("models", reason="a | b")]
        self.assertEqual(self.markdown(*found)[2:], [
            "| `asio_loop` | loop | 9.00 | 9.00 | 6.00 | ≥ 9,000 |",
            "| `asio_threads` | loop | 20.0 | limit | limit | 20,000 |",
            "| `nginx` | loop | not installed: a \\| b |  |  |  |"])

    def test_invalid_is_said(self):
        rows = self.markdown(point("models", facet="rate:2000", rate=2000.0, valid=False),
                             point("models", facet="rate:saturation"))
        self.assertEqual(rows[2], "| `asio_threads` | threads | invalid | invalid | 1,000 |")

    def test_so_is_a_failure(self):
        rows = self.markdown(point("models", facet="rate:saturation"), point(
            "models", facet="rate:2000", rate=2000.0, reasons=["answered 80 % of the requests that fell due"]))
        self.assertEqual(rows[2], "| `asio_threads` | threads | missed the rate (1 of 1) | missed the rate (1 of 1) | "
                                  "1,000 |")

    def test_it_needs_both_facets(self):
        with self.assertRaisesRegex(points.BadInput, "no points of the workload models at an offered rate"):
            self.markdown(point("models", facet="rate:saturation"))
