from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

from tvl.charts import style
from tvl.charts.figures import memory
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder


class Memory(Folder):
    def drawn(self, *records):
        workload = self.load_one(*records)
        with plt.rc_context(style.SETTINGS):
            figure = memory.figure(workload, style.line_styles([workload]))
        if figure:
            self.addCleanup(plt.close, figure)
        return figure

    def bars(self, axes):
        return [patch for patch in axes.patches if isinstance(patch, Rectangle)]

    def test_two_bars_and_an_extrapolated_line_for_each(self):
        bars, more = self.drawn(*synthetic_failures.memory(("asio_loop", "asio_fibers"))).axes
        self.assertEqual(len(self.bars(bars)), 4)
        self.assertEqual(len(more.collections), 2)  # bands

    def test_of_one_repetition_there_is_no_whisker(self):
        once = [record for record in synthetic_failures.memory(("asio_loop",)) if record["repetition"] == 0]
        bars, _ = self.drawn(*once).axes
        self.assertEqual(len(bars.lines), 0)

    def test_what_failed_has_a_row_with_a_mark_and_its_words_but_no_bar(self):
        records = synthetic_failures.memory(("asio_loop", "asio_pool"))
        for record in records:
            if (record["contestant"], record["x"]) == ("asio_pool", 4000):
                record["requests"] = {"ok": 0}
        figure = self.drawn(*records)
        bars, more = figure.axes
        self.assertEqual([text.get_text() for text in bars.get_yticklabels()], ["asio_loop", "asio_pool"])
        self.assertEqual(len(self.bars(bars)), 2)
        self.assertEqual(len(more.collections), 1)
        self.assertEqual([[text.get_text() for text in axes.texts].count("×") for axes in (bars, more)], [1, 1])
        self.assertIn("×: answered nothing: asio_pool at 4000", figure.texts[1].get_text())

    def test_too_few_sizes_have_none(self):
        self.assertIsNone(self.drawn(*synthetic_failures.memory(("asio_loop",), (64, 256))))
