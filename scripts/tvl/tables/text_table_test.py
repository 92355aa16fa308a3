from tvl.analysis.summary_test import twins
from tvl.tables import text_table
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point


class TextTable(Folder):
    def test_columns_are_aligned_and_the_ratio_follows_its_value(self):
        workload = self.load_one(*twins(cpu=20.0, throughput=1000.0, loop={"cpu": 5.0, "throughput": 151234.0}))
        head, threads, loop = text_table.plain(workload).splitlines()
        end = head.index("CPU µs/req") + len("CPU µs/req")
        self.assertTrue(threads[:end].endswith(" 20.0"))
        self.assertTrue(loop[:end].endswith(" 5.00"))
        self.assertTrue(loop[end:].startswith(" 0.25x"))
        self.assertIn("151,234 151x", loop)
        self.assertNotIn("\033", head + threads + loop)

    def test_colour_where_it_is_asked_for(self):
        workload = self.load_one(*twins(cpu=20.0, loop={"cpu": 40.0}))
        self.assertIn("\033[31m", text_table.plain(workload, colour=True))

    def test_a_narrow_terminal_gets_values_without_ratios(self):
        workload = self.load_one(*twins(cpu=20.0, loop={"cpu": 5.0}))
        wide = text_table.plain(workload)
        needed = max(map(len, wide.splitlines()))
        self.assertEqual(text_table.plain(workload, width=needed), wide)
        narrow = text_table.plain(workload, width=needed - 1)
        self.assertNotIn("0.25x", narrow)
        self.assertIn(" 5.00 ", narrow)
        self.assertLess(max(map(len, narrow.splitlines())), needed)

    def test_a_long_reason_widens_no_column(self):
        rows = text_table.plain(self.load_one(point(), left_out(reason="x" * 200))).splitlines()
        self.assertEqual(rows[2].split(maxsplit=1), ["nginx", "not installed: " + "x" * 200])
        self.assertLess(len(rows[1]), 120)

    def test_a_workload_of_which_all_were_left_out(self):
        self.assertIn("nginx      not installed: nginx is not on PATH", text_table.plain(self.load_one(left_out())))
