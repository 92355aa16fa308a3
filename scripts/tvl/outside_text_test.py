"""A run with hostile names and texts through every command that shows them: they come out as text."""

import csv
import html
import io
import json
import os
import tempfile
import unittest
from xml.etree import ElementTree

from tvl.report.page_test import Page
from tvl.testing import tvl_results
from tvl.testing.synthetic_hostile import PREFIX, SHOWN, write_run
from tvl.text import markdown

NAME = f"{PREFIX}asio_loop"
README = "".join(f"<!-- results:{name}:begin -->\n<!-- results:{name}:end -->\n" for name in (
    "table", "environment", "findings", "summary", "claims", "verdicts", "primitives"))


class OutsideText(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = os.path.join(cls.temporary.name, "run $x$ <b>")
        os.makedirs(cls.folder)
        write_run(cls.folder)
        cls.drawn = tvl_results.run("plot", cls.folder)

    def run_of(self, *words):
        done = tvl_results.run(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout[-500:])
        self.assertFalse([c for c in done.stdout if c != "\n" and not c.isprintable()])
        return done.stdout

    def chart(self, name):
        """All texts of an SVG."""
        root = ElementTree.parse(os.path.join(self.folder, "charts", f"{name}.svg")).getroot()
        return "".join(root.itertext())

    def test_charts(self):
        self.assertEqual(self.drawn.returncode, 0, self.drawn.stderr)
        text = self.chart("connections")
        for said in (f"{NAME}: one epoll loop, C++20", "=1+1 $x_1$", "</script><b id=\"i\">|`*_[a](b)", "\\x1b[31m",
                     "日本 #1b1f24"):
            self.assertIn(said, text)
        for name in ("memory.footprint", "overload.timeline", "blocking_trap.trace", "hockey_stick.knee", "soak.soak"):
            self.assertIn(NAME, self.chart(name), name)

    def test_the_report_has_no_element_and_no_script_of_others(self):
        tvl_results.run("report", self.folder)
        with open(os.path.join(self.folder, "report.html"), encoding="utf-8") as file:
            text = file.read()
        page = Page(text)
        self.assertEqual((page.bad, page.open, page.tags["b"], page.tags["script"]), ([], [], 0, 6))
        self.assertIn(f"c {html.escape(SHOWN).replace('&quot;', '&#34;')}", text)
        self.assertIn("日本 #1b1f24</text>", text)
        data = text.split('<script type="application/json" id="run">')[1].split("</script>")[0]
        self.assertIn(NAME, json.loads(data)["contestants"])

    def test_tables_for_a_terminal(self):
        for words in (("report", "--table", self.folder), ("compare", self.folder, self.folder, "--all")):
            self.assertIn(NAME, self.run_of(*words))
        self.assertIn(SHOWN, self.run_of("report", "--table", self.folder))

    def test_markdown(self):
        for words in (("export", "--format", "markdown", self.folder),
                      ("compare", self.folder, self.folder, "--format", "markdown")):
            text = self.run_of(*words)
            self.assertIn(markdown.row([markdown.text(NAME)]).strip("| "), text)
            self.assertNotIn("</script>", text.replace("\\</script>", ""))
            for table in text.split("\n\n"):
                rows = [line.replace("\\|", "") for line in table.splitlines() if line.startswith("|")]
                self.assertLessEqual(len({row.count("|") for row in rows}), 1, table)

    def test_generated_sections(self):
        path = os.path.join(self.folder, "README.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(README)
        self.run_of("readme", self.folder, path)
        self.run_of("readme", self.folder, path, "--check")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(markdown.code(NAME), text)
        self.assertNotIn("</script>", text.replace("\\</script>", ""))

    def test_csv_and_google_benchmark(self):
        rows = list(csv.DictReader(io.StringIO(self.run_of("export", "--format", "csv", self.folder))))
        self.assertIn(NAME, {row["contestant"] for row in rows})
        self.assertFalse([cell for row in rows for cell in row.values() if cell.startswith(tuple("=+@\t\r"))])
        names = {one["name"] for one in json.loads(self.run_of("export", "--format", "google-benchmark", self.folder))[
            "benchmarks"]}
        self.assertIn(f"connections/{NAME}/64", names)


if __name__ == "__main__":
    unittest.main()
