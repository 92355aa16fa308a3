from tvl.commands import known_costs
from tvl.testing import synthetic_profiles, tvl_results
from tvl.testing.run_folder import Folder

PLAIN = {"own": 200, "runtime": 500, "send": 300}  # 1,000 samples, 10 µs


class KnownCosts(Folder):
    def run_of(self, **more):
        """more: {kind: (class, µs that its samples show, µs that it costs)}; every class in proportion."""
        records = synthetic_profiles.both(self.folder, "asio_loop", PLAIN, cpu=10.0)
        for kind, (shown, cost) in more.items():
            counts = {**PLAIN, **shown}
            records += synthetic_profiles.both(self.folder, f"asio_loop_{kind}", counts, cpu=10.0 + cost)
        return tvl_results.run("known-costs", synthetic_profiles.write_run(self.folder, records))

    def right(self):
        return {"burn": ({"own": 700}, 5.0), "getppid": ({"syscall": 500}, 5.0),
                "sched_yield": ({"syscall": 500, "scheduler": 300}, 8.0), "futex": ({"syscall": 500, "futex": 200}, 7.0)}

    def test_what_each_class_shows_is_held_against_its_cost(self):
        done = self.run_of(**self.right())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("4 of 4 classes show their work within 15 %", done.stdout)
        self.assertRegex(done.stdout, r"sched_yield +scheduler +3\.00 +3\.00 +100 %")

    def test_work_in_another_class_is_wrong(self):
        done = self.run_of(**{**self.right(), "futex": ({"syscall": 700}, 7.0)})
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"futex +futex +2\.00 +0\.00 +0 %  !")
        self.assertIn("3 of 4", done.stdout)

    def test_a_run_without_them_is_told(self):
        done = self.run_of(burn=({"own": 700}, 5.0))
        self.assertEqual(done.returncode, 2)
        self.assertIn("no profile of asio_loop_futex, asio_loop_getppid, asio_loop_sched_yield", done.stderr)

    def test_planted_calls_come_before_the_server(self):
        text = known_costs.manifest("futex")
        self.assertIn('name    = "asio_loop_futex"', text)
        self.assertIn('TVL_PLANTED = "futex:8"', text)
        self.assertIn('"--planted", "5000"', known_costs.manifest("burn"))
