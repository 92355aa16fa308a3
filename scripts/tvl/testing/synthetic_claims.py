"""Claims about synthetic points, and their verdicts."""

from tvl.conclusions.claims import claim_noise, claim_rules, claims
from tvl.data import points
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, point, write

CPU = {"guide": "threads are expensive", "metric": "cpu", "of": "asio_loop", "versus": "asio_threads",
       "expect": "lower", "threshold": 0.9}
WOBBLE = (0.99, 1.0, 1.01, 0.995, 1.005)
FULL = {**ENVIRONMENT, "quick": False, "command": "tvl-suite"}


def pair(ratios, metric="cpu", repetitions=5, base=20.0, **more):
    """Points of asio_threads and asio_loop. ratios: {x: value of asio_loop / that of asio_threads}, or a list of one
    for each repetition."""
    found = []
    for x, ratio in ratios.items():
        for r in range(repetitions):
            mine = ratio[r] if isinstance(ratio, list) else ratio * WOBBLE[r % 5]
            found += [point(x=x, repetition=r, quick=False, **{metric: base}, **more),
                      point(x=x, repetition=r, quick=False, contestant="asio_loop", position=1, **{metric: base * mine},
                            **more)]
    return found


class Claims(Folder):
    def judged(self, rule, found, sd=0.02, environment=FULL):
        """The only verdict. rule: keys of CPU to replace, None takes one away; sd: recorded noise of that claim, or
        None."""
        table = {key: value for key, value in {**CPU, **rule}.items() if value is not None}
        write(self.folder, found, environment)
        run = points.load(self.folder)
        recorded = {} if sd is None else {claim_noise.key(one, claim_rules.read(table, "rule")): sd for one in run}
        (verdict,) = claims.evaluate(self.folder, {found[0]["workload"]: [table]}, recorded)
        return verdict

    def outcome(self, rule, found, **more):
        return self.judged(rule, found, **more).outcome
