from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from tvl.charts import style
from tvl.charts.figures import matrix_chart
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point

CPU = 3  # column


def pair(loop, threads=(20.0, 20.0, 20.0, 20.0, 20.0), **more):
    return [point(contestant=name, repetition=r, position=p, cpu=cost, **more)
            for p, (name, costs) in enumerate((("asio_threads", threads), ("asio_loop", loop)))
            for r, cost in enumerate(costs)]


class Matrix(Folder):
    def drawn(self, *records):
        with plt.rc_context(style.SETTINGS):
            figure = matrix_chart.figure([self.load_one(*records)], "a machine")
        self.addCleanup(plt.close, figure)
        return figure

    def cell(self, *records):
        """(text, facecolour, edgecolour) of CPU in the first row"""
        (axes,) = self.drawn(*records).axes
        box = [patch for patch in axes.patches if isinstance(patch, Rectangle)][CPU]
        colours = [to_hex(colour, keep_alpha=False) if colour[3] else None
                   for colour in (box.get_facecolor(), box.get_edgecolor())]
        return axes.texts[CPU].get_text(), *colours

    def legend(self, *records):
        return self.drawn(*records).texts[-1].get_text()

    def test_same_not_told_apart_and_nothing_look_different(self):
        same = self.cell(*pair((20.1, 20.0, 19.9, 20.0, 20.1)))
        undecided = self.cell(*pair((12.0, 30.0, 20.0, 25.0, 15.0)))
        nothing = self.cell(*pair((None,) * 5))
        self.assertEqual([text for text, *_ in (same, undecided, nothing)], ["same", "not told apart", ""])
        self.assertEqual(same[1:], (matrix_chart.mix(style.GREY, 0.25), None))
        self.assertEqual(undecided[1:], (None, style.GREY))
        self.assertEqual(nothing[1:], (None, None))

    def test_only_what_occurs_is_explained(self):
        said = self.legend(*pair((20.0,) * 5))
        self.assertNotIn("not told apart", said)
        self.assertNotIn("×", said)
        self.assertIn("not told apart: a difference is as possible as none.",
                      self.legend(*pair((12.0, 30.0, 20.0, 25.0, 15.0))))

    def test_a_failure_is_said_in_words(self):
        missed = pair((10.0,) * 5, reasons=[synthetic_failures.missed(90)])[:5]
        nothing = [point(contestant="asio_pool", position=2, repetition=r, requests={"ok": 0}) for r in range(5)]
        third = [point(contestant="posix_fibers", position=3, repetition=r) for r in range(5)]
        limit = left_out(contestant="posix_uring", status="limit", reason="too few ids", x=64)
        smaller = point(contestant="posix_uring", x=8)
        said = self.legend(*missed, *nothing, *third, *pair((10.0,) * 5)[5:], smaller, limit)
        self.assertIn("×: a contestant there is out of the comparison. missed the rate: asio_threads; "
                      "answered nothing: asio_pool; stopped at a limit of the machine: posix_uring.",
                      said.replace("\n  ", " "))
