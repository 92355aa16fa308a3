import unittest

from tvl.data import models
from tvl.data.points import line_of
from tvl.testing.synthetic_points import point


def line(contestant, model):
    return line_of({**point(contestant=contestant), "model": model})


class Families(unittest.TestCase):
    def test_those_of_a_model_are_one(self):
        for model in ("loop", "actors"):
            self.assertEqual(models.family(line("a", model)), models.family(line("b", model)))

    def test_each_without_a_model_is_its_own(self):
        for model in models.NONE:
            self.assertNotEqual(models.family(line("a", model)), models.family(line("b", model)))
            self.assertIsNone(models.word(line("a", model)))

    def test_a_contestant_called_as_a_model_is_not_of_that_model(self):
        self.assertNotEqual(models.family(line("loop", None)), models.family(line("asio_loop", "loop")))

    def test_only_a_known_model_names_its_contestants(self):
        self.assertEqual([models.name(line("mine", model)) for model in ("loop", "actors", "other", None)],
                         ["loop", "mine", "mine", "mine"])
