from tvl.analysis import dropped_figures, summary
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

LATE = {"valid": False, "reasons": ["requests left the generator 1420 us late (p99)"]}


class Dropped(Folder):
    def said(self, *found):
        return dropped_figures.dropped(self.load_one(*found))

    def test_how_many_and_the_medians_without_and_with_them(self):
        found = [point(repetition=i, p99=p99, **(LATE if i else {})) for i, p99 in enumerate((2000.0, 8000.0, 9000.0))]
        self.assertEqual(self.said(*found, point(x=8), point(contestant="asio_loop", position=1)), [
            "asio_threads: response times of 2 of 4 points dropped; p50 ms at 64: 0.500 without them, 2.00 with them; "
            "p99 ms at 64: 2.00 without them, 8.00 with them"])

    def test_a_difference_within_the_margin_is_not_named(self):
        found = [point(repetition=i, p99=2000.0 + 100 * i, **(LATE if i == 2 else {})) for i in range(3)]
        self.assertEqual(self.said(*found), ["asio_threads: response times of 1 of 3 points dropped"])

    def test_where_nothing_is_left_there_is_no_median(self):
        self.assertIn("p99 ms at 64: n/a without them, 2.00 with them", self.said(point(**LATE))[0])

    def test_a_point_of_which_nothing_holds_loses_all(self):
        found = [point(cpu=10.0), point(repetition=1, cpu=20.0, valid=False, reasons=["3 resets"])]
        self.assertEqual(self.said(*found), [
            "asio_threads: all figures of 1 of 2 points dropped; CPU µs/req at 64: 10.0 without them, 15.0 with them"])

    def test_first_tries_are_dropped_too(self):
        found = [point(p99=9000.0, **LATE), point(p99=2000.0), point(repetition=1, p99=2000.0)]
        self.assertEqual(self.said(*found, point(x=8)), ["asio_threads: 1 point measured again"])
        self.assertEqual(self.said(*found[:2]), [
            "asio_threads: 1 point measured again; p50 ms at 64: 0.500 without them, 1.38 with them; p99 ms at 64: "
            "2.00 without them, 5.50 with them"])

    def test_it_is_a_fact_of_the_workload_and_of_a_run_without_it_there_is_none(self):
        self.assertIn("asio_threads: response times of 1 of 1 points dropped; p50", summary.facts(self.load_one(
            point(**LATE)))[-1])
        self.assertEqual(self.said(point()), [])
