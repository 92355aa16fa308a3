import unittest

from tvl.analysis import identities


def file(path="/home/me/server", sha256="a" * 64, size=9, **more):
    return {"path": path, "sha256": sha256, "bytes": size, **more}


def run(**identity):
    made = {"manifest": file("mine.toml"), "command": ["./server", "{port}"], "url": None, "program": file(),
            "files": [], **identity}
    return {"contestants": {"mine": {"title": "mine", "identity": made}}}


class Identities(unittest.TestCase):
    def changed(self, old, new):
        return identities.changes(old, new)["mine"]

    def test_the_same(self):
        self.assertEqual(self.changed(run(), run()), [])
        self.assertEqual(self.changed(run(), run(program=file("/elsewhere/server"))), [], "the content decides")

    def test_each_part_that_differs_is_named(self):
        self.assertEqual(self.changed(run(), run(program=file(sha256="b" * 64))), ["program aaaaaaaa / bbbbbbbb"])
        self.assertEqual(self.changed(run(), run(manifest=file(sha256="b" * 64))), ["manifest aaaaaaaa / bbbbbbbb"])
        self.assertEqual(self.changed(run(), run(command=["./server"])), ["command"])
        self.assertEqual(self.changed(run(url="http://a"), run(url="http://b")), ["url"])
        scripts = [run(files=[file(f"/{side}/app.py", side * 64)]) for side in "cd"]
        self.assertEqual(self.changed(*scripts), ["app.py cccccccc / dddddddd"])

    def test_a_version_is_shown_in_place_of_a_hash(self):
        old, new = (run(program=file(sha256=digit * 64, version=f"nginx 1.{digit}")) for digit in "12")
        self.assertEqual(self.changed(old, new), ["program nginx 1.1 / nginx 1.2"])
        new["contestants"]["mine"]["identity"]["program"]["version"] = "nginx 1.1"  # built again
        self.assertEqual(self.changed(old, new), ["program 11111111 / 22222222"])

    def test_of_a_file_too_large_for_a_hash_the_size_decides(self):
        large, larger = (run(program=file(sha256=None, size=size)) for size in (10, 11))
        self.assertEqual(self.changed(large, larger), ["program 10 / 11"])
        self.assertEqual(self.changed(large, large), [])

    def test_what_a_run_did_not_record_is_unknown_not_equal(self):
        older = {"contestants": {"mine": {"title": "mine"}}}
        self.assertIsNone(self.changed(older, run()))
        self.assertEqual(identities.changes({}, run()), {})

    def test_one_line_for_those_that_changed_and_one_for_those_that_did_not(self):
        self.assertEqual(identities.sentences({"a": ["program 1 / 2", "command"], "b": [], "c": [], "d": None}), [
            "changed between the runs: a (program 1 / 2, command)", "the same in both runs: b, c",
            "not recorded whether it changed: d"])
        self.assertEqual(identities.sentences({}), [])


if __name__ == "__main__":
    unittest.main()
