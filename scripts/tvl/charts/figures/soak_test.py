from matplotlib import pyplot as plt

from tvl.charts import style
from tvl.charts.figures import soak
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


class LeaksPlot(Folder):
    def drawn(self, *records):
        workload = self.load_one(*records)
        with plt.rc_context(style.SETTINGS):
            figure = soak.figure(workload, style.line_styles([workload]))
        if figure:
            self.addCleanup(plt.close, figure)
        return figure

    def test_a_panel_for_each_and_its_verdict(self):
        figure = self.drawn(*synthetic_failures.soak())
        self.assertEqual(len(figure.axes), 9)
        said = [axes.texts[0].get_text() for axes in figure.axes]
        self.assertEqual([text.partition(":")[0] for text in said],
                         ["level", "leak", "level", "level", "level", "level", "level", "level", "leak"])
        self.assertRegex(said[1], r"^leak: 84\d MiB a day$")
        for row in range(3):
            self.assertEqual(len({axes.get_ylim() for axes in figure.axes[3 * row:3 * row + 3]}), 1)

    def test_what_was_not_measured_has_no_panel(self):
        (record,) = synthetic_failures.soak(asio_loop={})
        rows = [{**row, "threads": None} for row in record["timeline"]]
        self.assertEqual(len(self.drawn(record | {"timeline": rows}).axes), 2)

    def test_of_two_one_may_lack_it(self):
        one, other = synthetic_failures.soak(asio_loop={}, asio_threads={})
        figure = self.drawn(one, other | {"timeline": [{**row, "rss": None} for row in other["timeline"]]})
        self.assertEqual([axes.texts[0].get_text() for axes in figure.axes[:2]], ["level: 0 MiB a day", "not measured"])

    def test_a_page_is_not_a_mountain(self):
        top = [axes.get_ylim()[1] for axes in self.drawn(*synthetic_failures.soak(asio_loop={"noise": 1})).axes]
        self.assertEqual(top, [1.25, 5, 5])

    def test_nothing_for_other_workloads(self):
        self.assertIsNone(self.drawn(point(timeline=synthetic_failures.soak_timeline())))
        self.assertIsNone(self.drawn(point("soak")))
