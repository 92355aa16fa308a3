import json
import os
import unittest

from tvl.testing import synthetic_profiles as synthetic
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write


class Explain(Folder):
    def setUp(self):
        super().setUp()
        synthetic.write_run(self.folder, synthetic.passes(self.folder, sizes=(64, 1000)))

    def said(self, *words):
        done = tvl_results.run("explain", self.folder, *words)
        return done.returncode, done.stdout, done.stderr

    def test_every_size_of_a_workload_or_one(self):
        code, out, _ = self.said("connections")
        self.assertEqual(code, 0)
        self.assertTrue(out.startswith("connections: where the CPU time of a request goes\n\nAt 64 connections"), out)
        self.assertIn("At 1000 connections a request of asio_threads", out.replace("\n  ", " "))
        self.assertTrue(out.endswith("a few functions later.\n"), out[-200:])
        self.assertNotIn("At 64 ", self.said("connections", "1000")[1])

    def test_without_a_workload_it_lists_what_there_is(self):
        code, out, _ = self.said()
        self.assertEqual(code, 0)
        self.assertEqual(out.splitlines()[:2], ["workload     size  contestants",
                                                "connections    64  asio_threads, asio_loop"])
        self.assertIn("\nown code: of this project's servers the handler;", out)
        self.assertIn("\nSlowdown by profiling: 1.02x (1.02 to 1.02) the CPU per request, over 8 pairs", out)

    def test_of_touched_memory_it_says_what_it_adds(self):
        cost = {("asio_threads", 0): 20.0, ("asio_loop", 0): 12.0, ("asio_threads", 64): 35.0, ("asio_loop", 64): 24.0}
        write(self.folder, [{**point("touch", name, kib, i, cpu=cpu + i, position=place, facet="connections:1000",
                                     chart={"x": "kib"}), "versus": {"asio_threads": "asio_loop"}.get(name)}
                            for i in range(6) for place, ((name, kib), cpu) in enumerate(cost.items())])
        path = os.path.join(self.folder, "touch.json")
        code, out, _ = self.said("touch", "--json", path)
        self.assertEqual(code, 0)
        self.assertTrue(out.startswith("touch, connections 1000: what touched memory adds to a request"), out)
        self.assertRegex(out.replace("\n  ", " "), r"With 0 KiB, A - B is 8\.00 µs \(8\.00 to 8\.00\)\.")
        self.assertRegex(out, r"\n 64 +15\.0 +12\.0 +3\.00 +\(3\.00 to 3\.00\)\n$")
        with open(path, encoding="utf-8") as file:
            (touched,) = json.load(file)["touched"]
        self.assertEqual((touched["label"], touched["rows"][0]["between"]["median"]), ("asio_threads", 3.0))

    def test_an_unknown_workload_or_size_is_one_line_with_what_there_is(self):
        self.assertEqual(self.said("delay"), (2, "", "explain: no profiled workload delay: there are connections\n"))
        self.assertEqual(self.said("connections", "65"),
                         (2, "", "explain: no size 65 of connections: there are 64, 1000\n"))
        self.assertEqual(self.said("connections", "many")[0], 2)

    def test_a_run_without_profiles_says_how_to_get_them(self):
        os.makedirs(os.path.join(self.folder, "none"))
        folder = write(os.path.join(self.folder, "none"), [point()])
        done = tvl_results.run("explain", folder)
        self.assertEqual((done.returncode, done.stderr),
                         (2, f"explain: {folder} has no profiles: scripts/run --why records them\n"))

    def test_names_and_notes_of_others_are_printable(self):
        name = "\x1b[31m<b>|$x$"
        synthetic.write_run(self.folder, synthetic.both(self.folder, name, synthetic.LOOP, more={
            "file": "a.folded", "missing": ["no symbols of \x1b[2J\nx"]}))
        with open(os.path.join(self.folder, "profiles", "a.folded"), "w", encoding="utf-8") as file:
            file.write("x`\x1b[31mmain 1000\n")
        code, out, _ = self.said("connections")
        self.assertEqual(code, 0)
        self.assertFalse([one for one in out if one != "\n" and not one.isprintable()])
        self.assertIn("\\x1b[31m<b>|$x$ at 64 connections\n", out)
        self.assertIn("  ! no symbols of \\x1b[2J x\n", out)

    def test_the_figures_as_json(self):
        path = os.path.join(self.folder, "why.json")
        self.assertEqual(self.said("connections", "64", "--json", path)[0], 0)
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        (workload,) = found["workloads"]
        self.assertEqual([bar["label"] for bar in workload["bars"]], ["asio_threads", "asio_loop"])
        part = workload["bars"][0]["parts"]["scheduler"]
        self.assertEqual((part["samples"], part["share"]["value"], round(part["us"]["value"], 3)), (760, 0.38, 7.6))
        self.assertEqual(round(workload["pairs"][0]["total"]["value"], 3), 10.0)
        self.assertEqual([one["key"] for one in found["classes"]][-1], "other")

    def test_what_is_not_known_is_null_in_json(self):
        synthetic.write_run(self.folder, synthetic.both(self.folder, "asio_loop", synthetic.LOOP, cpu=None, share=None))
        path = os.path.join(self.folder, "why.json")
        self.said("--json", path)
        with open(path, encoding="utf-8") as file:
            (bar,) = json.load(file)["workloads"][0]["bars"]
        self.assertEqual([bar[key] for key in ("cost", "slowdown", "agreement", "seen")], [None] * 4)
        self.assertIsNone(bar["parts"]["own"]["us"])


if __name__ == "__main__":
    unittest.main()
