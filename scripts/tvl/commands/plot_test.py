"""Most tests read the texts of figures that are not saved: saving is most of the cost of a chart."""

import os
import xml.etree.ElementTree as xml

from matplotlib import pyplot as plt
from matplotlib.text import Text

from tvl.charts import captions, style
from tvl.commands import plot
from tvl.data import environment, points
from tvl.testing import synthetic_contestants, synthetic_failures, synthetic_profiles, synthetic_waits, tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write

CEILING = {"label": "connections / delay"}
CPU = {"panels": ["cpu"]}


def saved_texts(path):
    """Every piece of text in an SVG."""
    return [" ".join(node.itertext()) for node in xml.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def run_of_two(**options):
    return [point(contestant=name, x=x, repetition=i, position=p, **options)
            for x in (1, 64, 1000) for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))]


class Figures(Folder):
    def charts(self, *records, **options):
        """{name: function that makes the figure} of all workloads."""
        workloads = [workload for workload in points.load(write(self.folder, records, **options)) if workload.records]
        machine, line_styles = environment.machine(environment.load(self.folder)), style.line_styles(workloads)
        charts = {}
        for workload in workloads:
            charts |= plot.charts_of(workload, machine, line_styles)
        return charts

    def texts(self, make):
        """Every line of text in a figure."""
        with plt.rc_context(style.SETTINGS):
            figure = make()
            figure.draw_without_rendering()  # makes the labels of ticks
        plt.close(figure)
        return [line for text in figure.findobj(Text) for line in text.get_text().splitlines()]

    def names(self, *records, **options):
        return sorted(name.partition("/")[2] for name in self.charts(*records, **options) if "/" in name)

    def test_log_scale_is_said(self):
        charts = self.charts(*[point(x=x, throughput=20.0 * x) for x in (1, 1000)])
        self.assertIn("higher is better, log scale", self.texts(charts["panels/connections-throughput"]))

    def test_ceilings_are_labelled(self):
        charts = self.charts(*[point(workload="delay", x=x, throughput=19.0 * x,
                                     ceilings=[{**CEILING, "rate": 20.0 * x}]) for x in (1, 8, 64)])
        self.assertIn("ceiling: connections / delay", self.texts(charts["panels/delay-throughput"]))

    def test_a_ceiling_far_above_does_not_squash_the_data(self):
        charts = self.charts(*[point(x=x, throughput=100.0, ceilings=[{**CEILING, "rate": 1e9}]) for x in (1, 8)])
        said = self.texts(charts["panels/connections-throughput"])
        self.assertNotIn("ceiling: connections / delay", said)
        self.assertIn("100", said)

    def test_invalid_and_generator_limited_points_are_explained(self):
        charts = self.charts(point(limiter="generator", chart={"panels": ["throughput"]}),
                             point(repetition=1, valid=False, reasons=["3 resets"]))
        said = "\n".join(self.texts(charts["connections"]))
        for expected in ("at least: generator-limited", "invalid, in no median or ratio: 3 resets", "↑"):
            self.assertIn(expected, said)

    def test_thin_runs_are_drawn(self):
        nothing = point(throughput=None, p99=None, cpu=None, voluntary=None, pss=None)
        for records in ([point()], [point(valid=False)], [nothing],
                        [point(cpu=0.0, voluntary=0.0, involuntary=0.0)], run_of_two()[:1] + [left_out()]):
            charts = self.charts(*records)
            self.assertIn("connections", self.texts(charts["connections"]))
            for metric in plot.panels(points.load(self.folder)[0]):
                self.assertTrue(self.texts(charts[f"panels/connections-{metric.key}"]))

    def test_what_was_not_measured_is_said(self):
        charts = self.charts(point(cpu=None, chart=CPU), environment=None)
        self.assertIn("not measured", self.texts(charts["panels/connections-cpu"]))
        self.assertIn("machine not recorded", "\n".join(self.texts(charts["connections"])))

    def test_panels_follow_the_record(self):
        self.assertEqual(self.names({**point(), "chart": {"panels": ["cpu", "p50"]}}),
                         ["connections-cpu", "connections-legend", "connections-p50"])

    def test_each_facet_has_its_files_and_an_offered_rate_no_throughput(self):
        found = [point("models", facet=f"rate:{rate or 'saturation'}", rate=rate, chart={"panels": ["throughput", "cpu"]})
                 for rate in (None, 2000)]
        self.assertEqual(self.names(*found),
                         ["models-rate-2000-cpu", "models-rate-2000-legend", "models-rate-saturation-cpu",
                          "models-rate-saturation-legend", "models-rate-saturation-throughput"])
        self.assertIn("models, 2,000 requests/s offered", self.texts(self.charts(*found)["models-rate-2000"]))

    def test_panels_at_an_offered_rate_when_the_workload_names_none(self):
        (workload,) = points.load(write(self.folder, [point(rate=2000.0)]))
        self.assertEqual([metric.key for metric in plot.panels(workload)], ["cpu", "p99", "p50", "switches", "memory"])

    def test_series_and_the_x_axis_of_the_workload(self):
        chart = {"x": "threads", "series": "processes", "panels": ["cpu"]}
        charts = self.charts(*[point(x=x, series=f"processes:{p}", chart=chart) for x in (1, 2, 3) for p in (1, 2)])
        said = self.texts(charts["connections"])
        self.assertIn("threads", said)
        self.assertNotIn("threads (log scale)", said)
        self.assertIn("asio_threads processes:2: one thread", "\n".join(said))

    def test_zero_on_a_log_axis(self):
        charts = self.charts(*[point(x=x, chart={"x": "idle", "panels": ["cpu"]}) for x in (0, 100, 10000)])
        self.assertIn("idle keep-alive connections (log scale)", self.texts(charts["panels/connections-cpu"]))

    def test_a_limit_is_named_at_the_end_of_its_line_and_below_the_chart(self):
        charts = self.charts(*run_of_two(chart=CPU), left_out(contestant="asio_threads", status="limit", x=8000,
                                                              reason="8000 threads are above pids.max"))
        said = self.texts(charts["connections"])
        self.assertIn("limit: pids.max", said)
        self.assertIn("! asio_threads stops before 8000: limit: 8000 threads are above pids.max", "\n".join(said))
        self.assertIn("limit: pids.max", self.texts(charts["panels/connections-cpu"]))

    def test_all_contestants(self):
        charts = self.charts(*[{**record, "chart": CPU} for record in synthetic_contestants.models()
                               if record.get("facet") != "rate:saturation"])
        said = "\n".join(self.texts(charts["models-rate-2000"]))
        for name in synthetic_contestants.CONTESTANTS:
            self.assertIn(name, said)
        self.assertNotIn("dots", said)  # they would hide the lines, so the caption does not name them

    def test_with_interfering_requests_the_axis_names_the_foreground_and_has_0_percent(self):
        charts = self.charts(*[{**record, "chart": {**record["chart"], "panels": ["p99", "cpu"]}}
                               for record in synthetic_waits.trap(("asio_threads", "asio_loop"))])
        said = self.texts(charts["panels/blocking_trap-p99"])
        for expected in ("ms, foreground requests", "% of all requests that interfere (log scale)", "0", "0.1",
                         "1"):
            self.assertIn(expected, said)
        self.assertIn("µs", "\n".join(self.texts(charts["panels/blocking_trap-cpu"])))
        said = self.texts(charts["blocking_trap.trace"])
        for expected in ("asio_loop, interfering block", "asio_threads, interfering offload", "percent 1"):
            self.assertIn(expected, said)
        self.assertIsNone(self.charts(point("blocking_trap"))["blocking_trap.trace"]())

    def test_overload_and_failure_scenarios_have_figures_of_their_own(self):
        charts = self.charts(*synthetic_failures.spike(("asio_loop",)), *synthetic_failures.memory(("asio_loop",)),
                             *synthetic_failures.hockey_stick(("asio_loop",)), *synthetic_failures.soak(asio_loop={}))
        by_kind = {name for name, make in charts.items() if "." in name and make()}
        plt.close("all")
        self.assertEqual(by_kind, {"spike.timeline", "memory.footprint", "hockey_stick.knee", "soak.timeline",
                                   "soak.soak"})
        self.assertIn("1M: extrapolated", self.texts(charts["panels/memory-total_memory"]))
        self.assertEqual({*plot.FIGURES_BY_KIND, plot.COSTS}, set(captions.CAPTIONS))
        self.assertEqual(set(captions.CAPTIONS), set(captions.ALT_TEXTS))

    def test_reach_is_marked_and_deliveries_are_called_so(self):
        charts = self.charts(*synthetic_failures.broadcast(("asio_threads",), (10, 4000)))
        self.assertIn("reach 87 %", self.texts(charts["panels/broadcast-delivery_p95"]))
        self.assertIn("10 messages/s offered", "\n".join(self.texts(charts["broadcast"])))


class Files(Folder):
    def draw(self, *records, **options):
        charts = plot.draw_run(write(self.folder, records, **options))
        for name in os.listdir(charts):
            self.assertGreater(os.path.getsize(os.path.join(charts, name)), 0)
        return charts

    def test_files_and_labels(self):
        charts = self.draw(*run_of_two(), left_out())
        for name in ("connections", "overview"):
            with open(f"{charts}/{name}.png", "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
        said = "\n".join(saved_texts(f"{charts}/connections.svg"))
        for expected in ("Throughput", "p99 response time", "Server CPU per request", "Context switches per request",
                         "Server memory, user + kernel", "higher is better", "lower is better", "from 0", "replies/s",
                         "connections (log scale)", "1000", "asio_threads", "asio_loop", "Imaginary CPU 3000, 2 cores",
                         "Linux 6.1.0", "2026-11-22", "commit 0123456789", "server on CPU 0, generator on CPU 1",
                         "nginx left out: not installed", "3 repetitions", "line: median"):
            self.assertIn(expected, said)
        self.assertEqual(len(os.listdir(f"{charts}/panels")), 6)  # five panels and the legend
        with open(f"{charts}/connections.svg", "rb") as before:
            self.draw(*run_of_two(), left_out())
            with open(f"{charts}/connections.svg", "rb") as again:
                self.assertEqual(again.read(), before.read())

    def test_charts_of_an_earlier_drawing_do_not_stay_and_a_facet_of_a_like_name_does(self):
        charts = f"{self.folder}/charts"
        os.makedirs(f"{charts}/panels")
        earlier = ("spike.timeline.svg", "spike.cost_bar.png", "panels/spike-legend1.svg", "panels/spike-throughput.svg")
        other = ("spike-rate-2.svg", "spike-rate-2.5.svg", "panels/spike-rate-2.5-legend1.svg")
        for name in earlier + other:
            with open(f"{charts}/{name}", "w", encoding="utf-8") as file:
                file.write("earlier")
        self.draw(point("spike", rate=2.5, chart=CPU))
        self.assertEqual([os.path.exists(f"{charts}/{name}") for name in earlier + other], [False] * 4 + [True] * 3)

    def test_a_run_with_profiles_has_the_costs_of_a_request(self):
        synthetic_profiles.write_run(self.folder, synthetic_profiles.passes(self.folder))
        charts = self.draw(*run_of_two())
        self.assertTrue(os.path.exists(f"{charts}/connections.cost_bar.png"))
        self.assertIn("CPU per request, µs", saved_texts(f"{charts}/connections.cost_bar.svg"))

    def test_without_matplotlib_it_says_so_in_one_line(self):
        with open(f"{self.folder}/matplotlib.py", "w", encoding="utf-8") as file:
            file.write("raise ImportError('no matplotlib')\n")
        done = tvl_results.start("plot", self.folder, PYTHONPATH=self.folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^plot: no matplotlib in .*: run scripts/setup\n$")

    def test_bad_input_is_one_line_and_exit_2(self):
        write(self.folder, [])
        done = tvl_results.run("plot", self.folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^plot: .*points.jsonl: no points in it\n$")

    def test_all_left_out_draws_nothing_and_says_so_by_exit_code_0(self):
        self.assertEqual(os.listdir(self.draw(left_out())), ["panels"])
        self.assertEqual(points.load(self.folder)[0].records, [])
