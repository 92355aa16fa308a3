import os
import xml.etree.ElementTree as xml

from tvl.charts import captions as extras_of
from tvl.commands import plot
from tvl.data import points
from tvl.testing import synthetic_days, synthetic_field, synthetic_waits, tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write

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

    def test_panels_follow_the_record(self):
        wanted = {**point(), "chart": {"panels": ["cpu", "p50"]}}
        self.assertEqual(sorted(os.listdir(f"{self.draw(wanted)}/panels")),
                         ["connections-cpu.svg", "connections-legend.svg", "connections-p50.svg"])

    def test_each_facet_has_its_files_and_an_offered_rate_no_throughput(self):
        chart = {"panels": ["throughput", "cpu"]}
        charts = self.draw(*[point("models", facet=f"rate:{rate or 'saturation'}", rate=rate, chart=chart)
                             for rate in (None, 2000)])
        self.assertEqual(sorted(os.listdir(f"{charts}/panels")),
                         ["models-rate-2000-cpu.svg", "models-rate-2000-legend.svg", "models-rate-saturation-cpu.svg",
                          "models-rate-saturation-legend.svg", "models-rate-saturation-throughput.svg"])
        said = texts(f"{charts}/models-rate-2000.svg")
        self.assertIn("models, 2,000 requests/s offered", said)

    def test_panels_at_an_offered_rate_when_the_workload_names_none(self):
        (workload,) = points.load(write(self.folder, [point(rate=2000.0)]))
        self.assertEqual([metric.key for metric in plot.panels(workload)], ["cpu", "p99", "p50", "switches", "memory"])

    def test_panels_of_an_earlier_drawing_do_not_stay(self):
        self.draw(*[point(contestant=f"server_{i}", position=i, chart={"panels": ["throughput"]}) for i in range(9)])
        self.assertIn("connections-legend1.svg", os.listdir(f"{self.folder}/charts/panels"))
        self.draw(point(rate=2000.0, chart={"panels": ["cpu"]}))
        left = os.listdir(f"{self.folder}/charts/panels")
        self.assertNotIn("connections-legend1.svg", left)
        self.assertNotIn("connections-throughput.svg", left)

    def test_series_and_the_x_axis_of_the_workload(self):
        chart = {"x": "threads", "series": "processes", "panels": ["cpu"]}
        charts = self.draw(*[point(x=x, series=f"processes:{p}", chart=chart) for x in (1, 2, 3) for p in (1, 2)])
        said = texts(f"{charts}/connections.svg")
        self.assertIn("threads", said)
        self.assertNotIn("threads (log scale)", said)
        self.assertIn("asio_threads processes:2: one thread", "\n".join(said))

    def test_zero_on_a_log_axis(self):
        charts = self.draw(*[point(x=x, chart={"x": "idle", "panels": ["cpu"]}) for x in (0, 100, 10000)])
        self.assertIn("idle keep-alive connections (log scale)", texts(f"{charts}/panels/connections-cpu.svg"))

    def test_a_limit_is_named_at_the_end_of_its_line_and_below_the_chart(self):
        charts = self.draw(*self.run_of_two(chart={"panels": ["cpu"]}),
                           left_out(contestant="asio_threads", status="limit", x=8000,
                                    reason="8000 threads are above pids.max"))
        for name in ("connections", "panels/connections-cpu"):
            self.assertIn("limit: pids.max", texts(f"{charts}/{name}.svg"))
        self.assertIn("! asio_threads stops before 8000: limit: 8000 threads are above pids.max",
                      "\n".join(texts(f"{charts}/connections.svg")))

    def test_the_whole_field(self):
        found = [{**record, "chart": {"panels": ["cpu"]}} for record in synthetic_field.models()
                 if record.get("facet") != "rate:saturation"]
        charts = self.draw(*found)
        said = "\n".join(texts(f"{charts}/models-rate-2000.svg"))
        for name in synthetic_field.FIELD:
            self.assertIn(name, said)
        self.assertNotIn("dots", said)  # they would hide the lines, so nothing may promise them

    def test_beside_others_it_says_whose_response_time_it_is_and_0_percent_is_on_the_axis(self):
        charts = self.draw(*[{**record, "chart": {**record["chart"], "panels": ["p99", "cpu"]}}
                             for record in synthetic_waits.trap(("asio_threads", "asio_loop"))])
        said = texts(f"{charts}/panels/blocking_trap-p99.svg")
        for expected in ("ms, innocent requests", "% of all requests that are not innocent (log scale)", "0", "0.1",
                         "1"):
            self.assertIn(expected, said)
        self.assertIn("µs", texts(f"{charts}/panels/blocking_trap-cpu.svg"))
        said = texts(f"{charts}/blocking_trap.trace.svg")
        for expected in ("asio_loop, beside block", "asio_threads, beside offload", "percent 1"):
            self.assertIn(expected, said)
        self.assertTrue(os.path.exists(f"{charts}/blocking_trap.trace.png"))
        self.draw(point("blocking_trap"))
        self.assertNotIn("blocking_trap.trace.svg", os.listdir(charts))

    def test_long_days_have_figures_of_their_own(self):
        records = [*synthetic_days.spike(("asio_loop",)), *synthetic_days.memory(("asio_loop",)),
                   *synthetic_days.hockey_stick(("asio_loop",)), *synthetic_days.soak(asio_loop={})]
        charts = self.draw(*records)
        extras = {name for name in os.listdir(charts) if name.count(".") > 1}
        self.assertEqual(extras, {f"{name}.{kind}" for name in ("spike.strip", "memory.footprint", "hockey_stick.knee",
                                                                "soak.strip", "soak.soak") for kind in ("svg", "png")})
        self.assertIn("1M: extrapolated", texts(f"{charts}/panels/memory-total_memory.svg"))
        self.assertEqual(set(plot.EXTRAS), set(extras_of.WORDS))
        self.assertEqual(set(plot.EXTRAS), set(extras_of.ALT))

    def test_reach_is_marked_and_deliveries_are_called_so(self):
        charts = self.draw(*synthetic_days.broadcast(("asio_threads",), (10, 4000)))
        self.assertIn("reach 87 %", texts(f"{charts}/panels/broadcast-delivery_p95.svg"))
        self.assertIn("10 messages/s offered", "\n".join(texts(f"{charts}/broadcast.svg")))

    def test_an_extra_of_an_earlier_drawing_goes_and_a_facet_of_a_like_name_stays(self):
        self.draw(*synthetic_days.spike(("asio_loop",)))
        charts = self.draw(*[point("spike", facet=facet, rate=2.5) for facet in (None, "rate:2", "rate:2.5")])
        self.assertTrue({"spike-rate-2.svg", "spike-rate-2.5.svg"} < set(os.listdir(charts)))
        self.draw(point("spike"))
        self.assertEqual([name for name in os.listdir(charts) if "strip" in name], [])

    def test_without_matplotlib_it_says_so_in_one_line(self):
        with open(f"{self.folder}/matplotlib.py", "w", encoding="utf-8") as file:
            file.write("raise ImportError('no matplotlib')\n")
        done = tvl_results.start("plot", self.folder, PYTHONPATH=self.folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^plot: no matplotlib in .*: run scripts/setup\n$")

    def test_the_same_points_give_the_same_file(self):
        def content():
            with open(f"{self.draw(*self.run_of_two())}/connections.svg", "rb") as file:
                return file.read()

        self.assertEqual(content(), content())

    def test_bad_input_is_one_line_and_exit_2(self):
        write(self.folder, [])
        done = tvl_results.run("plot", self.folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^plot: .*points.jsonl: no points in it\n$")

    def test_all_left_out_draws_nothing_and_says_so_by_exit_code_0(self):
        self.assertEqual(os.listdir(self.draw(left_out())), ["panels"])
        self.assertEqual(points.load(self.folder)[0].records, [])
