import os

from tvl.commands import readme
from tvl.data import points
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write

BEFORE = """# Name
<!-- results:table:begin -->
old numbers
<!-- results:table:end -->
between
<!-- results:environment:begin -->
<!-- results:environment:end -->
after
"""


class Readme(Folder):
    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.folder, "README.md")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(BEFORE)

    def measure(self, cpu=5.0):
        write(self.folder, [
            point(contestant=name, x=x, repetition=i, position=p, cpu=(20.0, cpu)[p], pss=(2 << 20) + x * 1024,
                  kernel=x * (20480, 0)[p])
            for x in (1, 64, 1000) for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))])

    def run_script(self, *flags, more=()):
        return tvl_results.run("readme", *flags, self.folder, self.path, *more)

    def text(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def test_only_what_stands_between_the_markers_changes(self):
        self.measure()
        self.assertEqual(self.run_script().returncode, 0)
        text = self.text()
        self.assertNotIn("old numbers", text)
        self.assertEqual(text.splitlines()[0], "# Name")
        self.assertIn("\nbetween\n", text)
        self.assertTrue(text.endswith("<!-- results:environment:end -->\nafter\n"))

    def test_numbers(self):
        self.measure()
        self.run_script()
        text = self.text()
        self.assertIn("| connections | asio_threads | asio_loop | asio_loop / asio_threads |", text)
        self.assertIn("| CPU per request, µs, at 64 | 20.0 (20.0 to 20.0) | 5.00 (5.00 to 5.00) | "
                      "0.25x (0.25 to 0.25) |", text)
        self.assertIn("| memory per connection, KiB | 21.0 | 1.00 | 0.048x (0.048 to 0.048) |", text)
        self.assertIn("Imaginary CPU 3000, 2 cores", text)

    def test_p99_is_of_an_open_loop_at_one_rate_and_one_row_of_services(self):
        found = [point(*at, i, position=p, rate=rate, facet=facet, p99=1000.0 * (1 + p), cpu=20.0 + 10 * p, chart=chart)
                 for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))
                 for at, rate, facet, chart in (
                     (("connections", name, 64), None, None, None),
                     (("models", name, 256), None, "rate:saturation", None),
                     (("models", name, 256), 2000.0, "rate:2000", None),
                     (("services_api", name, 1000), 1000.0, None, {"x": "rate"}))]
        write(self.folder, found)
        text = readme.markdown_table(points.load(self.folder), "x", None)
        self.assertNotIn("p99, ms, at 64", text)
        self.assertIn("| p99, ms, at 2,000 requests/s, 256 connections (`models`) | 1.00 (1.00 to 1.00) | "
                      "2.00 (2.00 to 2.00) | 2.00x (2.00 to 2.00) |", text)
        self.assertIn("| CPU per request with services, µs, at 1,000 requests/s (`services_api`) | "
                      "20.0 (20.0 to 20.0) | 30.0 (30.0 to 30.0) | 1.50x (1.50 to 1.50) |", text)

    def test_a_rate_that_one_of_them_missed_gives_no_row(self):
        late = {"reasons": ["answered 80 % of the requests that fell due"]}
        found = [point(w, name, 64, i, position=p, rate=w == "models" and 2000.0 or None, **(late if p else {}))
                 for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))
                 for w in ("connections", "models")]
        write(self.folder, found)
        self.assertNotIn("p99", readme.markdown_table(points.load(self.folder), "x", None))

    def test_check_fails_when_stale_and_changes_nothing(self):
        self.measure()
        done = self.run_script("--check")
        self.assertEqual((done.returncode, self.text()), (1, BEFORE))
        self.assertIn("is stale", done.stderr)
        self.run_script()
        self.assertEqual(self.run_script("--check").returncode, 0)
        self.measure(cpu=6.0)
        self.assertEqual(self.run_script("--check").returncode, 1)

    def test_several_at_once_and_each_stale_one_is_named(self):
        self.measure()
        os.makedirs(os.path.join(self.folder, "servers"))
        other = os.path.join(self.folder, "servers", "README.md")
        with open(other, "w", encoding="utf-8") as file:
            file.write("<!-- results:environment:begin -->\n<!-- results:environment:end -->\n")
        done = self.run_script("--check", more=(other,))
        self.assertEqual((done.returncode, done.stderr.count("is stale")), (1, 2), done.stderr)
        self.assertEqual(self.run_script(more=(other,)).returncode, 0)
        with open(other, encoding="utf-8") as file:
            self.assertIn("[Raw data](../)", file.read())

    def test_the_diff_is_that_of_the_sources(self):
        text = readme.difference("asio_threads", "asio_loop").splitlines()
        self.assertEqual(text[:3], ["```diff", "--- servers/asio_threads.cpp", "+++ servers/asio_loop.cpp"])
        self.assertTrue(any(line.startswith("-") and "waits::blocking::answer(" in line for line in text))
        self.assertTrue(any(line.startswith("+") and "co_await waits::awaiting::answer(" in line for line in text))
        self.assertIn(" }", text)

    def summary(self):
        return readme.regenerate("<!-- results:summary:begin -->\n<!-- results:summary:end -->\n", self.folder, "x").splitlines()

    def test_the_summary_is_three_sentences(self):
        self.measure()
        _, one, many, claims, _ = self.summary()
        self.assertEqual(one, "- **With one connection**, `asio_loop` / `asio_threads`: median response time the same, "
                              "CPU per request 0.25x.")
        self.assertEqual(many, "- **At 1000 connections** `asio_loop` takes 0.250 (0.250 to 0.250) times the CPU per request of "
                               "`asio_threads`, and 0.0476 times its memory per connection.")
        self.assertRegex(claims, r"^- Guide: \d+ of \d+ ")

    def test_a_run_without_the_headline_sizes_has_a_summary(self):
        write(self.folder, [point(contestant=name, x=4096, repetition=i, position=p, cpu=(20.0, 5.0)[p])
                            for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))])
        self.assertIn("**At 4096 connections** `asio_loop` takes 0.250 (0.250 to 0.250) times the CPU per request of "
                      "`asio_threads`, and its memory per connection is not known.", " ".join(self.summary()))

    def test_the_summary_calls_a_tie_a_tie(self):
        self.measure(cpu=20.0)
        _, one, many, *_ = self.summary()
        self.assertIn("**One connection is a tie**", one)
        self.assertIn("`asio_loop` takes the same CPU per request as `asio_threads`, and 0.0476 times", many)

    def test_what_the_intervals_do_not_tell_is_no_figure(self):
        def measured(*costs):
            write(self.folder, [point(x=x, contestant=name, repetition=i, position=p, cpu=cost[p])
                                for x in (1, 1000) for i, cost in enumerate(costs)
                                for p, name in enumerate(("asio_threads", "asio_loop"))])
            return self.summary()[2]

        self.assertIn("`asio_loop` takes CPU per request that cannot be compared with that of `asio_threads` (not told "
                      "apart (0.80 to 1.10)), and", measured((10.0, 8.0), (10.0, 10.0), (10.0, 11.0)))
        self.assertIn("`asio_threads` (0.80x, 1 pair), and", measured((10.0, 8.0)))

    def refusal(self, text, records):
        write(self.folder, records)
        with self.assertRaises(points.BadInput) as caught:
            readme.regenerate(text, self.folder, "results/reference")
        return str(caught.exception)

    def test_refusals(self):
        self.assertIn("no <!-- results:NAME:begin -->", self.refusal("# Name\n", [point()]))
        self.assertIn("only one contestant", self.refusal(BEFORE, [point()]))
        self.assertIn("no points of the workload connections",
                      self.refusal(BEFORE, [point(workload="delay"), left_out()]))
        self.assertIn("unknown section results:tabel, there are table, environment",
                      self.refusal(BEFORE.replace(":table:", ":tabel:"), [point()]))

    def test_a_generator_limited_throughput_is_a_lower_bound(self):
        write(self.folder, [point(), point(contestant="asio_loop", position=1, limiter="generator", throughput=5000.0)])
        text = readme.regenerate(BEFORE, self.folder, "results/reference")
        self.assertIn("| ≥ 5,000 | n/a |", text)
