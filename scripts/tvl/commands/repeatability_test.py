import os

from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write

MOODS = (1.0, 1.04, 0.97, 1.02, 0.99)
AGAIN = (1.001, 0.999, 1.002, 0.998, 1.0)


class Agree(Folder):
    def run_of(self, name, cpu, again=AGAIN):
        """asio_loop at `cpu`, asio_threads at 20, twice; both with the drift of the machine."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        found = []
        for repetition, (mood, off) in enumerate(zip(MOODS, again)):
            found += [point(x=1000, repetition=repetition, cpu=20.0 * mood),
                      point(x=1000, repetition=repetition, cpu=20.0 * mood * off, control=True, throughput=1000.0 * off,
                            p99=2000.0 * off),
                      point(contestant="asio_loop", x=1000, repetition=repetition, position=1, cpu=cpu * mood * off)]
        return write(folder, found)

    def agree(self, *words):
        done = tvl_results.run("repeatability", *words)
        return done.returncode, done.stdout, done.stderr

    def test_a_run_agrees_with_itself(self):
        run = self.run_of("one", 10.0)
        code, text, said = self.agree(run, run)
        self.assertEqual((code, said), (0, ""))
        self.assertIn("100.0 % of", text)
        self.assertNotIn("apart", text)

    def test_ratios_that_do_not_meet_are_shown(self):
        code, text, _ = self.agree(self.run_of("one", 10.0), self.run_of("other", 12.0))
        self.assertEqual(code, 1)
        self.assertRegex(text, r"asio_loop 1000 CPU.*: 0.50x \(0.50 to 0.50\) / 0.60x \(0.60 to 0.60\)  apart")

    def test_a_claim_that_changed_is_named(self):
        code, text, _ = self.agree(self.run_of("one", 10.0), self.run_of("other", 30.0))
        self.assertEqual(code, 1)
        self.assertRegex(text, r'"[^"]+" \(connections\): holds[^/]* / does not hold')

    def test_a_baseline_that_differs_from_itself_is_no_proof(self):
        run = self.run_of("one", 10.0, again=(1.05, 1.06, 1.04, 1.05, 1.05))
        code, text, _ = self.agree(run, run)
        self.assertEqual(code, 1)
        self.assertIn("0 of 1 blocks show no difference, 0.0 % (expected 93.8 %)", text)

    def test_a_run_without_controls_is_no_proof(self):
        folder = write(self.folder, [point(contestant=name, repetition=repetition, cpu=cpu)
                                     for repetition in range(5) for name, cpu in (("asio_threads", 20.0), ("asio_loop", 10.0))])
        code, text, _ = self.agree(folder, folder)
        self.assertEqual(code, 1)
        self.assertIn("A/A, first run: it has no controls.\n", text)

    def test_bad_input_is_one_line(self):
        code, _, said = self.agree(self.folder, self.folder)
        self.assertEqual((code, len(said.splitlines())), (2, 1))
