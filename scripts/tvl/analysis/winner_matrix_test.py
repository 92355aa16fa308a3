import io
import os
from matplotlib import pyplot as plt

from tvl.analysis import winner_matrix
from tvl.charts import style
from tvl.charts.figures import matrix_chart
from tvl.commands import plot
from tvl.data.points import line_of
from tvl.testing import synthetic_own
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write

NAMES = ("asio_threads", "asio_loop")


def twins(x=64, repetitions=3, costs=(20.0, 10.0), names=NAMES, **more):
    return [point(contestant=name, x=x, repetition=r, position=p, cpu=cost, **more)
            for r in range(repetitions) for p, (name, cost) in enumerate(zip(names, costs))]


class Matrix(Folder):
    def cells(self, *found):
        (row,) = winner_matrix.rows([self.load_one(*found)])
        return {metric.key: cell for metric, cell in zip(winner_matrix.COLUMNS, row.cells)}

    def test_leader_and_lead_by_the_metrics_direction(self):
        found = self.cells(*twins())
        self.assertEqual((found["cpu"].leader, found["cpu"].text), ("asio_loop", "loop 2.00x"))
        self.assertEqual(self.cells(*twins(costs=(5.0, 10.0)))["cpu"].text, "threads 2.00x")
        more = [dict(record, throughput=(1000.0, 3000.0)[record["position"]]) for record in twins()]
        self.assertEqual(self.cells(*more)["throughput"].text, "loop 3.00x")

    def test_a_tie_is_one(self):
        self.assertEqual(self.cells(*twins(costs=(10.0, 10.2)))["cpu"].text, "same")

    def test_what_is_not_told_apart_is_no_tie(self):
        found = twins(costs=(10.0, 9.0)) + [point(repetition=3, cpu=10.0),
                                           point(contestant="asio_loop", repetition=3, position=1, cpu=11.0)]
        self.assertEqual((self.cells(*found)["cpu"].text, self.cells(*found)["cpu"].lead), ("?", None))

    def test_the_leader_differs_from_all_of_the_other_models(self):
        noisy = [point(contestant="asio_pool", repetition=r, position=2, cpu=cost)
                 for r, cost in enumerate((9.0, 30.0, 30.0))]
        self.assertEqual(self.cells(*twins(), *noisy)["cpu"].text, "?")

    def test_contestants_of_one_model_do_not_compete(self):
        found = self.cells(*twins(costs=(20.0, 10.0, 5.0), names=(*NAMES, "posix_loop")))
        self.assertEqual((found["cpu"].leader, found["cpu"].text), ("posix_loop", "loop 4.00x"))
        self.assertEqual(winner_matrix.rows([self.load_one(*twins(names=("asio_loop", "posix_loop")))])[0].cells[3].text, "")

    def test_without_a_model_each_competes_under_its_own_name(self):
        for model in ("other", ""):
            found = twins(costs=(20.0, 10.0), names=("mine", "yours"))
            found = self.cells(*[{**record, "model": model} for record in found])
            self.assertEqual((found["cpu"].leader, found["cpu"].text), ("yours", "yours 2.00x"))

    def test_contestants_of_one_unknown_model_do_not_compete_but_have_their_own_names(self):
        found = twins(costs=(20.0, 10.0), names=("mine", "yours"), model="actors")
        self.assertEqual(self.cells(*found)["cpu"].text, "")
        threads = [point(repetition=r, position=2, cpu=40.0) for r in range(3)]
        self.assertEqual(self.cells(*found, *threads)["cpu"].text, "yours 4.00x")

    def test_16_own_servers_compete_and_the_best_is_named(self):
        found = self.cells(*synthetic_own.one_size())
        self.assertEqual(found["cpu"].text.split()[0], synthetic_own.BEST)
        self.assertEqual({found[key].text.split()[0] for key in ("cpu", "p99", "memory")} & {"other", "None"}, set())

    def test_one_repetition_has_no_leader(self):
        cell = self.cells(*twins(repetitions=1))["cpu"]
        self.assertEqual((cell.text, cell.leader, cell.lead), ("1 pair", None, None))

    def test_a_failed_contestant_is_marked_and_named(self):
        third = point(contestant="asio_pool", position=2, valid=False)
        found = self.cells(*twins(), third)
        self.assertEqual((found["cpu"].text, found["cpu"].failed), ("loop 2.00x ×", ("asio_pool",)))
        limit = left_out(contestant="asio_pool", status="limit", reason="too few ids", x=64)
        other = point(contestant="asio_pool", x=8, position=2)
        row = winner_matrix.rows([self.load_one(*twins(8), other, *twins(), limit)])[-1]
        self.assertEqual(row.cells[3].text, "loop 2.00x ×")

    def test_lower_bounds_win_at_least_and_lose_nothing(self):
        def limited(name):
            return [dict(record, throughput=3000.0 if record["contestant"] == "asio_loop" else 1000.0,
                         verdict={"valid": True, "limiter": "generator" if record["contestant"] == name else "none"})
                    for record in twins()]

        self.assertEqual(self.cells(*limited("asio_loop"))["throughput"].text, "loop ≥ 3.00x")
        self.assertEqual(self.cells(*limited("asio_threads"))["throughput"].text, "")

    def test_at_an_offered_rate_throughput_has_no_leader(self):
        self.assertEqual(self.cells(*twins(rate=100.0))["throughput"].text, "")

    def test_rows_are_both_ends_of_a_sweep_of_connections_else_the_upper_end(self):
        names = [row.name for row in winner_matrix.rows([self.load_one(*twins(1), *twins(64), *twins(1000))])]
        self.assertEqual(names, ["connections: 1 connection", "connections: 1000 connections"])
        chart = {"x": "rate"}
        names = [row.name for row in winner_matrix.rows([self.load_one(*twins(100, chart=chart), *twins(300, chart=chart))])]
        self.assertEqual(names, ["connections: 300 requests/s offered"])

    def test_a_row_for_each_value_of_a_series_that_has_competitors(self):
        chart = {"series": "threads"}
        found = [record for threads in (1, 4) for record in twins(series=f"threads:{threads}", chart=chart)]
        self.assertEqual([row.name for row in winner_matrix.rows([self.load_one(*found)])],
                         ["connections, threads 1: 64 connections", "connections, threads 4: 64 connections"])
        alone = [record for record in found if record["contestant"] == "asio_loop"]
        self.assertEqual(winner_matrix.rows([self.load_one(*alone)]), [])


class Picture(Folder):
    def text(self, *found):
        drawn = matrix_chart.figure([self.load_one(*found)], "a machine")
        out = io.StringIO()
        with plt.rc_context(style.SETTINGS):
            drawn.savefig(out, format="svg")
        plt.close(drawn)
        return out.getvalue()

    def test_it_says_in_words_what_its_colours_say(self):
        text = self.text(*twins(1, costs=(10.0, 10.0)), *twins(64),
                         point(contestant="asio_pool", position=2, valid=False))
        for expected in ("connections: 64 connections", "loop 2.00x", "same", "CPU µs/req", "a machine",
                         "×: a contestant there is out of the comparison. no valid point: asio_pool."):
            self.assertIn(expected, text)
        self.assertNotIn("?:", text)

    def test_a_run_is_drawn_with_it(self):
        charts = plot.draw_run(write(self.folder, twins()))
        self.assertLessEqual({"matrix.svg", "matrix.png"}, set(os.listdir(charts)))

    def test_one_contestant_alone_has_no_picture(self):
        self.assertIsNone(matrix_chart.figure([self.load_one(point())], "a machine"))

    def test_the_larger_the_lead_the_darker_and_the_text_stays_readable(self):
        cells = [winner_matrix.Cell(line_of(point()), lead) for lead in (1.1, 2, 8, 100)]
        fills = [matrix_chart.colour(cell, "#0072B2") for cell in cells]
        light = [sum(int(fill[i:i + 2], 16) for i in (1, 3, 5)) for fill in fills]
        self.assertEqual(light, sorted(light, reverse=True))
        self.assertEqual(fills[2], fills[3])
        self.assertEqual([matrix_chart.ink(fill) for fill in fills], ["#000000", "#000000", "#ffffff", "#ffffff"])
