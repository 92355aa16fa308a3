import unittest

from matplotlib import pyplot as plt

from tvl.charts import failures
from tvl.data.validity import Failure
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

MISSED = {"reasons": [synthetic_failures.missed(90)]}
WHOLE, PARTLY = Failure(5, 5, "missed the rate"), Failure(1, 5, "missed the rate")


class Words(Folder):
    def test_each_way_to_fail_is_said_once_with_contestants_sizes_and_counts(self):
        workload = self.load_one(
            *[point(x=x, repetition=r, **(MISSED if x > 8 or x == 8 and r == 0 else {}))
              for x in (1, 8, 64) for r in (0, 1)],
            point(contestant="asio_loop", x=64, position=1, requests={"ok": 0}),
            point(contestant="asio_pool", position=2, **MISSED))
        self.assertEqual(failures.texts(workload), ["missed the rate: asio_threads at 8 (1 of 2), 64; asio_pool at 64",
                                                    "answered nothing: asio_loop at 64"])
        self.assertEqual([text for _, text in failures.entries(workload)], failures.texts(workload))

    def test_of_many_the_first_are_named(self):
        records = [point(contestant=f"c{i}_loop", position=i, **MISSED) for i in range(6)]
        self.assertEqual(failures.texts(self.load_one(*records)), [
            "missed the rate: c0_loop at 64; c1_loop at 64; c2_loop at 64; c3_loop at 64 and 2 more"])

    def test_where_none_failed_nothing_is_said(self):
        self.assertEqual(failures.texts(self.load_one(point())), [])
        self.assertEqual([failures.is_whole(one) for one in (WHOLE, PARTLY, None)], [True, False, False])


class Marks(unittest.TestCase):
    def drawn(self, found, at_top=True):
        figure, axes = plt.subplots()
        self.addCleanup(plt.close, figure)
        axes.set_xlim(0, 100)
        failures.draw(axes, found, at_top)
        return axes.texts

    def test_they_are_at_the_edge_where_the_worst_would_be(self):
        for at_top, y in ((True, 1), (False, 0)):
            (mark,) = self.drawn([(50, "red", WHOLE)], at_top)
            self.assertEqual((mark.get_text(), mark.xy, mark.get_color()), ("×", (50, y), "red"))
            self.assertEqual(mark.xyann[1] < 0, at_top)  # inside the panel

    def test_a_failure_of_some_repetitions_has_a_smaller_one(self):
        whole, partly = self.drawn([(20, "red", WHOLE), (80, "red", PARTLY)])
        self.assertGreater(whole.get_fontsize(), partly.get_fontsize())

    def test_several_at_one_place_are_side_by_side_even_beside_a_near_neighbour(self):
        marks = self.drawn([(20, "red", WHOLE), (20, "blue", WHOLE), (80, "red", WHOLE)])
        self.assertEqual([mark.xyann[0] for mark in marks], [-failures.STEP / 2, failures.STEP / 2, 0])
        marks = self.drawn([(x, colour, WHOLE) for x in (20, 22) for colour in ("red", "blue")])
        step = marks[1].xyann[0] - marks[0].xyann[0]
        self.assertLess(step, failures.STEP)
        self.assertGreater(step, 1)


if __name__ == "__main__":
    unittest.main()
