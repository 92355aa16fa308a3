import statistics
import unittest

from tvl.charts import timeline_rows as rows

OLD = {"timeline": [{"t": 1.0, "ok": 50, "p99": 5.0, "server_cpu": 0.5, "threads": 2},
                    {"t": 2.0, "ok": 60, "p99": None, "server_cpu": 0.6, "threads": 3},
                    {"t": 2.5, "ok": 25, "p99": 7.0, "server_cpu": None, "threads": None}],
       "phases": [{"begin_s": 0.0}, {"begin_s": 1.5}]}
NEW = {"timeline": [{"t": 0.1, "ok": 5, "sampled_s": None, "server_cpu": None, "threads": None},
                    {"t": 0.15, "ok": 3, "sampled_s": 0.148, "server_cpu": 0.4, "threads": 2},
                    {"t": 0.25, "ok": 9, "sampled_s": 0.249, "server_cpu": 0.9, "threads": 7},
                    {"t": 0.30, "ok": 5, "sampled_s": 0.301, "server_cpu": 0.8, "threads": 9}],
       "timeline_interval_s": 0.1, "phases": [{"begin_s": 0.0}, {"begin_s": 0.15}]}


class Rows(unittest.TestCase):
    def test_a_column_is_as_wide_as_its_row_and_a_count_is_per_second(self):
        self.assertEqual(rows.columns(OLD, "ok"), [(0.0, 1.0, 50), (1.0, 2.0, 60), (2.0, 2.5, 50)])
        self.assertEqual(rows.columns(OLD, "p99"), [(0.0, 1.0, 5.0), (1.0, 2.0, None), (2.0, 2.5, 7.0)])
        self.assertEqual([(begin, end, round(rate)) for begin, end, rate in rows.columns(NEW, "ok")],
                         [(0.0, 0.1, 50), (0.1, 0.15, 60), (0.15, 0.25, 90), (0.25, 0.3, 100)])
        self.assertEqual(rows.columns({"timeline": [{"t": 0.0, "ok": 1}]}, "ok"), [(0.0, 0.0, None)])

    def test_readings_are_at_their_instant(self):
        self.assertEqual(rows.instants(NEW, "threads"), [(0.148, 2), (0.249, 7), (0.301, 9)])
        self.assertEqual(rows.instants(OLD, "threads"), [(1.02, 2), (2.02, 3)])  # after a change at 1 s
        self.assertEqual(rows.instants(OLD, "descriptors"), [])

    def test_cpu_is_of_the_time_since_the_reading_before(self):
        self.assertEqual(rows.columns(NEW, "server_cpu"), [(0.0, 0.148, 0.4), (0.148, 0.249, 0.9), (0.249, 0.301, 0.8)])
        self.assertEqual(rows.columns(OLD, "server_cpu"), [(0.0, 1.02, 0.5), (1.02, 2.02, 0.6)])

    def test_the_length_of_a_row(self):
        found = [rows.interval_s(record) for record in (NEW, OLD, {"timeline": [{"t": 0.5}]})]
        self.assertEqual(found, [0.1, 1.0, 0.5])

    def test_a_row_over_a_change(self):
        self.assertEqual(rows.changes_s(OLD), [1.5])
        self.assertEqual(rows.changes_s({"timeline": []}), [])
        seen = [rows.spans_change(begin, end, [1.5]) for begin, end in ((1, 2), (0, 1.5), (1.5, 2.5), (2, 3))]
        self.assertEqual(seen, [True, False, False, False])
        self.assertFalse(rows.spans_change(1.495, 1.6, [1.5]))  # of the CPU, read before the change and after

    def test_neighbours_are_joined_but_not_over_a_change(self):
        found = [(i / 10, (i + 1) / 10, float(i)) for i in range(10)]
        self.assertEqual(rows.joined(found, 10, max), found)
        self.assertEqual([(begin, end) for begin, end, _ in rows.joined(found, 4, max, [0.4])],
                         [(0.0, 0.3), (0.3, 0.4), (0.4, 0.7), (0.7, 1.0)])
        self.assertEqual([value for *_, value in rows.joined(found, 2, statistics.fmean)], [2.0, 7.0])
        gaps = [(0.0, 1.0, None), (1.0, 2.0, 3.0), (2.0, 3.0, None), (3.0, 4.0, None)]
        self.assertEqual(rows.joined(gaps, 2, max), [(0.0, 2.0, 3.0), (2.0, 4.0, None)])

    def test_of_many_readings_the_highest_stay(self):
        readings = [(float(i), value) for i, value in enumerate((1, 5, 2, 2, 9, 3))]
        self.assertEqual(rows.thinned(readings, 3), [(1.0, 5), (2.0, 2), (4.0, 9)])
        self.assertEqual(rows.thinned(readings, 6), readings)
        self.assertEqual(rows.thinned([], 6), [])


if __name__ == "__main__":
    unittest.main()
