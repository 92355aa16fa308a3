import unittest

from matplotlib import pyplot as plt
from matplotlib.text import Text

from tvl.charts import line_labels


class Spread(unittest.TestCase):
    def spread(self, *wanted, gap=0.1):
        return [round(place, 6) for place in line_labels.spread(wanted, gap)]

    def test_places_that_are_apart_stay(self):
        self.assertEqual(self.spread(0.1, 0.3, 0.9), [0.1, 0.3, 0.9])

    def test_equal_places_go_apart_around_their_middle(self):
        self.assertEqual(self.spread(0.5, 0.5, 0.5), [0.4, 0.5, 0.6])
        self.assertEqual(self.spread(0.4, 0.42, 0.48, 0.9), [0.333333, 0.433333, 0.533333, 0.9])

    def test_none_is_outside(self):
        self.assertEqual(self.spread(0.0, 0.01), [0, 0.1])
        self.assertEqual(self.spread(0.98, 1.0), [0.9, 1])

    def test_nothing(self):
        self.assertEqual(self.spread(), [])


class Draw(unittest.TestCase):
    def test_texts_do_not_overlap(self):
        figure, axes = plt.subplots(figsize=(4, 3))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        line_labels.draw(axes, [(1, 0.5, name, "red") for name in "abcde"], fontsize=8)
        figure.canvas.draw()
        boxes = [Text.get_window_extent(text) for text in axes.texts]  # without its line
        self.assertEqual(len(boxes), 5)
        for below, above in zip(boxes, boxes[1:]):
            self.assertLess(below.y1, above.y0)
        for box in boxes:
            self.assertGreater(box.x0, axes.get_window_extent().x1)
        plt.close(figure)
