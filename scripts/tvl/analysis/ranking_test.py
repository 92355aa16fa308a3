from tvl.analysis import ranking
from tvl.tables import text_table
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

COSTS = {"a_loop": (20.0, 21.0, 22.0), "b_loop": (10.0, 10.0, 10.0), "c_loop": (10.05, 9.9, 10.2),
         "d_loop": (30.0, 30.0, 30.0), "e_loop": (None, None, None)}


class Ranking(Folder):
    def workload(self, rate):
        return self.load_one(*[point(contestant=name, repetition=i, position=p, cpu=cpu, rate=rate)
                               for p, (name, costs) in enumerate(COSTS.items()) for i, cpu in enumerate(costs)])

    def test_cheapest_first_and_no_difference_is_the_same_rank(self):
        self.assertEqual(ranking.ranks(self.workload(2000.0), 64), {"b_loop": 1, "c_loop": 1, "a_loop": 3, "d_loop": 4})

    def test_rows_follow_the_rank_where_a_rate_was_offered_and_the_chart_elsewhere(self):
        self.assertEqual(ranking.order(self.workload(2000.0), 64), ["b_loop", "c_loop", "a_loop", "d_loop", "e_loop"])
        self.assertEqual(ranking.order(self.workload(None), 64), list(COSTS))

    def test_the_table_says_it(self):
        head, *rows = text_table.plain(self.workload(2000.0)).splitlines()
        self.assertEqual(head.split()[:3], ["conns", "rank", "contestant"])
        self.assertEqual(rows[0].split()[:3], ["64", "1", "b_loop"])
        self.assertEqual([row.split()[0] for row in rows[1:]], ["1", "3", "4", "n/a"])
        self.assertNotIn("rank", text_table.plain(self.workload(None)))

    def test_an_invalid_point_has_no_rank(self):
        workload = self.load_one(point(rate=2000.0, valid=False),
                                 point(contestant="asio_loop", position=1, rate=2000.0))
        self.assertEqual(ranking.ranks(workload, 64), {"asio_loop": 1})
