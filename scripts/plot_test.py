import os
import subprocess
import sys
import xml.etree.ElementTree as xml

import plot
import points
from points_test import Folder
from synthetic_points import left_out, point, write

HERE = os.path.dirname(os.path.abspath(__file__))
CEILING = {"label": "connections / delay"}


def texts(path):
    """Every piece of text in an SVG."""
    return [" ".join(node.itertext()) for node in xml.parse(path).iter("{http://www.w3.org/2000/svg}text")]


class Plot(Folder):
    def draw(self, *records, **options):
        charts = plot.draw_run(write(self.folder, records, **options))
        for name in os.listdir(charts):
            self.assertGreater(os.path.getsize(os.path.join(charts, name)), 0)
        return charts

    def run_of_two(self, **options):
        return [point(contestant=name, x=x, repetition=i, position=p, **options)
                for x in (1, 64, 1000) for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))]

    def test_files_and_labels(self):
        charts = self.draw(*self.run_of_two(), left_out())
        for name in ("connections", "overview"):
            with open(f"{charts}/{name}.png", "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
        said = "\n".join(texts(f"{charts}/connections.svg"))
        for expected in ("Throughput", "p99 response time", "Server CPU per request", "Context switches per request",
                         "Server memory, user + kernel", "higher is better", "lower is better", "from 0", "replies/s",
                         "connections (log scale)", "1000", "asio_threads", "asio_loop", "Imaginary CPU 3000, 2 cores",
                         "Linux 6.1.0", "2026-11-22", "commit 0123456789", "server on CPU 0, generator on CPU 1",
                         "nginx left out: not installed", "3 repetitions", "line: median"):
            self.assertIn(expected, said)
        self.assertEqual(len(os.listdir(f"{charts}/panels")), 6)  # five panels and the legend

    def test_log_scale_is_said(self):
        charts = self.draw(*[point(x=x, throughput=20.0 * x) for x in (1, 1000)])
        self.assertIn("higher is better, log scale", texts(f"{charts}/panels/connections-throughput.svg"))

    def test_ceilings_are_labelled(self):
        charts = self.draw(*[point(workload="delay", x=x, throughput=19.0 * x, ceilings=[{**CEILING, "rate": 20.0 * x}])
                             for x in (1, 8, 64)])
        self.assertIn("ceiling: connections / delay", texts(f"{charts}/panels/delay-throughput.svg"))

    def test_a_ceiling_far_above_does_not_squash_the_data(self):
        charts = self.draw(*[point(x=x, throughput=100.0, ceilings=[{**CEILING, "rate": 1e9}]) for x in (1, 8)])
        self.assertNotIn("ceiling: connections / delay", texts(f"{charts}/panels/connections-throughput.svg"))
        self.assertIn("100", texts(f"{charts}/panels/connections-throughput.svg"))

    def test_invalid_and_generator_limited_points_are_explained(self):
        charts = self.draw(point(limiter="generator"), point(repetition=1, valid=False, reasons=["3 resets"]))
        said = "\n".join(texts(f"{charts}/connections.svg"))
        for expected in ("at least: generator-limited", "invalid, in no median or ratio: 3 resets", "↑"):
            self.assertIn(expected, said)

    def test_thin_runs_are_drawn(self):
        nothing = point(throughput=None, p99=None, cpu=None, voluntary=None, pss=None)
        for records in ([point()], [point(valid=False)], [nothing],
                        [point(cpu=0.0, voluntary=0.0, involuntary=0.0)], self.run_of_two()[:1] + [left_out()]):
            self.assertTrue(os.path.exists(f"{self.draw(*records)}/connections.png"))

    def test_what_was_not_measured_is_said(self):
        charts = self.draw(point(cpu=None), environment=None)
        self.assertIn("not measured", texts(f"{charts}/panels/connections-cpu.svg"))
        self.assertIn("machine not recorded", "\n".join(texts(f"{charts}/connections.svg")))

    def test_more_contestants_than_colours(self):
        self.draw(*[point(contestant=f"server_{i}", position=i) for i in range(9)])

    def test_panels_follow_the_record(self):
        wanted = {**point(), "chart": {"panels": ["cpu", "p50"]}}
        self.assertEqual(sorted(os.listdir(f"{self.draw(wanted)}/panels")),
                         ["connections-cpu.svg", "connections-legend.svg", "connections-p50.svg"])

    def test_the_same_points_give_the_same_file(self):
        def content():
            with open(f"{self.draw(*self.run_of_two())}/connections.svg", "rb") as file:
                return file.read()

        self.assertEqual(content(), content())

    def test_bad_input_is_one_line_and_exit_2(self):
        write(self.folder, [])
        done = subprocess.run([sys.executable, "-B", f"{HERE}/plot.py", self.folder], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^plot.py: .*points.jsonl: no points in it\n$")

    def test_all_left_out_draws_nothing_and_says_so_by_exit_code_0(self):
        self.assertEqual(os.listdir(self.draw(left_out())), ["panels"])
        self.assertEqual(points.load(self.folder)[0].records, [])
