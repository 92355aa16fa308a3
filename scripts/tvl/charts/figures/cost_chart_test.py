import itertools
import unittest

from matplotlib import pyplot as plt
from matplotlib.container import ErrorbarContainer

from tvl.charts import style
from tvl.charts.figures import cost_chart
from tvl.testing import synthetic_profiles as synthetic
from tvl.testing.run_folder import Folder
from tvl.why import cost_words, profiles

DARK_PAPER = "#14171c"  # of the report
# Linear RGB as seen without red, green or blue cones (Machado, Oliveira and Fernandes 2009, severity 1).
CONES = {"all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
         "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
         "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
         "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))}
# OKLab (Ottosson 2020)
TO_LMS = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
          (0.0883024619, 0.2817188376, 0.6299787005))
TO_LAB = ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
          (0.0259040371, 0.7827717662, -0.8086757660))


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector)) for row in matrix]


def seen(colour, cones):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
              for part in (part / 255 for part in style.channels(colour))]
    return times(TO_LAB, [part ** (1 / 3) for part in times(TO_LMS, [min(1, max(0, v)) for v in times(cones, linear)])])


def distance(one, other, cones):
    return sum((a - b) ** 2 for a, b in zip(seen(one, cones), seen(other, cones))) ** 0.5


class Colours(unittest.TestCase):
    def test_neighbours_can_be_told_apart_with_any_cones(self):
        found = list(cost_chart.colours().values())
        self.assertEqual((len(set(found)), found[-1]), (len(cost_words.classes()), style.GREY))
        for cones in CONES.values():
            for one, other in itertools.pairwise(cost_chart.COLOURS):
                self.assertGreater(distance(one, other, cones), 0.15, f"{one} {other}")
            self.assertGreater(distance(*found[-2:], cones), 0.09)

    def test_all_are_seen_on_white_and_on_a_dark_page(self):
        for colour in cost_chart.COLOURS:
            self.assertGreaterEqual(style.ratio(colour, "#ffffff"), 2, colour)
            self.assertGreaterEqual(style.ratio(colour, DARK_PAPER), 3, colour)


class CostChart(Folder):
    def drawn(self, records, points=()):
        (found,) = profiles.load(synthetic.write_run(self.folder, records, points))
        with plt.rc_context(style.SETTINGS):
            figure = cost_chart.figure(found, "a machine")
        if figure:
            self.addCleanup(plt.close, figure)
        return figure

    def said(self, figure):
        (axes,) = figure.axes
        return [text.get_text() for text in (*axes.texts, *figure.texts)]

    def test_a_bar_for_each_contestant_and_load_with_a_piece_for_each_class(self):
        (axes,) = self.drawn(synthetic.passes(self.folder, sizes=(64, 1000))).axes
        self.assertEqual([text.get_text() for text in axes.get_yticklabels()], ["asio_threads", "asio_loop"] * 2)
        filled = [patch for patch in axes.patches if patch.get_fill() and patch.get_width()]
        self.assertEqual(len(filled), 2 * (len(synthetic.THREADS) + len(synthetic.LOOP) - 1))  # a loop without scheduler
        self.assertAlmostEqual(sum(patch.get_width() for patch in filled), 2 * (20 + 10))
        self.assertEqual(axes.get_xlim()[0], 0)

    def test_numbers_are_inside_where_they_fit_and_the_sum_is_beside(self):
        said = self.said(self.drawn(synthetic.passes(self.folder)))
        for text in ("64 connections", "7.60", "6.00", "20.0 µs, 2,000 samples", "10.0 µs, 2,000 samples"):
            self.assertIn(text, said)
        self.assertNotIn("0.400", said)  # 2 % of the bar

    def test_the_title_is_the_finding_and_the_foot_has_what_belongs_beside(self):
        points = [synthetic.measured(name, repetition=i, cpu=cpu)
                  for name, cpu in (("asio_threads", 20), ("asio_loop", 10)) for i in range(6)]
        records = synthetic.passes(self.folder)
        records[1]["profile"]["missing"] = ["no symbols of $x$ <b>"]
        said = "\n".join(self.said(self.drawn(records, points))).replace("\n", " ")
        self.assertIn("costs 10.0 µs more CPU than one of asio_loop, 7.60 of it scheduler", said)
        for text in ("A class is sound", "! asio_threads at 64: no symbols of $x$ <b>", "a machine"):
            self.assertIn(text, said)

    def test_what_is_not_known_is_said_in_place_of_a_bar(self):
        records = synthetic.both(self.folder, "asio_threads", synthetic.THREADS) + \
            synthetic.both(self.folder, "asio_loop", synthetic.LOOP, cpu=None) + synthetic.both(self.folder, "nginx", {})
        said = self.said(self.drawn(records))
        self.assertIn("n/a: CPU per request not measured", said)
        self.assertIn("n/a: no samples", said)

    def test_one_repetition_has_no_whisker(self):
        for count, whiskers in ((1, 0), (2, 2)):
            (axes,) = self.drawn(synthetic.passes(self.folder, count=count)).axes
            self.assertEqual(sum(isinstance(one, ErrorbarContainer) for one in axes.containers), whiskers)

    def test_nothing_to_draw_is_no_figure(self):
        self.assertIsNone(self.drawn(synthetic.both(self.folder, "asio_loop", synthetic.LOOP, cpu=None)))


if __name__ == "__main__":
    unittest.main()
