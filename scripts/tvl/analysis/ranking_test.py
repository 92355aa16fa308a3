from tvl.analysis import ranking
from tvl.tables import text_table
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

COSTS = {"a_loop": (20.0, 21.0, 22.0), "b_loop": (10.0, 10.0, 10.0), "c_loop": (10.05, 9.9, 10.2),
         "d_loop": (30.0, 30.0, 30.0), "e_loop": (None, None, None), "f_loop": (9.0, 40.0, 41.0)}


class Ranking(Folder):
    def workload(self, rate):
        return self.load_one(*[point(contestant=name, repetition=i, position=p, cpu=cpu, rate=rate)
                               for p, (name, costs) in enumerate(COSTS.items()) for i, cpu in enumerate(costs)])

    def test_one_more_than_are_certainly_cheaper(self):
        """f_loop is told apart from none of the others, so it moves none and is moved by none."""
        self.assertEqual(ranking.ranks(self.workload(2000.0), 64),
                         {"a_loop": 3, "b_loop": 1, "c_loop": 1, "d_loop": 4, "f_loop": 1})

    def test_rows_follow_the_rank_where_a_rate_was_offered_and_the_chart_elsewhere(self):
        self.assertEqual(ranking.order(self.workload(2000.0), 64), ["b_loop", "c_loop", "f_loop", "a_loop", "d_loop",
                                                                       "e_loop"])
        self.assertEqual(ranking.order(self.workload(None), 64), list(COSTS))

    def test_the_table_says_it(self):
        head, *rows = text_table.plain(self.workload(2000.0)).splitlines()
        self.assertEqual(head.split()[:3], ["conns", "rank", "contestant"])
        self.assertEqual(rows[0].split()[:3], ["64", "1", "b_loop"])
        self.assertEqual([row.split()[0] for row in rows[1:]], ["1", "1", "3", "4", "n/a"])
        self.assertNotIn("rank", text_table.plain(self.workload(None)))

    def test_an_invalid_point_has_no_rank_nor_has_a_single_one(self):
        found = [point(contestant=name, repetition=i, position=p, rate=2000.0, valid=p > 0)
                 for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))]
        workload = self.load_one(*found, point(contestant="asio_pool", position=2, rate=2000.0))
        self.assertEqual(ranking.ranks(workload, 64), {"asio_loop": 1})
