from matplotlib import pyplot as plt

from tvl.analysis import memory_per_connection, summary
from tvl.charts import style
from tvl.charts.figures import memory
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

KIB, MIB = 1024, 2**20
SIZES = (100, 1000, 4000)


def sweep(sizes=SIZES, x_name="connections", panels=("total_memory",), user=2 * KIB, **more):
    return [point("memory", x=x, repetition=r, pss=5 * MIB + x * (user + r * 256), kernel=MIB + x * KIB,
                  chart={"x": x_name, "panels": list(panels)}, **more) for x in sizes for r in range(3)]


class Footprint(Folder):
    def drawn(self, *records):
        workload = self.load_one(*records)
        with plt.rc_context(style.SETTINGS):
            figure = memory.figure(workload, style.line_styles([workload]))
        if figure:
            self.addCleanup(plt.close, figure)
        return figure

    def test_per_connection_without_what_is_held_once(self):
        found = memory_per_connection.of(self.load_one(*sweep()), "asio_threads")
        self.assertAlmostEqual(found.user.median * MIB, 2 * KIB + 256)
        self.assertAlmostEqual(found.user.low * MIB, 2 * KIB)
        self.assertAlmostEqual(found.user.high * MIB, 2 * KIB + 512)
        self.assertAlmostEqual(found.kernel.median * MIB, KIB)

    def test_what_a_million_need_is_the_line_of_each_repetition(self):
        needed = memory_per_connection.needs(self.load_one(*sweep()), "asio_threads", 1_000_000)
        expected = [6 + 1e6 * (3 * KIB + r * 256) / MIB for r in range(3)]
        for seen, value in zip((needed.low, needed.median, needed.high), expected):
            self.assertAlmostEqual(seen, value, places=6)

    def test_two_sizes_or_another_variable_have_none(self):
        for records in (sweep(SIZES[:2]), sweep(x_name="percent"), [{**r, "server": {}} for r in sweep()]):
            workload = self.load_one(*records)
            self.assertIsNone(memory_per_connection.of(workload, "asio_threads"))
            self.assertEqual(summary.per_connection(workload), [])
            self.assertIsNone(self.drawn(*records))
        self.assertIsNone(memory_per_connection.needs(self.load_one(*sweep(SIZES[:2])), "asio_threads", 10))

    def test_what_was_not_served_takes_no_memory(self):
        records = sweep(x_name="slow_senders")
        self.assertIsNotNone(memory_per_connection.of(self.load_one(*records), "asio_threads"))
        records[-1]["requests"] = {"ok": 0}
        self.assertIsNone(memory_per_connection.of(self.load_one(*records), "asio_threads"))

    def test_a_ratio_is_repetition_by_repetition(self):
        both = sweep(user=3 * KIB, position=1, contestant="asio_loop") + sweep()
        found = memory_per_connection.ratio(self.load_one(*both), "asio_loop", "asio_threads")
        pairs = [(4 * KIB + r * 256) / (3 * KIB + r * 256) for r in range(3)]
        self.assertAlmostEqual(found.median, pairs[1])
        self.assertAlmostEqual(found.high, pairs[0])
        both[0]["requests"] = {"ok": 0}
        self.assertIsNone(memory_per_connection.ratio(self.load_one(*both), "asio_loop", "asio_threads"))

    def test_one_repetition_has_no_interval(self):
        (line,) = summary.per_connection(self.load_one(*[one for one in sweep() if one["repetition"] == 0]))
        self.assertIn("(slope over 3 sizes): 2.00 KiB user + 1.00 KiB kernel", line)

    def test_the_table_says_what_one_of_them_is(self):
        (line,) = summary.per_connection(self.load_one(*sweep(x_name="idle_websockets", sizes=(0, 1000, 16000))))
        self.assertIn("memory per idle WebSocket (slope over 3 sizes): 2.25 (2.00 to 2.50) KiB user + 1.00", line)

    def test_the_table_says_what_more_would_need_where_the_chart_asks(self):
        (line,) = summary.per_connection(self.load_one(*sweep()))
        self.assertTrue(line.endswith("; extrapolated, not measured: 100,000 would need 323 MiB (299 MiB to 348 MiB), "
                                      "1,000,000 would need 3.11 GiB (2.87 GiB to 3.34 GiB)"), line)
        self.assertNotIn("would need", summary.per_connection(self.load_one(*sweep(panels=("memory",))))[0])

    def test_the_chart_labels_what_was_not_measured(self):
        bars, more = self.drawn(*synthetic_failures.memory()).axes
        self.assertEqual(sorted(text.get_text() for text in more.texts if "extrapolated" in text.get_text()),
                         ["100k: extrapolated", "1M: extrapolated"])
        named = [text.get_text() for text in more.texts if "GiB (" in text.get_text() or "MiB (" in text.get_text()]
        self.assertEqual(len(named), 7)
        self.assertTrue(any(text.startswith("asio_prefork: 586 GiB (57") for text in named), named)
        self.assertEqual([label.get_text() for label in bars.get_yticklabels()][-3:],
                         [f"asio_threads stack:{size}" for size in ("64KiB", "256KiB", "8MiB")])

    def test_one_repetition_has_no_interval_and_says_so(self):
        figure = self.drawn(*[record for record in sweep() if record["repetition"] == 0])
        self.assertIn("one repetition: no interval", figure.texts[1].get_text())
        self.assertIn("asio_threads: 2.87 GiB", [text.get_text() for text in figure.axes[1].texts])

    def test_a_contestant_without_a_slope_is_left_out(self):
        figure = self.drawn(*sweep(), point("memory", "asio_loop", 100, chart={"x": "connections"}))
        self.assertEqual([label.get_text() for label in figure.axes[0].get_yticklabels()], ["asio_threads"])

    def test_only_where_the_chart_asks(self):
        self.assertIsNone(self.drawn(*sweep(panels=("memory",))))

    def test_sizes_in_words(self):
        self.assertEqual([memory_per_connection.size(mib) for mib in (1 / 2048, 1, 1023, 2048, 3 * 2**20)],
                         ["0.500 KiB", "1.00 MiB", "1,023 MiB", "2.00 GiB", "3.00 TiB"])
