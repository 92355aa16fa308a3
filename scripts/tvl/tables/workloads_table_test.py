from tvl.tables import workloads_table
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write


def at(minute, second, workload):
    return point(workload=workload, started=f"2026-11-22T12:{minute:02}:{second:02}Z")


class WorkloadsTable(Folder):
    def test_time_is_from_a_start_to_the_next(self):
        took = workloads_table.seconds([at(0, 0, "delay"), at(0, 3, "churn"), left_out(), at(1, 0, "delay"), at(1, 2, "churn")])
        self.assertEqual(took, {"delay": 5, "churn": 57})

    def test_lists_are_varied_unless_they_are_one_value_or_a_course(self):
        workload = {"parameters": {"ms": 5, "order": ["serial", "gather"]}, "beside": {"endpoints": ["block"], "percent": [0, 1]},
                    "load": {"connections": [1, 64], "rate": [300], "steps": [[1, 2], [3, 4]]}}
        self.assertEqual(workloads_table.varied(workload), "percent: 0, 1; order: serial, gather; connections: 1, 64")

    def test_every_workload_has_a_row(self):
        text = workloads_table.markdown(write(self.folder, [at(0, 0, "delay"), at(3, 0, "delay")]))
        self.assertRegex(text, r"\| \[delay\]\(delay.toml\) \| .* \| connections: 1, 64, 1000, 4096 \| 3.0 \|")
        self.assertRegex(text, r"\| \[soak\]\(soak.toml\) \| .* \| nothing \| n/a \|")
