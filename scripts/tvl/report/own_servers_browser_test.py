"""report.html of a reader's own 16 servers beside the twins, in a headless Chromium."""

import itertools
import tempfile
import unittest

from tvl.report import page as report
from tvl.report.browser_test import BOXES, SETTLE, overlapping
from tvl.testing import chromium, synthetic_own
from tvl.testing.synthetic_points import write

WIDTHS = (360, 1280)
LOOKS = """[...document.querySelectorAll('#hello-legend .swatch')].map((one) => {
  const [line, mark] = one.querySelectorAll('path');
  return [getComputedStyle(mark).fill, mark.getAttribute('d'), line.getAttribute('stroke-dasharray')];
})"""
NAMES = "[...document.querySelectorAll('#hello-{} g[data-mark=\"y-axis tick label\"] text')]"


@unittest.skipUnless(chromium.IS_HERE, "no Chromium here")
class OwnServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.browser = cls.enterClassContext(chromium.Browser())
        cls.url = "file://" + report.write(write(folder, synthetic_own.sweep() + synthetic_own.one_size()))

    def drawn(self, width, dark=False):
        page = self.browser.open(self.url, width, dark=dark)
        self.addCleanup(page.close)
        page.run("dispatchEvent(new Event('beforeprint'))")
        page.run(SETTLE)
        return page

    def test_no_two_look_the_same_in_either_theme(self):
        for dark in (False, True):
            looks = [tuple(one) for one in self.drawn(1280, dark).run(LOOKS)]
            self.assertEqual(len(looks), 18)
            self.assertEqual(len({look[1:] for look in looks}), 18)  # seen without colour
            self.assertEqual(len({colour for colour, *_ in looks}), 17)  # two are of one model

    def test_rows_are_sorted_by_value_the_best_at_the_top(self):
        page = self.drawn(1280)
        for metric in ("cpu", "throughput"):
            rows = page.run(f"{NAMES.format(metric)}.map((one) => [one.getBoundingClientRect().top, one.textContent])")
            names = [name for _, name in sorted(rows)]
            self.assertEqual((len(names), names[0], names[-1]), (18, synthetic_own.BEST, "django_gunicorn"))

    def test_names_of_rows_are_inside_and_apart_and_whole_where_there_is_room(self):
        for width in WIDTHS:
            page = self.drawn(width)
            words = page.run(f"({BOXES})({NAMES.format('cpu')})")
            self.assertEqual(len(words), 18)
            self.assertEqual([word for word in words if word[1] < 0], [], f"at {width}")
            self.assertEqual(overlapping(words), [])
            self.assertIn("spring_boot_webflux", [word[0] for word in words])

    def test_nothing_leaves_the_page_sideways(self):
        for width, dark in itertools.product(WIDTHS, (False, True)):
            page = self.drawn(width, dark)
            self.assertEqual(page.run("document.documentElement.scrollWidth"), width)
            self.assertEqual(page.complaints(), [])
