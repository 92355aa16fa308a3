import os
import tomllib
import unittest

from tvl.conclusions import claim_rules, claims
from tvl.conclusions.claims import FAILS, FROM, HOLDS, OPEN
from tvl.data import points
from tvl.data.records import BadInput
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, left_out, point, write

CPU = {"guide": "threads are expensive", "metric": "cpu", "of": "asio_loop", "versus": "asio_threads",
       "expect": "lower", "threshold": 0.9}
WOBBLE = (0.99, 1.0, 1.01, 0.995, 1.005)


def pair(ratios, metric="cpu", repetitions=5, base=20.0, **more):
    """ratios: {x: value of asio_loop / that of asio_threads}, or a list of one for each repetition."""
    found = []
    for x, ratio in ratios.items():
        for r in range(repetitions):
            mine = ratio[r] if isinstance(ratio, list) else ratio * WOBBLE[r]
            found += [point(x=x, repetition=r, **{metric: base}, **more),
                      point(x=x, repetition=r, contestant="asio_loop", position=1, **{metric: base * mine}, **more)]
    return found


class Claims(Folder):
    def judged(self, rule, found):
        """The only verdict; rule: keys of CPU to replace, None takes one away."""
        table = {key: value for key, value in {**CPU, **rule}.items() if value is not None}
        (verdict,) = claims.evaluate(points.load(write(self.folder, found)), {found[0]["workload"]: [table]})
        return verdict

    def outcome(self, rule, found):
        verdict = self.judged(rule, found)
        return (verdict.outcome, verdict.from_x) if verdict.outcome == FROM else verdict.outcome


class Versus(Claims):
    def test_lower(self):
        for ratios, expected in (({1: 0.5, 64: 0.4}, HOLDS), ({1: 1.0, 64: 0.7, 1000: 0.5}, (FROM, 64)),
                                 ({1: 0.5, 64: 1.0}, FAILS), ({1: 0.5, 64: 0.95}, FAILS),
                                 ({1: 0.5, 64: [0.8, 0.8, 0.8, 0.8, 1.0]}, OPEN),
                                 ({1: [0.8, 0.8, 0.8, 0.8, 1.0], 64: 0.5}, (FROM, 64)),
                                 ({1: 0.5, 8: 1.0, 64: 0.5, 1000: 0.5}, (FROM, 64))):
            self.assertEqual(self.outcome({}, pair(ratios)), expected, ratios)

    def test_higher(self):
        rule = {"expect": "higher", "threshold": 1.1, "metric": "p99"}
        for ratios, expected in (({64: 2.0}, HOLDS), ({1: 1.0, 64: 1.5}, (FROM, 64)), ({64: 1.0}, FAILS),
                                 ({64: [1.05, 1.2, 1.2, 1.2, 1.2]}, OPEN)):
            self.assertEqual(self.outcome(rule, pair(ratios, "p99", base=1000.0)), expected, ratios)

    def test_equal_is_within_the_threshold_either_way(self):
        rule = {"expect": "equal", "threshold": 1.2}
        for ratios, expected in (({64: 1.0}, HOLDS), ({64: 0.87}, HOLDS), ({64: 0.7}, FAILS), ({64: 1.3}, FAILS),
                                 ({1: 0.5, 64: 1.1}, (FROM, 64)), ({64: [1.0, 1.0, 1.0, 1.0, 1.3]}, OPEN)):
            self.assertEqual(self.outcome(rule, pair(ratios)), expected, ratios)

    def test_the_numbers_are_those_of_the_last_size(self):
        verdict = self.judged({}, pair({1: 1.0, 64: 0.7, 1000: 0.5}))
        self.assertEqual([round(value, 6) for value in verdict[3:7]], [0.5, 0.495, 0.505, 0.9375])
        self.assertEqual((verdict.workload, verdict.chart, verdict.words), ("connections", "connections",
                                                                            "holds from 64 on"))
        self.assertEqual(verdict.sentence, "Server CPU per request of `asio_loop` at 1000 connections is 0.50x (0.49x "
                                           "to 0.51x) that of `asio_threads`; the claim needs at most 0.90x. It does "
                                           "not hold at 1.")

    def test_only_the_sizes_it_is_about(self):
        found = pair({1: 1.0, 64: 0.5, 1000: 1.0})
        for rule, expected in (({"at": [1]}, FAILS), ({"at": [64]}, HOLDS), ({"until": 64}, (FROM, 64)),
                               ({"from": 8, "until": 100}, HOLDS), ({"from": 5000}, OPEN)):
            self.assertEqual(self.outcome(rule, found), expected, rule)
        self.assertIn("were not measured, only 1, 64, 1000", self.judged({"from": 5000}, found).sentence)

    def test_less_than_three_repetitions_decide_nothing(self):
        self.assertEqual(self.outcome({}, pair({64: 0.1}, repetitions=3)), HOLDS)
        self.assertEqual(self.outcome({}, pair({64: 0.1}, repetitions=2)), OPEN)
        verdict = self.judged({}, pair({64: 0.1}, repetitions=1))
        self.assertEqual((verdict.outcome, verdict.ratio, verdict.level), (OPEN, 0.099, 0))
        self.assertIn("repetitions are too few: 1.", verdict.sentence)

    def test_invalid_points_take_no_part(self):
        found = pair({1: 0.5}) + pair({64: 5.0}, valid=False)
        self.assertEqual(self.outcome({}, found), HOLDS)
        self.assertEqual(self.judged({}, pair({64: 0.5}, valid=False)).sentence,
                         "There are no valid points to compare by Server CPU per request.")

    def test_a_missing_contestant_is_named(self):
        alone = [record for record in pair({64: 0.5}) if record["contestant"] == "asio_loop"]
        self.assertIn("`asio_threads` has no point here: it was not measured", self.judged({}, alone).sentence)
        out = left_out(contestant="asio_threads", status="failed", reason="it ended")
        self.assertIn("failed: it ended", self.judged({}, alone + [out]).sentence)
        verdict = claims.evaluate(points.load(write(self.folder, alone)), {"memory": [CPU]})[0]
        self.assertEqual((verdict.outcome, verdict.chart, verdict.sentence),
                         (OPEN, None, "The workload memory was not measured."))

    def test_a_missing_column_is_not_0(self):
        self.assertEqual(self.outcome({}, [point(cpu=None), point(contestant="asio_loop", cpu=None, position=1)]), OPEN)

    def test_another_line_of_the_same_contestant(self):
        found = [point(x=x, series=f"beside:{how}", repetition=r, p99=p99 * WOBBLE[r])
                 for x in (0, 1) for how, p99 in (("block", 9000.0), ("offload", 900.0)) for r in range(5)]
        rule = {"metric": "p99", "of": "asio_threads beside:block", "versus": "asio_threads beside:offload",
                "expect": "higher", "threshold": 2}
        self.assertEqual(self.outcome(rule, found), HOLDS)

    def test_of_several_lines_the_least_favourable_counts(self):
        found = [point(contestant=name, position=p, series=f"threads:{t}", repetition=r, cpu=cpu * WOBBLE[r])
                 for t, costs in ((1, (20.0, 5.0)), (4, (20.0, 19.0)))
                 for r in range(5) for p, (name, cpu) in enumerate(zip(("asio_threads", "asio_loop"), costs))]
        self.assertEqual(self.outcome({}, found), FAILS)
        self.assertEqual(self.outcome({"of": "asio_loop threads:1"}, found), HOLDS)
        single = [record for record in found if record["contestant"] == "asio_threads"]
        single += [point(contestant="asio_loop", position=1, repetition=r, cpu=10.0 * WOBBLE[r]) for r in range(5)]
        self.assertEqual(self.outcome({}, single), HOLDS)  # a line without the series against every line with it
        single += [point(series="threads:8", repetition=r, cpu=9.0) for r in range(5)]
        self.assertEqual(self.outcome({}, single), FAILS)


class Bounded(Claims):
    def throughput(self, ratio, of="server-cpu", versus="server-cpu", expect="higher"):
        found = pair({64: ratio}, "throughput", base=1000.0)
        for record in found:
            record["verdict"]["limiter"] = of if record["contestant"] == "asio_loop" else versus
        rule = {"metric": "throughput", "expect": expect, "threshold": 1.1 if expect == "higher" else 0.9}
        return self.outcome(rule, found)

    def test_a_lower_bound_is_enough_for_at_least_and_for_nothing_else(self):
        self.assertEqual(self.throughput(2.0, of="generator"), HOLDS)
        self.assertEqual(self.throughput(1.0, of="generator"), OPEN)
        self.assertEqual(self.throughput(0.5, of="generator", expect="lower"), OPEN)
        self.assertEqual(self.throughput(2.0, versus="services"), OPEN)


class Itself(Claims):
    def outcome_of(self, growth, rule=()):
        found = [point(x=x, repetition=r, p99=1000.0 * factor * (WOBBLE[r] if x else 1))
                 for x, factor in growth.items() for r in range(5)]
        return self.outcome({"metric": "p99", "of": "asio_threads", "versus": None, "versus_x": 0, "expect": "lower",
                             "threshold": 1.2, **dict(rule)}, found)

    def test_relative_to_a_size_of_its_own(self):
        self.assertEqual(self.outcome_of({0: 1.0, 1000: 1.05, 16000: 1.1}), HOLDS)
        self.assertEqual(self.outcome_of({0: 1.0, 1000: 1.5, 16000: 1.1}), (FROM, 16000))
        self.assertEqual(self.outcome_of({0: 1.0, 1000: 1.1, 16000: 1.5}), FAILS)
        self.assertEqual(self.outcome_of({0: 1.0, 16000: 1.2}), OPEN)
        self.assertEqual(self.outcome_of({1000: 1.0, 16000: 1.0}), OPEN)  # 0 was not measured


class Share(Claims):
    def outcome_of(self, rates, expect="higher", threshold=0.9):
        tops = {x: [{"label": "threads / delay", "rate": 320.0}, {"label": "connections / delay", "rate": 20.0 * x}]
                for x in rates}
        found = [point(x=x, repetition=r, throughput=rate * WOBBLE[r], ceilings=tops[x])
                 for x, rate in rates.items() for r in range(5)]
        return self.outcome({"metric": "throughput", "of": "asio_threads", "versus": None, "expect": expect,
                             "share_of": "threads / delay", "threshold": threshold}, found)

    def test_of_the_ceiling_where_it_is_the_lowest(self):
        self.assertEqual(self.outcome_of({1: 20.0, 8: 100.0, 16: 310.0, 64: 310.0}), HOLDS)
        self.assertEqual(self.outcome_of({16: 160.0, 64: 310.0}), (FROM, 64))
        self.assertEqual(self.outcome_of({16: 310.0, 64: 160.0}), FAILS)
        self.assertEqual(self.outcome_of({64: 288.0}), OPEN)
        self.assertEqual(self.outcome_of({1: 20.0}), OPEN)

    def test_of_what_is_expected(self):
        found = [point(x=n, repetition=r, p99=4000.0 * 20 * factor * WOBBLE[r],  # p50 is a quarter of it
                       expected=[{"label": "max", "ms": 20.0}, {"label": "sum", "ms": 20.0 * n}])
                 for n, factor in ((1, 1.0), (8, 1.1)) for r in range(5)]
        rule = {"metric": "p50", "of": "asio_threads", "versus": None, "expect": "lower", "threshold": 1.25}
        self.assertEqual(self.outcome({**rule, "share_of": "max"}, found), HOLDS)
        self.assertEqual(self.outcome({**rule, "share_of": "sum", "expect": "equal"}, found), FAILS)


class Limit(Claims):
    def test_a_number_in_the_unit_of_the_metric(self):
        found = [point(x=x, repetition=r, server={"cpu_share": share * WOBBLE[r]})
                 for x, share in ((1, 0.5), (64, 0.98)) for r in range(5)]
        rule = {"metric": "server_share", "of": "asio_threads", "versus": None, "threshold": None, "expect": "higher"}
        self.assertEqual(self.outcome({**rule, "limit": 90}, found), (FROM, 64))
        self.assertEqual(self.outcome({**rule, "limit": 99.5}, found), FAILS)
        self.assertEqual(self.outcome({**rule, "limit": 98}, found), OPEN)
        self.assertEqual(self.outcome({**rule, "limit": 40}, found), HOLDS)
        self.assertIn("is 98.0 % (97.0 % to 99.0 %); the claim needs at least 90.0 %",
                      self.judged({**rule, "limit": 90}, found).sentence)

    def test_an_index_has_no_unit(self):
        found = [point(repetition=r, connections={"jain": 0.99}) for r in range(5)]
        rule = {"metric": "jain", "of": "asio_threads", "versus": None, "threshold": None, "limit": 0.95}
        self.assertIn("is 0.990 (0.990 to 0.990); the claim needs at least 0.950.",
                      self.judged({**rule, "expect": "higher"}, found).sentence)

    def test_without_recovery_a_limit_is_not_met(self):
        rule = {"metric": "recovery", "of": "asio_threads", "versus": None, "threshold": None, "limit": 2}
        found = [point(repetition=r, recovery={"response_s": 1.0}) for r in range(5)]
        self.assertEqual(self.outcome(rule, found), HOLDS)
        verdict = self.judged(rule, found[1:] + [point(recovery={"response_s": None})])
        self.assertEqual(verdict.outcome, OPEN)
        self.assertEqual(verdict.sentence, "Time to recover of `asio_threads` at 64 connections is not known in 1 of 5 "
                                           "repetitions, which does not count as met.")


class Slope(Claims):
    def found(self, mine, theirs, sizes=(1, 64, 1000)):
        """KiB of user memory for each connection."""
        return [point(contestant=name, position=p, x=x, repetition=r, pss=int((4 << 20) + kib * WOBBLE[r] * x * 1024))
                for r in range(5) for x in sizes for p, (name, kib) in enumerate((("asio_threads", theirs),
                                                                                 ("asio_loop", mine)))]

    def test_of_another(self):
        rule = {"metric": "user_memory", "slope": True, "threshold": 0.2}
        self.assertEqual(self.outcome(rule, self.found(1, 20)), HOLDS)
        self.assertEqual(self.outcome(rule, self.found(10, 20)), FAILS)
        self.assertEqual(self.outcome(rule, self.found(1, 20, sizes=(1, 64))), OPEN)
        self.assertEqual(self.outcome({**rule, "at": [1, 64]}, self.found(1, 20)), OPEN)

    def test_against_a_limit_in_kib(self):
        rule = {"metric": "user_memory", "slope": True, "threshold": None, "versus": None, "limit": 4}
        self.assertEqual(self.outcome(rule, self.found(3, 20)), HOLDS)
        self.assertEqual(self.outcome(rule, self.found(5, 20)), FAILS)
        self.assertEqual(self.outcome(rule, self.found(4, 20)), OPEN)
        said = self.judged(rule, self.found(3, 20)).sentence
        self.assertIn("grows with connections by 3.00 KiB (2.97 KiB to 3.03 KiB) each; the claim needs at most", said)


class Largest(Claims):
    def outcome_of(self, mine, theirs):
        found = [point(contestant=name, position=p, x=x, repetition=r, valid=x <= most)
                 for r in range(3) for x in (1000, 8000, 50000)
                 for p, (name, most) in enumerate((("asio_threads", theirs), ("asio_loop", mine)))]
        return self.outcome({"metric": "largest", "expect": "higher", "threshold": 2}, found)

    def test_size_that_was_served(self):
        self.assertEqual(self.outcome_of(50000, 8000), HOLDS)
        self.assertEqual(self.outcome_of(8000, 8000), FAILS)
        self.assertEqual(self.outcome_of(50000, 50000), OPEN)  # the sweep was too short

    def test_with_a_late_generator_alone_all_were_served(self):
        late, unanswered = "requests left the generator 6451 us late (p99)", "answered 71 % of the requests that fell due"
        for reasons, outcome in (([late], HOLDS), ([late, unanswered], FAILS), ([unanswered], FAILS)):
            found = [point(contestant=name, position=p, x=x, repetition=r)
                     for r in range(3) for x in (1000, 8000) for p, name in enumerate(("asio_threads", "asio_loop"))]
            for record in found:
                if record["x"] == 8000:
                    mine = record["contestant"] == "asio_loop"
                    record["verdict"] = {"valid": False, "limiter": "generator", "reasons": reasons if mine else [unanswered]}
            rule = {"metric": "largest", "expect": "higher", "threshold": 2}
            self.assertEqual(self.outcome(rule, found), outcome, reasons)

    def test_what_a_limit_forbids_needs_no_repetition(self):
        found = [point(x=x, contestant=name, position=p) for x in (1000, 8000)
                 for p, name in enumerate(("asio_threads", "asio_loop")) if (name, x) != ("asio_threads", 8000)]
        rule = {"metric": "largest", "expect": "higher", "threshold": 2}
        self.assertEqual(self.outcome(rule, found), OPEN)
        limit = left_out(contestant="asio_threads", status="limit", reason="too few ids", x=8000)
        self.assertEqual(self.outcome(rule, found + [limit]), HOLDS)


class Answered(Claims):
    def test_invalid_points_say_it_too(self):
        found = [point(x=x, repetition=r, valid=x == 0, requests={"scheduled": 1000, "ok": ok})
                 for x, ok in ((0, 1000), (64, 10)) for r in range(3)]
        rule = {"metric": "answered", "of": "asio_threads", "versus": None, "threshold": None}
        self.assertEqual(self.outcome({**rule, "limit": 50, "from": 64}, found), HOLDS)
        self.assertEqual(self.outcome({**rule, "limit": 95, "expect": "higher"}, found), FAILS)


class Facets(Claims):
    def test_each_is_judged_unless_the_rule_chooses(self):
        found = pair({64: 0.5}, facet="rate:saturation") + pair({64: 1.0}, facet="rate:2000", rate=2000.0)
        run = points.load(write(self.folder, found))
        verdicts = claims.evaluate(run, {"connections": [CPU]})
        self.assertEqual([(v.workload, v.outcome) for v in verdicts],
                         [("connections, 2,000 requests/s offered", FAILS), ("connections, at saturation", HOLDS)])
        (verdict,) = claims.evaluate(run, {"connections": [{**CPU, "facet": "rate:2000"}]})
        self.assertEqual((verdict.outcome, verdict.chart), (FAILS, "connections-rate-2000"))
        (verdict,) = claims.evaluate(run, {"connections": [{**CPU, "facet": "rate:7"}]})
        self.assertEqual(verdict.sentence, "The workload connections was not measured with 7 requests/s offered.")


class Sources(Claims):
    def test_a_run_says_which_claims_were_asked(self):
        write(self.folder, pair({64: 0.5}), environment={**ENVIRONMENT, "claims": {"connections": [CPU]}})
        self.assertEqual([v.outcome for v in claims.evaluate(self.folder)], [HOLDS])
        self.assertEqual(claims.markdown(self.folder).splitlines()[2].split(" | ")[:2],
                         ["| threads are expensive", "**holds**"])
        self.assertEqual(claims.counts(self.folder),
                         "Of 1 claims 1 hold, 0 do not, and 0 are not decided by this run.")

    def test_an_older_run_is_held_against_the_files(self):
        self.assertEqual(claims.of_run(write(self.folder, [point()])), claims.of_files())
        self.assertEqual(claims.of_run(write(self.folder, [point()], environment=None)), claims.of_files())

    def test_claims_of_another_shape_are_refused(self):
        for asked in ([CPU], {"connections": CPU}, {"connections": ["cpu"]}):
            write(self.folder, pair({64: 0.5}), environment={**ENVIRONMENT, "claims": asked})
            with self.assertRaises(BadInput, msg=asked):
                claims.evaluate(self.folder)

    def test_rules_of_every_workload_are_understood(self):
        for name, tables in claims.of_files().items():
            with open(os.path.join(claims.WORKLOADS, f"{name}.toml"), "rb") as file:
                workload = tomllib.load(file)
            for place, table in enumerate(tables, 1):
                rule = claim_rules.read(table, f"{name}.toml: claim {place}")
                for line in [rule.of] + [rule.value] * (rule.reference == "versus"):
                    self.assertIn(line.split()[0], workload["contestants"], (name, place))
                if rule.reference == "share_of":
                    labels = [one["label"] for one in workload.get("ceiling", []) + workload.get("expected", [])]
                    self.assertIn(rule.value, labels, (name, place))


class Mistakes(unittest.TestCase):
    def said(self, **changes):
        table = {key: value for key, value in {**CPU, **changes}.items() if value is not None}
        with self.assertRaises(BadInput) as caught:
            claim_rules.read(table, "connections.toml: claim 2")
        return str(caught.exception).removeprefix("connections.toml: claim 2: ")

    def test_each_is_named(self):
        for changes, expected in (
                ({"metrik": "cpu"}, "unknown key 'metrik', there are guide, "),
                ({"metric": "cpus"}, "unknown metric 'cpus', there are "),
                ({"guide": None}, "missing key 'guide'"), ({"threshold": None}, "missing key 'threshold'"),
                ({"threshold": "0.9"}, "'threshold' must be a number"),
                ({"threshold": 0}, "'threshold' must be more than 0"),
                ({"expect": "less"}, "'expect' must be one of higher, lower, equal"),
                ({"expect": "equal"}, "'threshold' must be more than 1 where"),
                ({"versus": None}, "needs one of versus, versus_x, share_of, limit, has none"),
                ({"limit": 3}, "needs one of versus, versus_x, share_of, limit, has versus and limit"),
                ({"versus": None, "limit": 0}, "'limit' must be more than 0"),
                ({"at": 64}, "'at' must be list"), ({"at": ["x"]}, "'at' must be a list of numbers"),
                ({"slope": True, "versus": None, "versus_x": 1}, "'slope' needs 'versus' or 'limit'"),
                ({"metric": "answered"}, "metric 'answered' needs 'limit'"),
                ({"metric": "largest", "slope": True}, "metric 'largest' needs 'versus'")):
            self.assertTrue(self.said(**changes).startswith(expected), (changes, self.said(**changes)))

    def test_what_is_no_table(self):
        with self.assertRaisesRegex(BadInput, "not a table"):
            claim_rules.read("cpu", "w.toml: claim 1")
