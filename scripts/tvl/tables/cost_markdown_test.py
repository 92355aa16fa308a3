from tvl.tables import cost_markdown
from tvl.testing import synthetic_profiles as synthetic
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


class CostMarkdown(Folder):
    def run_of(self, points=()):
        return synthetic.write_run(self.folder, synthetic.passes(self.folder, sizes=(64, 1000)), points)

    def test_a_sentence_for_each_load_of_the_two(self):
        lines = cost_markdown.of_pair(self.run_of(), "connections", "asio_threads", "asio_loop").splitlines()
        self.assertEqual([line[:21] for line in lines], ["- At 64 connections a", "- At 1000 connections"])
        self.assertIn("a request of asio_threads costs 10.0 µs", lines[0])
        self.assertEqual(cost_markdown.of_pair(self.folder, "connections", "asio_loop", "nginx"), cost_markdown.NONE)

    def test_all_pairs_with_what_profiling_cost_and_what_no_rule_knows(self):
        text = cost_markdown.of_run(self.run_of([point()]))
        self.assertIn("\n- Slowdown by profiling: 1.02x", text)
        self.assertTrue(text.endswith("\n- Other: at most 2.0 % of the samples of a point, asio_threads at 64 connections."), text)

    def test_touched_memory_is_a_table(self):
        cost = {("asio_threads", 0): 20.0, ("asio_loop", 0): 12.0, ("asio_threads", 64): 35.0, ("asio_loop", 64): 24.0}
        text = cost_markdown.of_run(self.run_of(
            [{**point("touch", name, kib, i, cpu=cpu + i, position=place, facet="connections:1000", chart={"x": "kib"}),
              "versus": {"asio_threads": "asio_loop"}.get(name)}
             for i in range(6) for place, ((name, kib), cpu) in enumerate(cost.items())]))
        self.assertIn("\n| touch, connections 1000 | 0 |  |  | 8.00 (8.00 to 8.00) |\n"
                      "|  | 64 | 15.0 | 12.0 | 3.00 (3.00 to 3.00) |", text)
