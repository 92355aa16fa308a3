from tvl.commands import known_costs
from tvl.testing import synthetic_profiles, tvl_results
from tvl.testing.run_folder import Folder

PLAIN = {"own": 200, "runtime": 500, "send": 300}  # 1,000 samples, 10 µs


class KnownCosts(Folder):
    def run_of(self, **more):
        """more: {kind: ({class: samples of a plain request's 1,000}, µs that it costs)}; the machine is of two speeds."""
        servers = {"asio_loop": (PLAIN, 10.0),
                   **{f"asio_loop_{kind}": ({**PLAIN, **shown}, 10.0 + cost) for kind, (shown, cost) in more.items()}}
        records = [record for name, (counts, cost) in servers.items()
                   for record in synthetic_profiles.both(self.folder, name, counts, cpu=cost)]
        points = [{**synthetic_profiles.measured(name, 64, repetition, cpu=cost * (1, 2)[repetition % 2]), "position": place}
                  for repetition in range(5) for place, (name, (_, cost)) in enumerate(servers.items())]
        return tvl_results.run("known-costs", synthetic_profiles.write_run(self.folder, records, points))

    def right(self):
        return {"burn": ({"own": 700}, 5.0), "nothing": ({"syscall": 500}, 5.0),
                "sched_yield": ({"syscall": 500, "scheduler": 300}, 8.0),
                "futex": ({"syscall": 90, "futex": 200}, 2.0 + 5 / 6)}

    def test_what_each_class_shows_is_held_against_its_cost(self):
        done = self.run_of(**self.right())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("4 of 4 classes show their work within 15 %", done.stdout)
        self.assertRegex(done.stdout, r"sched_yield +scheduler +30\.0 % +30\.0 % +100 %")

    def test_work_in_another_class_is_wrong(self):
        done = self.run_of(**{**self.right(), "futex": ({"syscall": 290}, 2.0 + 5 / 6)})
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"futex +futex +20\.0 % +0\.0 % +0 %  !")
        self.assertIn("3 of 4", done.stdout)

    def test_a_run_without_them_is_told(self):
        done = self.run_of(burn=({"own": 700}, 5.0))
        self.assertEqual(done.returncode, 2)
        self.assertIn("no profile of asio_loop_futex, asio_loop_nothing, asio_loop_sched_yield", done.stderr)

    def test_planted_calls_come_before_the_server(self):
        text = known_costs.manifest("futex")
        self.assertIn('name    = "asio_loop_futex"', text)
        self.assertIn('TVL_PLANTED = "futex:4"', text)
        self.assertIn('"--planted", "12000"', known_costs.manifest("burn"))
