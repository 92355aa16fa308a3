import re
import unittest

from tvl.tables import cost_table
from tvl.testing import synthetic_profiles as synthetic
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out
from tvl.why import cost_bar, profiles


class CostTable(Folder):
    def text(self, records, points=()):
        (found,) = profiles.load(synthetic.write_run(self.folder, records, points))
        return cost_table.plain(found, cost_bar.bars(found))

    def rows(self, text):
        """{first cell of a line: [the others]}; at least two blanks are between cells"""
        cells = [re.split(" {2,}", line) for line in text.splitlines()]
        return {name: rest for name, *rest in cells}

    def test_classes_of_a_pair_and_their_difference(self):
        points = [synthetic.measured(name, repetition=i, cpu=cpu)
                  for name, cpu in (("asio_threads", 20), ("asio_loop", 10)) for i in range(6)]
        rows = self.rows(self.text(synthetic.passes(self.folder), points))
        self.assertEqual(rows["own code"][:3], ["2.00", "2.00", "0"])
        self.assertEqual(rows["scheduler"][:3], ["7.60", "0", "7.60"])
        self.assertEqual(rows["all"], ["20.0", "10.0", "10.0", "(10.0 to 10.0)"])
        self.assertNotIn("futex", rows)  # neither has it

    def test_a_contestant_alone_has_shares_and_microseconds(self):
        text = self.text(synthetic.both(self.folder, "asio_loop", synthetic.LOOP))
        self.assertTrue(text.startswith("asio_loop at 64 connections\nclass"))
        self.assertEqual(self.rows(text)["socket send"][0], "28.0 %")
        self.assertEqual(self.rows(text)["socket send"][2], "5.60")
        without = self.text(synthetic.both(self.folder, "asio_loop", synthetic.LOOP, cpu=None))
        self.assertEqual(self.rows(without)["socket send"][-1], "n/a")

    def test_a_bar_without_samples_and_a_contestant_that_was_left_out_are_named(self):
        text = self.text(synthetic.both(self.folder, "asio_loop", {}) + [left_out()])
        self.assertEqual(text, "asio_loop at 64 connections\n  ! no samples\n\n"
                               "nginx left out: not installed: nginx is not on PATH")

    def test_lines_fit_the_terminal(self):
        names = ("asio_loops_processes", "asio_threads")
        records = [{**one, "versus": names[0]} for name in names for one in synthetic.both(
            self.folder, name, synthetic.LOOP, series="processes:16", more={"missing": ["x " * 90]})]
        for text in (self.text(records), self.text(records[:2]),
                     cost_table.listing(profiles.load(self.folder))):
            self.assertLessEqual(max(map(len, text.splitlines())), 80, text)


if __name__ == "__main__":
    unittest.main()
