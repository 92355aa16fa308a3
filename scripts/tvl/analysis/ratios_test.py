import unittest

from tvl.analysis import ratios, summary
from tvl.data import metrics
from tvl.stats.intervals import Interval
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


def interval(low, high, level=0.9375):
    return Interval((low * high) ** 0.5, low, high, 5 if level else 1, level)


class Words(unittest.TestCase):
    def said(self, metric, low, high, level=0.9375):
        return ratios.sameness(metric, interval(low, high, level))

    def test_the_same_is_inside_the_margin_of_the_metric(self):
        for metric, margin in ((metrics.CPU, 0.05), (metrics.THROUGHPUT, 0.05), (metrics.MEMORY, 0.05),
                               (metrics.SWITCHES, 0.05), (metrics.GOODPUT, 0.05), (metrics.P50, 0.10),
                               (metrics.P99, 0.25), (metrics.DELIVERY_P95, 0.25), (metrics.RECOVERY, 0.25)):
            self.assertEqual(self.said(metric, 1 / (1 + margin), 1 + margin), "same", metric.key)
            self.assertEqual(self.said(metric, 1.001, 1.002), "same", metric.key)
            self.assertEqual(self.said(metric, 0.99, 1 + margin + 0.001), "not told apart", metric.key)
            self.assertEqual(self.said(metric, 0.999 / (1 + margin), 1.01), "not told apart", metric.key)
            self.assertEqual(self.said(metric, 1.001, 1 + margin + 0.001), "differs", metric.key)

    def test_a_wide_interval_is_never_the_same(self):
        for metric in metrics.PANELS.values():
            self.assertEqual(self.said(metric, 0.61, 1.65), "not told apart")

    def test_one_pair_has_no_word_no_interval_and_no_verdict(self):
        one = interval(0.5, 0.5, level=0)
        self.assertIsNone(ratios.sameness(metrics.CPU, one))
        self.assertEqual(ratios.verdict(metrics.CPU, one), "")
        self.assertEqual({ratios.text(metrics.CPU, one), ratios.words(metrics.CPU, one), ratios.interval(one)},
                         {"0.50x, 1 pair"})

    def test_notation(self):
        for low, high, text, words in ((0.99, 1.01, "~1.00x", "the same"), (0.25, 0.25, "0.25x", "0.25x"),
                                       (0.8, 1.25, "1.00x?", "not told apart (0.80 to 1.25)")):
            self.assertEqual(ratios.text(metrics.CPU, interval(low, high)), text)
            self.assertEqual(ratios.words(metrics.CPU, interval(low, high)), words)
        self.assertEqual(ratios.words(metrics.CPU, interval(0.25, 0.25), with_interval=True), "0.25x (0.25 to 0.25)")

    def test_only_what_differs_is_better_or_worse(self):
        verdicts = [ratios.verdict(metrics.CPU, interval(*ends)) for ends in ((0.7, 0.8), (1.2, 1.3), (0.7, 1.3),
                                                                              (1.01, 1.02))]
        self.assertEqual(verdicts, ["better", "worse", "", ""])
        self.assertEqual(ratios.verdict(metrics.THROUGHPUT, interval(1.2, 1.3)), "better")


MISSED = ["answered 80 % of the requests that fell due"]


class Kinds(Folder):
    def compared(self, metric, threads, loop):
        """threads, loop: keyword arguments of the points of each repetition."""
        found = [point(contestant=name, repetition=i, position=p, **{"rate": 1000.0, **more})
                 for p, (name, each) in enumerate((("asio_threads", threads), ("asio_loop", loop)))
                 for i, more in enumerate(each)]
        return ratios.compared(self.load_one(*found), metric, "asio_loop", 64)

    def test_of_one_that_failed_there_are_words_instead(self):
        found = self.compared(metrics.CPU, [{}] * 3, [{"reasons": MISSED, "cpu": 5.0}] * 3)
        self.assertEqual(found, (None, "missed the rate"))
        found = self.compared(metrics.CPU, [{"requests": {"ok": 0}}] * 3, [{}] * 3)
        self.assertEqual(found, (None, "asio_threads: answered nothing"))

    def test_of_one_that_failed_sometimes_the_repetitions_disagree(self):
        some = [{"reasons": MISSED}, {}, {}]
        for threads, loop in ((some, [{}] * 3), ([{}] * 3, some)):
            self.assertEqual(self.compared(metrics.CPU, threads, loop), (None, "the repetitions disagree"))

    def test_a_number_keeps_its_digits(self):
        self.assertEqual([ratios.times(each) for each in (0, 0.0003, 0.03, 0.1, 1, 14.5, 2000)],
                         ["0x", "0.00030x", "0.030x", "0.10x", "1.00x", "14.5x", "2,000x"])

    def test_so_they_do_where_a_backlog_stood_before_some_windows(self):
        late = {"requests": {"ok": 2000, "scheduled": 3000, "unsent_at_start": 2000}}
        found = [self.compared(metric, [{}] * 4, [late, {}, {}, {}]) for metric in (metrics.P99, metrics.CPU)]
        self.assertEqual((found[0], found[1].ratio.median), ((None, "the repetitions disagree"), 1.0))

    def test_and_where_the_interval_spans_more_than_a_hundred(self):
        threads, loop = ([{"p99": each} for each in p99] for p99 in ((1e5, 1e3, 1e3), (1e3, 1e3, 2e4)))
        found = self.compared(metrics.P99, threads, loop)
        self.assertEqual(found, (None, "the repetitions disagree"))

    def test_from_nothing_to_something_spans_more_than_a_hundred(self):
        switches = [{"voluntary": each, "involuntary": 0} for each in (0.0, 0.3, 0.5)]
        self.assertEqual(self.compared(metrics.SWITCHES, [{"voluntary": 1.0, "involuntary": 0}] * 3, switches).why,
                         "the repetitions disagree")
        recovery = [{"recovery": {"response_s": each}} for each in (0.0, 0.3, 0.5)]
        self.assertEqual(self.compared(metrics.RECOVERY, recovery[1:2] * 3, recovery).ratio.low, 0)

    def test_next_to_nothing_is_a_ratio(self):
        switches = [{"voluntary": each, "involuntary": 0} for each in (0.00001, 0.001, 0.004)]
        found = self.compared(metrics.SWITCHES, [{"voluntary": 1.0, "involuntary": 0}] * 3, switches)
        self.assertEqual(ratios.sameness(metrics.SWITCHES, found.ratio), "differs")

    def test_at_different_rates_only_goodput_and_recovery_compare(self):
        phases = [{"rate": 100, "goodput": 900.0}, {"rate": 200, "goodput": 1800.0}]
        more = [{"rate": rate, "phases": phases, "recovery": {"response_s": 1.0}} for rate in (1000.0, 1500.0)]
        for metric in (metrics.P50, metrics.P99, metrics.CPU, metrics.MEMORY, metrics.THROUGHPUT, metrics.SWITCHES):
            self.assertEqual(self.compared(metric, more[:1] * 3, more[1:] * 3), (None, "offered different rates"))
        for metric in (metrics.GOODPUT, metrics.RECOVERY):
            self.assertEqual(self.compared(metric, more[:1] * 3, more[1:] * 3).ratio.median, 1)
        still = [{"rate": rate} for rate in (1000.0, 1500.0)]
        self.assertEqual(self.compared(metrics.GOODPUT, still[:1] * 3, still[1:] * 3).why, "offered different rates")

    def test_a_cell_says_why_it_has_no_ratio(self):
        found = [point(contestant=name, repetition=i, position=p, rate=1000.0, reasons=MISSED if p else ())
                 for p, name in enumerate(("asio_threads", "asio_loop")) for i in range(3)]
        cell = summary.cell(self.load_one(*found), metrics.CPU, "asio_loop", 64)
        self.assertEqual((cell.verdict, cell.ratio_text), ("", "missed the rate"))

    def test_where_repetitions_disagree_a_line_says_so(self):
        found = [point(contestant=name, repetition=i, position=p, rate=1000.0, pss=None,
                       reasons=MISSED if p and i == 0 else ()) for p, name in enumerate(("asio_threads", "asio_loop"))
                 for i in range(3)]
        self.assertEqual(summary.without_ratio(self.load_one(*found)), [
            "asio_loop at 64: no ratio of replies/s, p50 ms, p99 ms, CPU µs/req, switches/req: the repetitions "
            "disagree"])


if __name__ == "__main__":
    unittest.main()
