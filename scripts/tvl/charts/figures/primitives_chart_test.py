import itertools
import os

from matplotlib import pyplot as plt
from matplotlib.text import Text

from tvl.charts.figures import primitives_chart
from tvl.commands import plot
from tvl.testing import synthetic_primitives as made
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write


class Charts(Folder):
    def figures(self, **how):
        self.addCleanup(plt.close, "all")
        return dict(primitives_chart.figures(made.write(self.folder, **how)))

    def texts(self, axes):
        return [text.get_text() for text in axes.texts]

    def bars(self, axes):
        """[(low, high)] of the lines with two ends on one row."""
        return [tuple(line.get_xdata()) for line in axes.lines if len(set(line.get_ydata())) == 1 and
                len(line.get_xdata()) == 2 and line.get_linewidth() > 2]

    def test_a_row_per_pair_with_both_ways_their_intervals_and_the_ratio(self):
        costs, factors, memory, memory_factors = self.figures()["primitives"].axes
        self.assertEqual([label.get_text() for label in costs.get_yticklabels()], ["create_task", "create_task a pool"])
        self.assertEqual(self.texts(factors), ["loop 100x (98.1x to 102x)",
                                               "not told apart (threads 1.25x to loop 4.50x)"])
        self.assertEqual(self.texts(memory_factors), ["loop 46.0x (46.0x to 46.0x)"])
        self.assertEqual({axes.get_xscale() for axes in (costs, factors, memory)}, {"log"})
        thread = next(line for line in costs.lines if line.get_label() == "thread way")
        self.assertEqual(list(thread.get_xdata()), [20_500, 615])
        self.assertIn((20_000, 21_000), self.bars(costs))
        self.assertEqual(len(self.bars(costs)), 4)
        self.assertEqual([round(low, 2) for low, _ in self.bars(factors)], [98.08, 0.8])

    def test_one_repetition_has_no_bar(self):
        costs, factors, *_ = self.figures(benchmarks=made.measured(1))["primitives"].axes
        self.assertEqual(self.bars(costs) + self.bars(factors), [])
        self.assertEqual(self.texts(factors), ["loop 100x (1 run)", "loop 2.86x (1 run)"])

    def test_both_have_a_title(self):
        for name, figure in self.figures().items():
            self.assertTrue(figure.texts[0].get_text(), name)

    def test_growth_has_curves_of_what_was_measured_at_three_sizes_with_their_names_beside_them(self):
        axes, = self.figures()["primitives-growth"].axes
        lines = {line.get_label(): list(line.get_xdata()) for line in axes.lines}
        self.assertEqual(lines, {"thread/spawn": [10, 100, 1000], "loop/asio": [10, 100, 1000]})
        self.assertEqual(sorted(self.texts(axes)), ["asio", "spawn"])
        self.assertIsNone(axes.get_legend())

    def test_growth_of_several_primitives_has_no_text_on_another(self):
        runs = [run for name, way, n in itertools.product(("cancel", "gather", "switch"), range(5), (1, 10, 100))
                for run in made.benchmark(f"{name}/thread/condition_variable_{way}_cores/{n}", [100.0] * 3)]
        figure = self.figures(benchmarks=runs, listed=[])["primitives-growth"]
        figure.canvas.draw()
        boxes = [Text.get_window_extent(text) for axes in figure.axes for text in axes.texts]  # without its line
        self.assertEqual(len(boxes), 15)
        for one, other in itertools.combinations(boxes, 2):
            self.assertFalse(one.overlaps(other))
        for box, axes in itertools.product(boxes, figure.axes):
            self.assertFalse(box.overlaps(axes.get_window_extent()))
            self.assertLess(box.x1, figure.bbox.x1)

    def test_plot_draws_them_too(self):
        charts = plot.draw_run(made.write(write(self.folder, [point()])))
        for name in ("primitives", "primitives-growth"):
            for kind in ("svg", "png"):
                self.assertGreater(os.path.getsize(os.path.join(charts, f"{name}.{kind}")), 1000)

    def test_no_chart_without_anything_to_draw(self):
        self.assertEqual(self.figures(benchmarks=made.benchmark("baseline/baseline/call/1", [1.0]), listed=[]), {})
