import os

from tvl.charts.figures import primitives_chart
from tvl.commands import plot, readme
from tvl.data import points, primitives
from tvl.tables import primitives_table
from tvl.testing import synthetic_primitives as made
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write

TABLE = """| asyncio | here | thread way | loop way | thread / loop |
|:--|:--|--:|--:|--:|
| `asyncio.create_task()` | [create_task](bench/primitives/create_task.cpp) | 20.5 µs | 202 ns | 101x |
|  | [create_task](bench/primitives/create_task.cpp): a pool | 640 ns | 202 ns | 3.17x (noisy) |
| `a task that waits` | [memory](bench/primitives/memory.cpp) | 23.0 KiB | 512 B | 46.0x |
| `never awaited` | [never_awaited](bench/primitives/never_awaited.cpp) | compile error | compile error | n/a |

"""


class Table(Folder):
    def test_medians_units_ratios_and_noise(self):
        self.assertTrue(primitives_table.markdown(made.write(self.folder)).startswith(TABLE))

    def test_legend(self):
        text = primitives_table.markdown(made.write(self.folder)).splitlines()[-1]
        self.assertTrue(text.startswith("Per item; median of 3, `(noisy)`: they spread by more than 10% of it. "
                                        "2 cores, Clang 19.1.7, 2026-11-22. Yardsticks: `call` 1.30 ns. "), text)
        self.assertIn("built for debugging", text)
        self.assertNotIn("debugging", primitives_table.markdown(made.write(self.folder, library_build_type="release")))

    def test_what_was_skipped_says_why_and_has_no_ratio(self):
        runs = [run for run in made.measured() if "thread/spawn/100/" not in run["name"]]
        runs += made.skipped("create_task/thread/spawn/100", "skipped: 100 threads need more than kernel.threads-max 9")
        self.assertIn("| skipped: 100 threads need more than kernel.threads-max 9 | 202 ns | n/a |",
                      primitives_table.markdown(made.write(self.folder, runs)))

    def test_one_repetition_has_no_spread(self):
        runs = [run for run in made.measured() if run.get("repetition_index") == 0]
        text = primitives_table.markdown(made.write(self.folder, runs))
        self.assertNotIn("x (noisy)", text)
        self.assertIn("median of 1,", text)

    def test_spread_of_exactly_a_tenth_is_not_noisy(self):
        self.assertFalse(primitives.Value(1.0, 0.1).noisy)
        self.assertTrue(primitives.Value(1.0, 0.11).noisy)

    def test_it_is_a_section_of_the_readme(self):
        write(self.folder, [point()])
        made.write(self.folder)
        before = "a\n<!-- results:primitives:begin -->\nold\n<!-- results:primitives:end -->\nb\n"
        after = readme.regenerate(before, self.folder, "results/reference")
        self.assertTrue(after.startswith("a\n<!-- results:primitives:begin -->\n" + TABLE))
        self.assertTrue(after.endswith("\n<!-- results:primitives:end -->\nb\n"))

    def test_refusals(self):
        def refused(pattern, **how):
            made.write(self.folder, **how)
            with self.assertRaisesRegex(points.BadInput, pattern):
                primitives.Primitives(self.folder)
        refused("with --quick", quick="true")
        refused("only aggregates", benchmarks=[made.measured()[3]])
        refused("no benchmark create_task/thread/pool/100 in it.*measure again",
                benchmarks=[run for run in made.measured() if "pool" not in run["name"]])
        refused("not as tvl-primitives writes them", listed={"a": 1})
        refused("not as tvl-primitives writes them", benchmarks=[{"name": "a"}])
        with open(os.path.join(self.folder, "primitives.json"), "w", encoding="utf-8") as file:
            file.write("{")
        with self.assertRaisesRegex(points.BadInput, "not JSON"):
            primitives.Primitives(self.folder)
        os.remove(os.path.join(self.folder, "primitives.json"))
        with self.assertRaisesRegex(points.BadInput, "is not there.*--benchmark_out"):
            primitives.Primitives(self.folder)

    def test_numbers(self):
        for number, counter, expected in ((1.3, "ns_per_item", "1.30 ns"), (999.7, "ns_per_item", "1,000 ns"),
                                          (1000, "cpu_ns_per_item", "1.00 µs"), (0.0712, "ns_per_item", "0.0712 ns"),
                                          (50_100, "lag_p99_us", "50.1 ms"), (1536, "bytes_per_item", "1.50 KiB"),
                                          (12.5, "lags", "12.5"), (0, "ns_per_item", "0 ns"), (None, "x", "n/a")):
            self.assertEqual(primitives.text(number, counter), expected)


class Charts(Folder):
    def figures(self, **how):
        return dict(primitives_chart.figures(made.write(self.folder, **how)))

    def texts(self, axes):
        return [text.get_text() for text in axes.texts]

    def test_a_line_per_pair_with_its_ratio(self):
        time, memory = self.figures()["primitives"].axes
        self.assertEqual([label.get_text() for label in time.get_yticklabels()], ["create_task", "create_task a pool"])
        self.assertEqual(self.texts(time), ["101x", "3.17x (noisy)"])
        self.assertEqual(self.texts(memory), ["46.0x"])
        self.assertEqual([axes.get_xscale() for axes in (time, memory)], ["log", "log"])
        thread = next(line for line in time.lines if line.get_label() == "thread way")
        self.assertEqual(list(thread.get_xdata()), [20_500, 640])

    def test_curves_of_what_was_measured_at_three_sizes(self):
        figure = self.figures()["primitives-growth"]
        shown = [axes for axes in figure.axes if axes.get_title(loc="left") or axes.get_title()]
        self.assertEqual(len(shown), 1)
        lines = {line.get_label(): list(line.get_xdata()) for line in shown[0].lines}
        self.assertEqual(lines, {"thread/spawn": [10, 100, 1000], "loop/asio": [10, 100, 1000]})

    def test_plot_draws_them_too(self):
        charts = plot.draw_run(made.write(write(self.folder, [point()])))
        for name in ("primitives", "primitives-growth"):
            for kind in ("svg", "png"):
                self.assertGreater(os.path.getsize(os.path.join(charts, f"{name}.{kind}")), 1000)

    def test_no_chart_without_anything_to_draw(self):
        self.assertEqual(self.figures(benchmarks=made.benchmark("baseline/baseline/call/1", [1.0]), listed=[]), {})
