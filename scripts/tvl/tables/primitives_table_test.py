import os

from tvl.commands import readme
from tvl.data import points
from tvl.tables import primitives_table
from tvl.testing import synthetic_primitives as made
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write

TABLE = """| asyncio | here | thread way | loop way | better |
|:--|:--|--:|--:|:--|
| `asyncio.create_task()` | [create_task](bench/primitives/create_task.cpp) | 20.5 µs | 203 ns \
| loop 100x (98.1x to 102x) |
|  | [create_task](bench/primitives/create_task.cpp): a pool | 615 ns | 203 ns \
| not told apart (threads 1.25x to loop 4.50x) |
| `a task that waits` | [memory](bench/primitives/memory.cpp) | 23.0 KiB | 512 B | loop 46.0x (46.0x to 46.0x) |
| `never awaited` | [never_awaited](bench/primitives/never_awaited.cpp) | compile error | compile error | n/a |

"""
HOW = ("Per item, medians of 5 to 6 repetitions. Better: the way with the lower figure; median ratio of the "
       "repetitions' pairs, interval at 93.75 % or 96.88 %. Same: all of the interval is within 5 %. Not told apart: "
       "it contains 1 and reaches beyond. ")
FACTS = ("2 cores, Clang 19.1.7, build type Release (Google Benchmark's own: debug), 2026-11-22. "
         "Yardsticks: `call` 1.30 ns.")
REFERENCE = os.path.join(os.path.dirname(__file__), "..", "..", "..", "results", "reference")


class Table(Folder):
    def markdown(self, *benchmarks, **context):
        return primitives_table.markdown(made.write(self.folder, *benchmarks, **context))

    def legend(self, *benchmarks, **context):
        return self.markdown(*benchmarks, **context).splitlines()[-1]

    def test_medians_units_and_ratios_with_the_better_way(self):
        self.assertEqual(self.markdown(), TABLE + HOW + FACTS)

    def test_a_file_with_the_librarys_repetitions_reads_the_same(self):
        self.assertEqual(self.markdown(made.as_before(made.measured())), self.markdown())

    def test_build_types_are_those_that_program_and_library_report(self):
        self.assertIn("build type Debug (Google Benchmark's own: release)",
                      self.legend(build_type="Debug", library_build_type="release"))

    def test_what_was_skipped_says_why_and_has_no_ratio(self):
        runs = [run for run in made.measured() if "thread/spawn/100/" not in run["name"]]
        runs += made.skipped("create_task/thread/spawn/100", "skipped: 100 threads need more than kernel.threads-max 9")
        self.assertIn("| skipped: 100 threads need more than kernel.threads-max 9 | 203 ns | n/a |",
                      self.markdown(runs))

    def test_few_repetitions_have_no_interval(self):
        self.assertIn("| loop 100x (1 run) |", self.markdown(made.measured(1)))
        self.assertTrue(self.legend(made.measured(1)).startswith("Per item, 1 repetition. 2 cores"))
        self.assertIn("| loop 101x (4 runs) |", self.markdown(made.measured(4)))
        self.assertTrue(self.legend(made.measured(4)).startswith("Per item, medians of 4 repetitions. 2 cores"))

    def test_the_reference_calls_nothing_noisy_and_no_ratio_is_below_1(self):
        text = primitives_table.markdown(REFERENCE)
        self.assertNotIn("noisy", text)
        self.assertNotIn("hop alone", text)
        self.assertNotRegex(text, r"(loop|threads) 0\.")

    def test_a_figure_in_a_sentence_is_that_of_the_comment_behind_it(self):
        made.write(self.folder)
        text = "It takes 7.1 µs<!--=create_task/thread/spawn/100 ns_per_item-->, and 3 ms are no figure."
        self.assertEqual(primitives_table.with_figures(text, self.folder), text.replace("7.1 µs", "20.5 µs"))
        for comment, reason in (("create_task/no/such/1 ns_per_item", "no benchmark create_task/no/such/1"),
                                ("create_task/thread/spawn/100 joules", "create_task/thread/spawn/100 has no joules")):
            with self.assertRaisesRegex(points.BadInput, reason):
                primitives_table.with_figures(f"n/a<!--={comment}-->", self.folder)

    def test_it_is_a_section_of_the_readme(self):
        write(self.folder, [point()])
        made.write(self.folder)
        before = "a\n<!-- results:primitives:begin -->\nold\n<!-- results:primitives:end -->\nb\n"
        after = readme.regenerate(before, self.folder, "results/reference")
        self.assertTrue(after.startswith("a\n<!-- results:primitives:begin -->\n" + TABLE))
        self.assertTrue(after.endswith("\n<!-- results:primitives:end -->\nb\n"))
