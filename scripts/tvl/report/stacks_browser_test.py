"""The stacks of profiles in report.html, in a headless Chromium."""

import itertools
import json
import tempfile
import unittest

from tvl.report import page as report
from tvl.report.browser_test import SETTLE
from tvl.testing import chromium, synthetic_profiles

SAID = "document.querySelector('.said-of-frame').textContent"
FRAMES = "[...document.querySelectorAll('.icicle g text')].map((one) => one.textContent)"


def choose(name, value):
    return (f"{{ const one = document.querySelector('.stacks .{name}'); one.value = {json.dumps(value)};"
            f" one.dispatchEvent(new Event(one.matches('select') ? 'change' : 'input')); }}")


def press(key):
    return f"document.querySelector('.icicle').dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}'}}))"


@unittest.skipUnless(chromium.IS_HERE, "no Chromium here")
class Stacks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        records = synthetic_profiles.passes(folder, sizes=(64, 1000))
        points = [record for record in records if record["profile"] is None]
        cls.browser = cls.enterClassContext(chromium.Browser())
        cls.url = "file://" + report.write(synthetic_profiles.write_run(folder, records, points))

    def open(self, width=1280, dark=False):
        page = self.browser.open(self.url, width, dark=dark)
        self.addCleanup(page.close)
        page.run(SETTLE)
        return page

    def test_frames_are_as_wide_as_their_time(self):
        page = self.open()
        self.assertEqual(page.run(SAID), "all: 20.0 µs of 20.0 µs (100 %)")
        widths = dict(page.run("[...document.querySelectorAll('.icicle g')].map((one) => "
                               "[one.querySelector('title').textContent.split(':')[0],"
                               " one.querySelector('rect').getBoundingClientRect().width])"))
        self.assertAlmostEqual(widths["schedule_[k]"] / widths["all"], 0.38, delta=0.01)

    def test_keys_go_from_frame_to_frame(self):
        page = self.open()
        for key, said in (("ArrowDown", "asio_threads`main: 20.0"), ("ArrowDown", "libc.so.6`__send: 12.0"),
                          ("ArrowRight", "libc.so.6`malloc: 6.00"), ("ArrowUp", "asio_threads`main: 20.0")):
            page.run(press(key))
            self.assertTrue(page.run(SAID).startswith(said), (key, page.run(SAID)))
        page.run(press("ArrowDown"))
        page.run(press("Enter"))
        self.assertEqual(page.run(FRAMES)[0], "libc.so.6`__send")
        page.run(press("Escape"))
        self.assertEqual(page.run(FRAMES)[0], "all")

    def test_two_points_show_what_one_has_more(self):
        page = self.open()
        page.run(choose("other", "1"))
        self.assertEqual(page.run(SAID), "all: 20.0 µs in connections 64, asio_threads, 10.0 µs in connections 64, "
                                         "asio_loop: 10.0 µs of difference")
        self.assertIn("program`tvl::handler::session::next: 2.00 µs in connections 64, asio_threads",
                      page.run("document.querySelector('.icicle').textContent"))
        self.assertNotIn("asio_threads`main", page.run(FRAMES))

    def test_a_search_adds_up_what_it_finds(self):
        page = self.open()
        page.run(choose("search", "schedule"))
        self.assertEqual(page.run("document.querySelector('.stacks .found').textContent"),
                         "frames with “schedule”: 7.60 µs in connections 64, asio_threads")
        self.assertEqual(page.run("document.querySelectorAll('.icicle g.found').length"), 2)

    def test_files_for_other_programs_have_all_samples(self):
        page = self.open()
        kept = ("const kept = []; const real = saveFile; saveFile = (...words) => kept.push(words);"
                "document.querySelector('.stacks .{}').click(); saveFile = real; return kept[0]; ")
        name, text, _ = page.run(f"(() => {{ {kept.format('folded')} }})()")
        self.assertEqual(name, "connections-asio_threads-64.folded.txt")
        self.assertEqual(sum(int(line.rpartition(" ")[2]) for line in text.splitlines()), 2000)
        name, text, _ = page.run(f"(() => {{ {kept.format('speedscope')} }})()")
        found = json.loads(text)
        self.assertEqual(sum(found["profiles"][0]["weights"]), 2000)
        self.assertEqual(max(map(max, found["profiles"][0]["samples"])), len(found["shared"]["frames"]) - 1)

    def test_axe_finds_nothing(self):
        for dark in (False, True):
            page = self.open(dark=dark)
            page.run(f"{report.part('vendor/axe.min.js')}; 0")
            found = page.run("axe.run('.stacks').then(({violations}) => violations.map((one) => one.id))")
            self.assertEqual(found, [])

    def test_nothing_leaves_the_page_sideways(self):
        for width, dark in itertools.product((360, 1280), (False, True)):
            page = self.open(width, dark)
            self.assertEqual(page.run("document.documentElement.scrollWidth"), width)
            self.assertEqual(page.complaints(), [])


if __name__ == "__main__":
    unittest.main()
