import itertools

from tvl.charts import style
from tvl.data import models
from tvl.data.points import line_of
from tvl.testing import synthetic_contestants, synthetic_own, synthetic_waits
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

DARK_PAPER = "#14171c"  # of the report
SERIES = {"x": "threads", "series": "processes"}


class Looks(Folder):
    def test_all_contestants_differ_and_a_model_has_one_hue(self):
        names = {name: fields[0] for name, fields in synthetic_contestants.CONTESTANTS.items()}
        workload = self.load_one(*[point(contestant=name, position=i, model=model)
                                   for i, (name, model) in enumerate(names.items())])
        line_styles = style.line_styles([workload])
        self.assertEqual(len(set(line_styles.values())), len(names))
        self.assertEqual(len({(names[name], line_style.marker) for name, line_style in line_styles.items()}), len(names))
        for model in set(names.values()):
            self.assertEqual(len({line_styles[name].linestyle for name in names if names[name] == model}), 1)

    def test_twins_differ_in_colour_and_line_and_share_the_marker_of_their_stack(self):
        line_styles = style.line_styles([self.load_one(point(), point(contestant="asio_loop", position=1))])
        threads, loop = line_styles["asio_threads"], line_styles["asio_loop"]
        self.assertEqual(threads.marker, loop.marker)
        self.assertNotEqual(threads.color, loop.color)
        self.assertNotEqual(threads.linestyle, loop.linestyle)

    def test_no_two_of_16_own_contestants_look_the_same_and_none_like_a_twin(self):
        workload = self.load_one(*synthetic_own.one_size())
        found = style.line_styles([workload])
        self.assertEqual(len(found), 18)
        self.assertEqual(len({(one.marker, one.linestyle) for one in found.values()}), 18)  # seen without colour
        hues = {models.family(line): found[label].color for label, line in workload.lines.items()}
        self.assertEqual(len(set(hues.values())), len(hues))

    def test_those_of_one_unknown_model_share_the_hue_and_differ_in_marker(self):
        found = style.line_styles([self.load_one(*synthetic_own.one_size())])
        one, other = found["elixir_phoenix"], found["akka_http"]
        self.assertEqual(one.color, other.color)
        self.assertNotEqual(one.marker, other.marker)

    def test_own_contestants_without_a_model_have_hues_of_their_own(self):
        for model in ("other", "", "actors"):
            names = ("mine", "yours")
            found = style.line_styles([self.load_one(*[{**point(contestant=name, position=i), "model": model}
                                                       for i, name in enumerate(names)])])
            self.assertEqual(found["mine"].color == found["yours"].color, model == "actors")
            self.assertNotEqual(found["mine"].marker, found["yours"].marker)

    def test_a_look_depends_on_the_set_of_names_alone_and_own_ones_change_nothing_for_the_others(self):
        first = style.line_styles([self.load_one(*synthetic_own.one_size())])
        self.assertEqual(first, style.line_styles([self.load_one(*synthetic_own.sweep())]))
        alone = style.line_styles([self.load_one(*synthetic_own.one_size(tuple(synthetic_own.TWINS)))])
        self.assertLessEqual(alone.items(), first.items())

    def test_more_than_the_hues_still_look_different(self):
        lines = [line_of(point(contestant=f"own{i}", model="other")) for i in range(70)]
        found = style.contestant_styles(lines)
        self.assertEqual(len({(one.marker, one.linestyle) for one in found.values()}), 70)

    def test_where_several_share_a_series_colour_and_marker_are_the_contestants_and_the_line_is_the_values(self):
        line_styles = style.line_styles([self.load_one(*synthetic_waits.trap(percents=(1,)))])
        names, values = synthetic_waits.MODELS, ("block", "offload")
        for name in names:
            block, offload = (line_styles[f"{name} beside:{value}"] for value in values)
            self.assertEqual((block.color, block.marker), (offload.color, offload.marker))
            self.assertNotEqual(block.linestyle, offload.linestyle)
        for value in values:
            same = [line_styles[f"{name} beside:{value}"] for name in names]
            self.assertEqual({len({one.color for one in same}), len({one.marker for one in same})}, {len(names)})
            self.assertEqual(len({line_style.linestyle for line_style in same}), 1)

    def test_a_series_of_one_contestant_keeps_its_style_in_any_run(self):
        (shared,) = [self.load_one(*synthetic_waits.trap(percents=(1,)))]
        alone = self.load_one(*synthetic_contestants.matrix())
        self.assertLessEqual(style.line_styles([alone]).items(), style.line_styles([alone, shared]).items())

    def test_values_of_a_series_differ_in_shade_marker_and_line(self):
        found = style.line_styles([self.load_one(*[point(series=f"processes:{p}", chart=SERIES) for p in (1, 2, 16)])])
        for part in zip(*found.values()):
            self.assertEqual(len(set(part)), 3)


class Contrast(Folder):
    def test_own_hues_are_seen_on_white_and_on_a_dark_page(self):
        self.assertEqual(len(set(style.OWN)), 16)
        for colour in style.OWN:
            for paper in ("#ffffff", style.PAPER, DARK_PAPER):
                self.assertGreaterEqual(style.ratio(colour, paper), 3, f"{colour} on {paper}")

    def test_own_hues_differ_from_each_other_and_from_those_of_the_models(self):
        hues = [*style.OWN, *(colour for colour, _ in style.MODELS.values())]
        for one, other in itertools.combinations(hues, 2):
            if {one, other} & set(style.OWN):
                self.assertGreaterEqual(sum(abs(a - b) for a, b in zip(style.channels(one), style.channels(other))), 48,
                                        f"{one} {other}")

    def test_every_known_model_has_a_hue(self):
        self.assertEqual(tuple(style.MODELS), models.KNOWN)

    def test_the_ratio_is_that_of_wcag(self):
        self.assertAlmostEqual(style.ratio("#000000", "#ffffff"), 21)
        self.assertAlmostEqual(style.ratio("#777777", "#ffffff"), 4.48, places=2)
        self.assertEqual(style.ratio("#123456", "#123456"), 1)

    def test_a_dark_line_becomes_lighter_on_dark_paper_and_a_light_one_stays(self):
        self.assertEqual(style.legible("#ffaa00", "#14171c"), "#ffaa00")
        found = style.legible("#301010", "#14171c")
        self.assertGreaterEqual(style.ratio(found, "#14171c"), 3)
        self.assertLess(style.ratio(found, "#14171c"), 3.3)  # and no lighter than it must
