import os
import unittest

from tvl.data import points, primitives
from tvl.testing import synthetic_primitives as made
from tvl.testing.run_folder import Folder


class Pairs(Folder):
    def pairs(self, *benchmarks):
        return primitives.Primitives(made.write(self.folder, *benchmarks)).pairs

    def test_the_ratio_is_of_pairs_and_not_of_medians(self):
        values = {"thread/spawn": [10.0, 20.0, 1000.0, 40.0, 50.0], "loop/asio": [1.0, 2.0, 100.0, 4.0, 5.0]}
        self.assertEqual(self.first(values).ratio[:4], (10.0, 10.0, 10.0, 5))

    def test_pairs_without_a_ratio_are_left_out(self):
        values = {"thread/spawn": [0.0, 20.0, 30.0], "loop/asio": [1.0, 2.0, 0.0]}
        self.assertEqual(self.first(values).ratio[:4], (10.0, 10.0, 10.0, 1))

    def test_a_way_has_an_interval_from_five_repetitions_on(self):
        self.assertEqual(self.pairs()[0].thread.interval[:3], (20_500.0, 20_000.0, 21_000.0))
        self.assertIsNone(self.pairs(made.measured(4))[0].thread.interval)

    def first(self, values):
        runs = [run for name, line in values.items() for run in made.benchmark(f"create_task/{name}/100", line)]
        others = [run for run in made.measured() if "spawn/100/" not in run["name"] and "asio/100/" not in run["name"]]
        return self.pairs(made.rounds(runs) + others)[0]


class Curves(Folder):
    def test_what_was_measured_at_three_sizes(self):
        curves = primitives.Primitives(made.write(self.folder)).curves("cpu_ns_per_item")
        self.assertEqual({family: [n for n, _ in line] for family, line in curves["create_task"].items()},
                         {"thread/spawn": [10, 100, 1000], "loop/asio": [10, 100, 1000]})
        self.assertEqual(list(curves), ["create_task"])


class Refusals(Folder):
    def refused(self, pattern, **how):
        made.write(self.folder, **how)
        with self.assertRaisesRegex(points.BadInput, pattern):
            primitives.Primitives(self.folder)

    def test_files_that_are_no_measurement(self):
        self.refused("with --quick", quick="true")
        self.refused("only aggregates", benchmarks=[made.as_before(made.measured())[-1]])
        self.refused("no benchmark create_task/thread/pool/100 in it.*measure again",
                     benchmarks=[run for run in made.measured() if "pool" not in run["name"]])
        self.refused("not as tvl-primitives writes them", listed={"a": 1})
        self.refused("not as tvl-primitives writes them", benchmarks=[{"name": "a"}])

    def test_files_that_cannot_be_read(self):
        made.write(self.folder)
        with open(os.path.join(self.folder, "primitives.json"), "w", encoding="utf-8") as file:
            file.write("{")
        with self.assertRaisesRegex(points.BadInput, "not JSON"):
            primitives.Primitives(self.folder)
        os.remove(os.path.join(self.folder, "primitives.json"))
        with self.assertRaisesRegex(points.BadInput, "is not there.*--benchmark_out"):
            primitives.Primitives(self.folder)


class Text(unittest.TestCase):
    def test_numbers(self):
        for number, counter, expected in ((1.3, "ns_per_item", "1.30 ns"), (999.7, "ns_per_item", "1,000 ns"),
                                          (1000, "cpu_ns_per_item", "1.00 µs"), (0.0712, "ns_per_item", "0.0712 ns"),
                                          (50_100, "lag_p99_us", "50.1 ms"), (1536, "bytes_per_item", "1.50 KiB"),
                                          (12.5, "lags", "12.5"), (0, "ns_per_item", "0 ns"), (None, "x", "n/a")):
            self.assertEqual(primitives.text(number, counter), expected)

    def test_ticks_have_no_zero_decimals(self):
        self.assertEqual([primitives.tick(value, "ns_per_item") for value in (10, 1000, 2500)],
                         ["10 ns", "1 µs", "2.50 µs"])
