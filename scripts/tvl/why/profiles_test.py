import os

from tvl.data.records import BadInput
from tvl.testing import synthetic_profiles as synthetic
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out
from tvl.why import profiles


class Profiles(Folder):
    def load(self, records, points=()):
        return profiles.load(synthetic.write_run(self.folder, records, points))

    def only(self, **more):
        return synthetic.both(self.folder, "asio_loop", synthetic.LOOP, more=more)

    def refusal(self, records):
        with self.assertRaises(BadInput) as caught:
            for found in self.load(records):
                found.samples("asio_loop", 64)
        return str(caught.exception).removeprefix(self.folder)

    def test_samples_are_counted_by_class(self):
        (found,) = self.load(synthetic.passes(self.folder))
        self.assertEqual(list(found.samples("asio_loop", 64)), [0, 1])
        one = found.samples("asio_threads", 64)[1]
        self.assertEqual(dict(one.counts), synthetic.THREADS)
        self.assertEqual((one.hz, one.elsewhere, one.idle, one.lost, one.missing, one.cpu_s), (500, 3, 1, 0, [], 2.0))

    def test_plain_and_profiled_points_are_apart(self):
        (found,) = self.load(synthetic.passes(self.folder), [synthetic.measured("asio_loop")])
        for workload, cpu in ((found.plain, 10.0), (found.profiled, 10.2), (found.measured, 20.0)):
            self.assertEqual(workload.points["asio_loop", 64][0]["server"]["cpu_us_per_request"], cpu)

    def test_each_facet_is_one(self):
        records = [one for rate in ("rate:100", "rate:200")
                   for one in synthetic.both(self.folder, "asio_loop", synthetic.LOOP, facet=rate)]
        self.assertEqual([one.profiled.stem for one in self.load(records)],
                         ["connections-rate-100", "connections-rate-200"])

    def test_an_invalid_point_has_no_samples_and_one_that_was_left_out_is_named(self):
        bad = synthetic.both(self.folder, "asio_loop", synthetic.LOOP, valid=False, reasons=["host busy"])
        (found,) = self.load([*bad, *synthetic.both(self.folder, "asio_threads", synthetic.THREADS), left_out()])
        self.assertEqual(found.samples("asio_loop", 64), {})
        self.assertEqual(found.profiled.left_out, {"nginx": ("not installed", "nginx is not on PATH")})

    def test_what_is_unknown_is_none(self):
        records = self.only(elsewhere=None, idle=None, lost=None)
        records[1]["server"]["cpu_share"] = None
        (found,) = self.load(records)
        one = found.samples("asio_loop", 64)[0]
        self.assertEqual((one.elsewhere, one.idle, one.lost, one.cpu_s), (None, None, None, None))

    def test_a_run_without_profiles_has_none(self):
        self.assertEqual(profiles.load(self.folder), [])
        for records in (self.only()[:1], [left_out()]):
            self.assertEqual(self.load(records), [])

    def test_a_profile_that_could_not_be_taken_says_why(self):
        (found,) = self.load(self.only(file=None, missing=["perf ended"]))
        one = found.samples("asio_loop", 64)[0]
        self.assertEqual((one.counts.total(), one.missing), (0, ["perf ended"]))
        self.assertEqual(found.stacks("asio_loop", 64), {})

    def test_a_profile_that_is_none_is_refused(self):
        where = "/profiles: asio_loop at 64: "
        for wrong in ({"file": "../points.jsonl"}, {"file": 5}, {"hz": 0}, {"missing": None}, {"missing": [1]}):
            self.assertEqual(self.refusal(self.only(**wrong)), where + "its profile is not as tvl-suite writes it", wrong)
        records = self.only(samples=999)
        name = records[1]["profile"]["file"]
        self.assertEqual(self.refusal(records), f"{where}1000 samples in {name}, 999 said")
        os.remove(os.path.join(self.folder, "profiles", name))
        self.assertEqual(self.refusal(records), f"/profiles/{name}: No such file or directory")

    def test_a_bad_line_is_refused_with_its_number(self):
        records = self.only()
        with open(os.path.join(self.folder, "profiles", records[1]["profile"]["file"]), "a", encoding="utf-8") as file:
            file.write("asio_loop`main\n")
        self.assertEqual(self.refusal(records),
                         "/profiles/connections-asio_loop-64-0.folded:5: not FRAME;FRAME;... COUNT")


if __name__ == "__main__":
    import unittest

    unittest.main()
