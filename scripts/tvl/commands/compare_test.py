import json
import os

from tvl.commands import build_commits
from tvl.data.records import BadInput
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, point, write


class Compare(Folder):
    def run_of(self, name, cpu, environment=ENVIRONMENT, **more):
        """asio_loop costs `cpu` in five repetitions, times the drift of the machine; posix_loop has the drift alone."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        moods = more.pop("moods", (1.0, 1.01, 0.99, 1.005, 0.995))
        records = [point("connections", contestant, 64, i, position=p, cpu=cost * mood, **more)
                   for i, mood in enumerate(moods)
                   for p, (contestant, cost) in enumerate((("posix_loop", 3.0), ("asio_loop", cpu)))]
        return write(folder, records, environment)

    def compare(self, *words):
        done = tvl_results.run("compare", *words)
        return done.returncode, done.stdout, done.stderr

    def outcomes(self, *words):
        """(exit code, the outcome of each row of asio_loop's CPU)"""
        code, text, said = self.compare(*words, "--all")
        self.assertEqual(said, "")
        outcome, found = None, []
        for line in text.splitlines():
            outcome = line[:-1] if line.endswith(":") and not line.startswith(" ") else outcome
            found += [outcome] * (line.startswith("    asio_loop") and "CPU" in line)
        return code, found

    def test_a_regression_is_found_and_exits_1(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.4)
        self.assertEqual(self.outcomes(old, new), (1, ["regression"]))
        self.assertEqual(self.outcomes(new, old), (0, ["improvement"]))

    def test_the_same_lies_within_the_threshold(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.0)
        self.assertEqual(self.outcomes(old, new), (0, ["same"]))
        self.assertEqual(self.outcomes(old, new, "--threshold", "0.1%"), (2, ["not told apart"]))

    def test_the_interval_decides_not_the_median(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.16)  # 1.02 to 1.06
        self.assertEqual(self.outcomes(old, new, "--threshold", "3%"), (0, ["differs, perhaps by less"]))
        self.assertEqual(self.outcomes(old, new, "--threshold", "1%"), (1, ["regression"]))

    def test_a_value_of_0_has_no_ratio_and_its_median_counts_it(self):
        old, new = (self.run_of(name, 4.0, requests={}, voluntary=each, involuntary=0)
                    for name, each in (("old", 0.0), ("new", 1.0)))
        code, text, _ = self.compare(old, new, "--metric", "switches", "--all")
        self.assertEqual(code, 2)
        self.assertRegex(text, r"a value is 0:\n  connections\n +posix_loop +64 +switches/req +0 +1.00 +n/a")
        code, text, _ = self.compare(old, "--between", "posix_loop", "asio_loop", "--metric", "switches", "--all")
        self.assertRegex(text, r"a value is 0:\n  connections\n +asio_loop +64 +switches/req +0 +0 +n/a")

    def test_a_machine_that_drifted_is_seen_through(self):
        slow = (1.1, 1.11, 1.09, 1.105, 1.095)
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.0, moods=slow)
        self.assertEqual(self.outcomes(old, new), (1, ["regression"]))
        self.assertEqual(self.outcomes(old, new, "--relative-to", "posix_loop"), (0, ["same"]))

    def test_runs_by_turns_are_compared_pair_by_pair(self):
        moods = (1.0, 1.7, 1.65, 1.02, 1.71, 1.3, 1.1, 1.5)
        old, new = self.run_of("old", 4.0, moods=moods), self.run_of("new", 4.4, moods=[1.001 * mood for mood in moods])
        self.assertEqual(self.outcomes(old, new), (2, ["not told apart"]))
        self.assertEqual(self.outcomes(old, new, "--by-turns"), (1, ["regression"]))
        self.assertEqual(self.outcomes(old, new, "--by-turns", "--relative-to", "posix_loop"), (1, ["regression"]))
        code, _, said = self.compare(old, "--between", "posix_loop", "asio_loop", "--by-turns")
        self.assertEqual((code, "--by-turns is for two RUNs" in said), (2, True))

    def test_one_repetition_decides_nothing(self):
        old, new = self.run_of("old", 4.0, moods=(1.0,)), self.run_of("new", 8.0, moods=(1.0,))
        self.assertEqual(self.outcomes(old, new), (2, ["too few repetitions"]))

    def wide_run(self, name, slower, sizes=40):
        """asio_loop at so many sizes, of which `slower` cost half as much again."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        costs = {x: 6.0 if x <= slower else 4.0 for x in range(1, sizes + 1)}
        return write(folder, [point(contestant="asio_loop", x=x, repetition=i, cpu=cost * mood)
                              for x, cost in costs.items() for i, mood in enumerate((1.0, 1.01, 0.99, 1.005, 0.995))])

    def test_one_row_of_many_may_be_chance_and_many_are_not(self):
        old = self.wide_run("old", 0)
        for slower, code, outcome in ((3, 0, "worse, or chance"), (4, 1, "regression")):  # 40 x 0.004 / 0.05 = 3.2
            text = self.compare(old, self.wide_run(f"new{slower}", slower))[1]
            self.assertEqual(self.compare(old, os.path.join(self.folder, f"new{slower}"))[0], code, text)
            self.assertIn(f"{slower} x {outcome}", text)
            self.assertIn("fewer than 4 rows", text)

    def test_so_few_repetitions_that_no_row_can_be_a_regression_are_named(self):
        records = [point("connections", name, 64, i, position=p, cpu=cost * mood)
                   for i, mood in enumerate((1.0, 1.1, 0.9))
                   for p, (name, cost) in enumerate((("old", 3.0), ("new", 6.0)))]
        code, text, _ = self.compare(write(self.folder, records), "--between", "old", "new")
        self.assertEqual(code, 2)
        self.assertIn("1 x worse, or chance", text)
        self.assertIn("no row can be a regression: more repetitions", " ".join(text.split()))

    def test_the_conditions_come_first(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.0, dict(ENVIRONMENT, commit="fedcba9876543210"))
        self.assertTrue(self.compare(old, old)[1].startswith("no recorded condition differs\n"))
        self.assertTrue(self.compare(old, new)[1].startswith("conditions differ, commit: 0123456789 / fedcba9876\n"))
        text = self.compare(old, new, "--format", "markdown")[1]
        self.assertIn("new / old\n\n- conditions differ, commit: 0123456789 / fedcba9876\n", text)

    def test_contestants_whose_program_differs_are_named_and_their_rows_marked(self):
        def run(digit):
            same = {"path": "/usr/bin/x", "sha256": "f" * 64, "bytes": 1}
            identities = {"posix_loop": {"program": same},
                          "asio_loop": {"program": {**same, "sha256": digit * 64}, "command": ["x"]}}
            return dict(ENVIRONMENT, contestants={name: {"title": name, "identity": one}
                                                  for name, one in identities.items()})

        old, new = self.run_of("old", 4.0, run("1")), self.run_of("new", 4.4, run("2"))
        code, text, _ = self.compare(old, new, "--all")
        self.assertEqual(code, 1)
        self.assertEqual(text.splitlines()[:3], [
            "no recorded condition differs", "changed between the runs: asio_loop (program 11111111 / 22222222)",
            "the same in both runs: posix_loop"])
        self.assertRegex(text, r"\n    asio_loop \* +64 ")
        self.assertRegex(text, r"\n    posix_loop +64 ")
        self.assertIn("*: its manifest, command or program differs between the runs.", text)
        markdown = self.compare(old, new, "--format", "markdown")[1]
        self.assertRegex(markdown, r"\| asio_loop \\?\* \| 64 ")
        self.assertNotIn("*: its", self.compare(old, old, "--all")[1])

    def test_it_fits_a_terminal(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.2, dict(ENVIRONMENT, compiler="a compiler " * 9))
        text = self.compare(old, new, "--all", "--anyway", "--metric", "cpu", "--metric", "p99")[1]
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_two_contestants_of_one_run(self):
        run = self.run_of("run", 4.0)
        code, text, _ = self.compare(run, "--between", "posix_loop", "asio_loop")
        self.assertEqual(code, 1)
        self.assertIn("1.333 (1.333 to 1.333)", text)

    def test_between_has_the_narrower_interval_of_signed_ranks(self):
        moods = (1.0, 1.01, 0.99, 1.005, 0.995, 1.0, 1.02, 0.98)
        records = [point("connections", name, 64, i, position=p, cpu=cost)
                   for i, mood in enumerate(moods)
                   for p, (name, cost) in enumerate((("old", 4.0), ("new", 4.0 * mood)))]
        code, text, _ = self.compare(write(self.folder, records), "--between", "old", "new", "--all")
        self.assertEqual(code, 0)
        self.assertIn("1.000 (0.990 to 1.010)", text)

    def test_another_machine_is_refused_and_other_versions_are_marked(self):
        old = self.run_of("old", 4.0)
        other = self.run_of("other", 4.2, dict(ENVIRONMENT, cpu_model="Real CPU 1"))
        code, text, said = self.compare(old, other)
        self.assertEqual((code, text), (2, ""))
        self.assertEqual(said, "compare: two machines: cpu_model: Imaginary CPU 3000 / Real CPU 1 (--anyway compares "
                               "them)\n")
        newer = self.run_of("newer", 4.4, dict(ENVIRONMENT, compiler="clang 20"))
        self.assertEqual(self.outcomes(old, newer), (2, ["not comparable"]))
        self.assertEqual(self.outcomes(old, newer, "--anyway"), (1, ["regression"]))
        self.assertIn("conditions differ, compiler: clang 19.1.7 / clang 20", self.compare(old, newer)[1])

    def test_points_with_another_plan_are_marked(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.2, plan={"mode": "closed", "connections": 64,
                                                                           "seconds": 3.0})
        self.assertEqual(self.outcomes(old, new), (2, ["not comparable"]))
        self.assertIn("Points are not comparable, seconds: 1.0 / 3.0", self.compare(old, new)[1])

    def test_where_tables_have_no_ratio_neither_have_comparisons(self):
        missed = [{"code": "rate-not-met", "text": "answered 61 % of the requests that fell due"}]
        plan = {"mode": "open", "rate": 100.0}
        failing = {"plan": plan, "reasons": missed, "valid": True}
        bounded = {"plan": plan, "limiter": "generator"}
        for more, metric, why in ((failing, "cpu", "missed the rate: asio_loop"),
                                  (bounded, "throughput", "throughput is a lower bound: asio_loop"),
                                  ({"plan": {**plan, "rate": 150.0}}, "cpu", "offered different rates")):
            folder = os.path.join(self.folder, why.split()[0])
            os.makedirs(folder)
            sides = ("posix_loop", {"plan": plan}), ("asio_loop", more)
            run = write(folder, [point("connections", name, 64, i, position=p, cpu=4.0 - p, **members)
                                 for i in range(5) for p, (name, members) in enumerate(sides)])
            code, text, _ = self.compare(run, "--between", "posix_loop", "asio_loop", "--metric", metric, "--all")
            self.assertEqual((code, "1 x not comparable" in text), (2, True), text)
            self.assertIn(f"Points are not comparable, {why}", text)
            if why != "offered different rates":  # of another contestant, which two runs do not compare
                self.assertIn(f"Points are not comparable, {why}",
                              self.compare(run, run, "--metric", metric, "--all")[1])

    def test_a_metric_that_no_point_has_has_no_row(self):
        run = self.run_of("run", 4.0)
        code, text, said = self.compare(run, run, "--metric", "recovery")
        self.assertEqual((code, said), (2, ""))
        self.assertTrue(text.endswith("Could not tell: no point holds on both sides.\n"), text)

    def test_points_measured_concurrently_are_not_comparable_with_single_ones(self):
        old, new = (self.run_of(name, 4.0, plan={"mode": "closed", "together": n})
                    for name, n in (("old", 1), ("new", 2)))
        self.assertEqual(self.outcomes(old, new), (2, ["not comparable"]))

    def changed(self, name, change):
        """A run in which asio_loop costs 4.0, with its records changed: record -> record, or None of one left away."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        found = [point("connections", contestant, x, i, position=p, cpu=cost * (1 + 0.01 * (i % 2)))
                 for x in (1, 64) for i in range(5) for p, (contestant, cost) in
                 enumerate((("posix_loop", 3.0), ("asio_loop", 4.0)))]
        return write(folder, list(filter(None, map(change, found))))

    def test_a_point_that_is_gone_or_invalid_in_the_new_run_is_named_and_exits_2(self):
        def is_it(record):
            return record["contestant"] == "asio_loop" and record["x"] == 64

        def but(**more):
            return lambda record: {**record, **more} if is_it(record) else record

        old = self.changed("old", lambda record: record)
        resets = {"valid": False, "limiter": "none", "reasons": ["3 resets"]}
        missed = {"valid": True, "limiter": "none", "reasons": [{"code": "rate-not-met", "text": "answered 3 %"}]}
        for name, change, why in (
                ("away", lambda record: None if is_it(record) else record, "not measured"),
                ("invalid", but(verdict=resets), "invalid: 3 resets"), ("failed", but(verdict=missed),
                                                                        "missed the rate (5 of 5)"),
                ("unmetered", but(server={}), "no CPU µs/req in it")):
            new = self.changed(name, change)
            for words in ((), ("--format", "markdown"), ("--relative-to", "posix_loop")):
                code, text, said = self.compare(old, new, *words)
                self.assertEqual((code, said), (2, ""), text)
                self.assertIn(f"gone, connections: asio_loop at 64: {why}", text)
            self.assertEqual(self.compare(new, old)[0], 0)

    def test_a_workload_and_a_contestant_that_are_gone_are_named_point_by_point(self):
        old = self.changed("old", lambda record: record)
        other = write(self.changed("other", lambda record: record), [point("churn")] * 5)
        code, text, _ = self.compare(old, other)
        self.assertEqual(code, 2)
        self.assertEqual(text.count("the workload is not in the new run"), 4)
        self.assertIn("churn: asio_threads is only in the new run", text)
        code, text, _ = self.compare(old, self.changed("new", lambda record: record["contestant"] == "posix_loop" and
                                                       record or None))
        self.assertEqual(code, 2)
        self.assertIn("gone, connections: asio_loop at 1: not measured\ngone, connections: asio_loop at 64: not", text)

    def test_a_regression_beside_a_point_that_is_gone_is_a_regression(self):
        old = self.changed("old", lambda record: record)
        new = self.changed("new", lambda record: None if record["x"] == 1 else {**record, "server": {
            "cpu_us_per_request": 2 * record["server"]["cpu_us_per_request"]}})
        code, text, _ = self.compare(old, new)
        self.assertEqual(code, 1)
        self.assertIn("gone, connections: asio_loop at 1: not measured", text)

    def test_between_names_the_points_that_only_the_old_contestant_has(self):
        run = self.changed("run", lambda record: None if (record["contestant"], record["x"]) == ("asio_loop", 1)
                           else record)
        code, text, _ = self.compare(run, "--between", "posix_loop", "asio_loop", "--threshold", "50%")
        self.assertEqual(code, 2)
        self.assertIn("gone, connections: asio_loop at 1: not measured", text)

    def test_a_workload_without_the_other_contestant_of_relative_to_is_named(self):
        run = self.changed("run", lambda record: record)
        with open(os.path.join(run, "points.jsonl"), "a", encoding="utf-8") as file:
            file.writelines(json.dumps(point("churn", "asio_loop", repetition=i)) + "\n" for i in range(5))
        code, text, _ = self.compare(run, run, "--relative-to", "posix_loop")
        self.assertEqual(code, 0)
        self.assertIn("churn: no pair with posix_loop, not compared", text)

    def test_a_part_of_a_name_is_no_name(self):
        run = self.run_of("run", 4.0)
        for words in (("--relative-to", "posix"), ("--relative-to", "loop")):
            code, text, said = self.compare(run, run, *words)
            self.assertEqual((code, text), (2, ""))
            self.assertRegex(said, f"^compare: no contestant {words[1]}: did you mean .*posix_loop.*\n$")
        code, _, said = self.compare(run, "--between", "posix_loop", "asio_lop")
        self.assertEqual((code, said), (2, "compare: no contestant asio_lop: did you mean asio_loop or posix_loop?\n"))
        with self.assertRaisesRegex(BadInput, "no workload connection: did you mean connections.*\\?"):
            build_commits.check_workload("connection")

    def test_markdown_hides_what_does_not_differ(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.4)
        text = self.compare(old, new, "--format", "markdown")[1]
        self.assertIn("| connections | asio_loop | 64 | CPU µs/req | 4.00 | 4.40 | 1.100 (1.0", text)
        self.assertIn("<details><summary>1 more</summary>", text)

    def test_the_chart_is_drawn(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.4)
        path = os.path.join(self.folder, "ratios.svg")
        self.assertEqual(self.compare(old, new, "--chart", path)[0], 1)
        self.assertGreater(os.path.getsize(path), 1000)

    def test_bad_input_is_one_line(self):
        old = self.run_of("old", 4.0)
        for words in ((old, os.path.join(self.folder, "none")), (old, "--between", "posix_loop", "nobody"),
                      (old, old, "--relative-to", "nobody"), (old,), (), ("--commits", "a", "b"),
                      ("--commits", "no-such-commit", "HEAD", "--contestant", "asio_loop"),
                      ("--commits", "a", "b", "--contestant", "asio_loop", "--metric", "p99"),
                      ("--commits", "a", "b", "--contestant", "asio_loop", "--manifest", "a.toml"),
                      ("--commits", "a", "b", "--contestant", "asio_loop", "--repo", "."),
                      ("--commits", "a", "b", "--manifest", os.path.join(self.folder, "none.toml"))):
            with self.subTest(words=words):
                code, text, said = self.compare(*words)
                self.assertEqual((code, text), (2, ""))
                self.assertEqual(said.splitlines()[-1].count("compare: "), 1, said)
                self.assertNotIn("Traceback", said)
