import unittest

from tvl.testing import synthetic_profiles as synthetic
from tvl.testing.run_folder import Folder
from tvl.why import cost_bar, cost_difference, cost_words, profiles


class CostWords(Folder):
    def sentence(self, records, points=()):
        (found,) = profiles.load(synthetic.write_run(self.folder, records, points))
        (pair,) = cost_difference.pairs(found, cost_bar.bars(found))
        return cost_words.sentence(found, pair)

    def notes(self, records, points=()):
        (found,) = profiles.load(synthetic.write_run(self.folder, records, points))
        return cost_words.notes(found, cost_bar.of(found, "asio_threads", 64))

    def both(self, counts, repetition=0, **more):
        return synthetic.both(self.folder, "asio_threads", counts, repetition=repetition, **more)

    def points(self, cpu):
        return [synthetic.measured(name, repetition=i, cpu=value + i) for name, value in cpu.items() for i in range(6)]

    def test_a_pair_with_a_difference(self):
        said = self.sentence(synthetic.passes(self.folder), self.points({"asio_threads": 20, "asio_loop": 10}))
        self.assertTrue(said.startswith("At 64 connections a request of asio_threads costs 10.0 µs (10.0 to 10.0) more CPU than "
                                        "one of asio_loop: 8.55 ("), said)
        self.assertRegex(said, r"\) scheduler, 1\.00 \(0\.\d+ to 1\.\d+\) socket send\.$")

    def test_what_costs_less_comes_last(self):
        records = [one for repetition in (0, 1) for name, counts in (
            ("asio_threads", {"own": 200, "runtime": 800}), ("asio_loop", {"own": 800, "runtime": 200}))
                   for one in synthetic.both(self.folder, name, counts, repetition=repetition)]
        said = self.sentence(records, self.points({"asio_threads": 20, "asio_loop": 18}))
        self.assertRegex(said, r": 13\.\d \(.*\) runtime and library; less 11\.\d \(.*\) own code\.$")

    def test_a_pair_that_is_not_told_apart(self):
        points = self.points({"asio_threads": 20, "asio_loop": 20})
        points[0]["server"]["cpu_us_per_request"], points[1]["server"]["cpu_us_per_request"] = 19, 22
        said = self.sentence(synthetic.passes(self.folder), points)
        self.assertTrue(said.startswith("At 64 connections the CPU of a request of asio_threads and of asio_loop is not told "
                                        "apart: 0 µs (-1.00 to 1.00); 8.55"), said)

    def test_a_pair_with_one_repetition_has_no_interval(self):
        said = self.sentence(synthetic.passes(self.folder, count=1))
        self.assertIn("asio_threads cost 10.0 µs more CPU than one of asio_loop in the only repetition: 7.60", said)

    def test_a_pair_that_is_not_compared(self):
        records = self.both(synthetic.THREADS) + synthetic.both(self.folder, "asio_loop", synthetic.LOOP, cpu=None)
        self.assertEqual(self.sentence(records), "At 64 connections asio_threads and asio_loop are not compared: "
                                                 "asio_loop has no CPU per request.")

    def test_the_title_is_about_the_baseline_where_another_pair_differs_more(self):
        (found,) = profiles.load(synthetic.write_run(self.folder, synthetic.passes(self.folder), self.points(
            {"asio_threads": 20, "asio_loop": 10})))
        (mine,) = cost_difference.pairs(found, cost_bar.bars(found))
        other = mine._replace(more=mine.more._replace(label="posix_threads"), less=mine.less._replace(label="posix_loop"),
                              total=mine.total._replace(value=50.0))
        self.assertEqual(cost_words.finding(found, [other, mine]), cost_words.finding(found, [mine]))
        self.assertIn("posix_threads", cost_words.finding(found, [other]))

    def test_the_title_is_the_largest_difference(self):
        points = [one for _ in range(2) for one in self.points({"asio_threads": 20, "asio_loop": 10})]
        for one in points[12:]:
            one["x"] = 1000
            one["server"]["cpu_us_per_request"] *= 2
        (found,) = profiles.load(synthetic.write_run(self.folder, synthetic.passes(self.folder, (64, 1000)), points))
        pairs = cost_difference.pairs(found, cost_bar.bars(found))
        self.assertEqual(cost_words.finding(found, pairs),
                         "connections: at 1000 connections a request of asio_threads costs 20.0 µs more CPU than one of "
                         "asio_loop, 17.1 of it scheduler")
        self.assertEqual(cost_words.finding(found, []), "connections: where the CPU time of a request goes")

    def test_what_belongs_beside_a_bar(self):
        self.assertEqual(self.notes(synthetic.passes(self.folder), self.points({"asio_threads": 20})), [
            "22.5 µs (20.0 to 25.0) of CPU per request: median of 6 repetitions of the run, 96.88 %",
            "2,000 samples in 2 passes at 500 Hz; beside them 6 of other processes on its cores, 2 idle, 0 lost",
            "slowdown by profiling: 1.02x (1.02 to 1.02) the CPU per request",
            "the samples stand for 1.00x the server's CPU time in their windows",
            "the 2 passes agree (p 1)",
            "other: 2.0 % of the samples"])

    def test_what_is_not_known_is_said(self):
        unknown = {"lost": None, "missing": ["no symbols of x"]}
        found = self.notes(self.both(synthetic.THREADS, cpu=None, share=None, more=unknown))
        self.assertEqual(found, [
            "! CPU per request was not measured, so there are shares alone",
            "1,000 samples in 1 pass at 500 Hz; beside them 3 of other processes on its cores, 1 idle, n/a lost",
            "slowdown by profiling: n/a, no pass has the CPU per request of both points",
            "samples against CPU time: n/a, the server's CPU time is not known",
            "agreement of passes: n/a with one pass", "other: 2.0 % of the samples", "! no symbols of x"])

    def test_what_is_wrong_is_marked(self):
        bad = {"own": 100, "send": 200, "other": 700}
        found = self.notes(self.both(synthetic.THREADS, share=0.5) + self.both(bad, 1, share=0.5))
        marked = [line for line in found if line.startswith("!")]
        self.assertEqual(marked[0], "! the samples stand for 2.00x the server's CPU time in their windows")
        self.assertRegex(marked[1], r"^! the 2 passes differ \(p \d.*\), apart in runtime and library, scheduler, other; "
                                    r"\d+ samples count as one$")
        self.assertEqual(marked[2], "! other: 36.0 % of the samples")

    def test_marks_of_all_bars_that_differ_in_numbers_alone_are_one_line(self):
        records = [one for x, share in ((64, 0.5), (1000, 0.4)) for name in ("asio_threads", "asio_loop")
                   for one in synthetic.both(self.folder, name, synthetic.THREADS, x, share=share)]
        (found,) = profiles.load(synthetic.write_run(self.folder, records))
        self.assertEqual(cost_words.marked(found, cost_bar.bars(found)), [
            "! asio_threads at 64, 1000; asio_loop at 64, 1000: the samples stand for 2.00x the server's CPU time in their "
            "windows (the first of 4 like it)"])

    def test_a_bar_without_samples_says_why(self):
        self.assertEqual(self.notes(self.both({})), ["! no samples"])
        invalid = self.both(synthetic.THREADS, valid=False, reasons=[{"code": "host-busy", "text": "others were busy"}])
        self.assertEqual(self.notes(invalid), ["! no valid profile: others were busy"])


if __name__ == "__main__":
    unittest.main()
