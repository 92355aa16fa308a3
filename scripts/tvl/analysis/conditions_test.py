import unittest
from unittest import mock

from tvl.analysis import conditions
from tvl.testing.synthetic_points import ENVIRONMENT, point

SETTINGS = {"TCP congestion control": "bbr", "page sampling (DAMON)": "on", "stolen time": "0.10 % since boot"}


def run(**changes):
    return {**ENVIRONMENT, "kernel_settings": SETTINGS, **changes}


class Conditions(unittest.TestCase):
    def test_two_runs_alike(self):
        self.assertEqual(conditions.sentences([run(), run()]), ["no recorded condition differs"])

    def test_what_moves_figures_is_a_line_each(self):
        other = run(commit="fedcba9876543210", dirty=True, compiler="clang 20", rules={"hash": "b"},
                    kernel_settings={**SETTINGS, "TCP congestion control": "cubic"},
                    limits={"open_files_soft": 1024, "open_files_hard": 4096})
        self.assertEqual(conditions.sentences([run(rules={"hash": "a"}), other]), [
            "conditions differ, commit: 0123456789 / fedcba9876 with local changes",
            "conditions differ, open_files_hard: 20000 / 4096",
            "conditions differ, compiler: clang 19.1.7 / clang 20",
            "conditions differ, TCP congestion control: bbr / cubic",
            "conditions differ, rules hash: a / b"])

    def test_the_congestion_control_of_sockets_is_that_of_the_points(self):
        def of(*names):
            plan = point()["plan"]
            records = [{"plan": {**plan, "congestion_control": name}, "congestion_control": name} for name in names]
            return conditions.recorded(run(), [mock.Mock(records=records)])

        self.assertEqual(conditions.sentences([of("cubic", "cubic"), of("cubic", "bbr")]), [
            "conditions differ, congestion control of the generator: cubic / bbr, cubic",
            "conditions differ, congestion control of servers: cubic / bbr, cubic"])
        self.assertEqual(conditions.sentences([of("cubic"), of("cubic")]), ["no recorded condition differs"])
        self.assertEqual(conditions.recorded({}, []), {})

    def test_of_three_runs_all_are_named(self):
        self.assertEqual(conditions.differing([run(), run(kernel="6.2.0"), run()]), ["kernel: 6.1.0 / 6.2.0 / 6.1.0"])

    def test_what_changes_by_itself_is_no_condition(self):
        other = run(created="2026-12-01T00:00:00Z", seed=5, command="tvl-suite",
                    kernel_settings={**SETTINGS, "stolen time": "2.50 % since boot"})
        self.assertEqual(conditions.sentences([run(seed=4), other]), ["no recorded condition differs"])

    def test_unknown_is_not_equal(self):
        self.assertEqual(conditions.sentences([ENVIRONMENT, run()]), [
            "no recorded condition differs", "conditions that not every run recorded: kernel_settings"])
        self.assertEqual(conditions.sentences([{}, run()]),
                         ["conditions are not recorded: a run has no environment.json"])

    def test_only_those_asked_for(self):
        other = run(cpu_model="Real CPU 1", compiler="clang 20")
        self.assertEqual(conditions.differing([run(), other], conditions.MACHINE),
                         ["cpu_model: Imaginary CPU 3000 / Real CPU 1"])
        self.assertEqual(conditions.differing([run(), other], conditions.COSTS), ["compiler: clang 19.1.7 / clang 20"])

    def test_limits_are_those_by_name_where_both_have_them(self):
        one, other = (run(limits={"somaxconn": 128, "by_name": {"net.core.somaxconn": value, "MemAvailable": value}})
                      for value in (128, 4096))
        self.assertEqual(conditions.differing([one, other]), ["net.core.somaxconn: 128 / 4096"])
