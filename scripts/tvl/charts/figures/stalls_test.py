from matplotlib import pyplot as plt

from tvl.charts import style
from tvl.charts.figures import stalls
from tvl.testing import synthetic_waits
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

NAMES = ("asio_threads", "asio_loop")


def traced(*max_us, **more):
    return point(trace={"interval_s": 0.01, "max_us": list(max_us)}, **more)


class Trace(Folder):
    def drawn(self, *records):
        workload = self.load_one(*records)
        with plt.rc_context(style.SETTINGS):
            figure = stalls.figure(workload, style.line_styles([workload]))
        self.addCleanup(plt.close, figure)
        return figure, {axes.get_title(loc="left"): axes for axes in figure.axes if axes.axison}

    def test_of_each_the_first_repetition_at_the_highest_percent(self):
        records = synthetic_waits.trap(NAMES)
        found = stalls.chosen(self.load_one(*reversed(records)))
        self.assertEqual(set(found), {(name, beside) for name in NAMES for beside in ("block", "offload")})
        for (name, beside), record in found.items():
            self.assertEqual((record["contestant"], record["series"]), (name, f"beside:{beside}"))
            self.assertEqual((record["x"], record["repetition"]), (1, 0))

    def test_percent_and_beside_may_be_any_variable_of_the_chart(self):
        def one(x, percent):
            return traced(1.0, x=x, series=f"percent:{percent}", variables={"percent": percent},
                          chart={"x": "offload_threads", "series": "percent"})

        ((key, record),) = stalls.chosen(self.load_one(*[one(x, p) for x in (1, 64) for p in (5, 1)])).items()
        self.assertEqual((key, record["series"], record["x"]), (("asio_threads", None), "percent:5", 64))

    def test_without_traces_there_is_nothing(self):
        workload = self.load_one(point(), point(x=8, trace=None), traced(x=9))
        self.assertIsNone(stalls.figure(workload, style.line_styles([workload])))

    def test_a_long_one_is_joined_by_the_maximum(self):
        values = [100.0] * (2 * stalls.COLUMNS_DRAWN + 1)
        values[4] = 9000.0
        values[9:12] = [None] * 3
        found = stalls.columns(traced(*values))
        self.assertEqual(len(found), -(-len(values) // 3))
        self.assertEqual([ms for _, ms in found[:5]], [0.1, 9.0, 0.1, None, 0.1])
        self.assertAlmostEqual(found[0][0], 0.03)
        self.assertAlmostEqual(found[-1][0], len(values) * 0.01)

    def test_a_short_one_is_as_it_is(self):
        self.assertEqual(stalls.columns(traced(1000.0, None)), [(0.01, 1.0), (0.02, None)])

    def test_the_duration_of_an_interfering_request_is_in_its_path(self):
        paths = ("/block/100", "/offload/2.5", "/cpu/20000", "/cpu-offload/500", "/sleep?ms=7", "/delay/7", None)
        found = [stalls.block_ms({"targets": [{"path": "/plaintext"}, {"path": path}]}) for path in paths]
        self.assertEqual(found, [100, 2.5, 20, 0.5, None, None, None])
        self.assertIsNone(stalls.block_ms({"targets": []}))

    def test_one_scale_for_all_and_a_line_for_the_block(self):
        figure, panels = self.drawn(*synthetic_waits.trap(NAMES, (0, 1)))
        self.assertEqual(list(panels), ["asio_threads, interfering block", "asio_threads, interfering offload",
                                        "asio_loop, interfering block", "asio_loop, interfering offload"])
        self.assertEqual(len({axes.get_ylim() for axes in panels.values()}), 1)
        for axes in panels.values():
            self.assertEqual(axes.get_yscale(), "log")
            self.assertEqual([list(line.get_ydata()) for line in axes.lines], [[100.0, 100.0]])
            self.assertEqual([text.get_text() for text in axes.texts], ["percent 1"])
        self.assertIn("due in those 10 ms; dashed: how long", figure.texts[1].get_text())

    def test_a_missing_panel_leaves_its_place_empty(self):
        figure, panels = self.drawn(*[synthetic_waits.mixed(NAMES[i], beside, 1, position=i)
                                      for i, beside in ((0, "offload"), (1, "block"), (1, "offload"))])
        self.assertEqual((len(figure.axes), len(panels)), (4, 3))
        self.assertIs(panels["asio_threads, interfering offload"], figure.axes[1])
        self.assertIs(panels["asio_loop, interfering block"], figure.axes[2])

    def test_an_invalid_one_is_shown_and_said_to_be(self):
        _, panels = self.drawn(traced(500.0, 700.0, valid=False))
        (text,) = panels["asio_threads"].texts
        self.assertEqual(text.get_text(), "connections 64, invalid")
        _, panels = self.drawn(traced(500.0, 700.0, limiter="rate-not-met"))
        self.assertEqual(panels["asio_threads"].texts[0].get_text(), "connections 64, × missed the rate")
