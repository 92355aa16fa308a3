import json

from tvl.report import stacks
from tvl.testing import synthetic_profiles
from tvl.testing.run_folder import Folder


class Trees(Folder):
    def of(self, records):
        return stacks.of_run(synthetic_profiles.write_run(self.folder, records))

    def test_passes_of_a_point_are_one_tree(self):
        found = self.of(synthetic_profiles.passes(self.folder))
        threads, loop = found["points"]
        self.assertEqual((threads["name"], threads["samples"], threads["us"]), ("connections 64, asio_threads", 2000, 20.0))
        (root,) = threads["tree"]
        self.assertEqual((found["names"][root[0]], root[1]), ("asio_threads`main", 2000))
        self.assertEqual(sum(child[1] for child in root[2]), 2000)
        self.assertEqual(loop["file"], "connections-asio_loop-64")

    def test_a_frame_has_the_class_of_its_rule(self):
        found = self.of(synthetic_profiles.passes(self.folder))
        classes = {name: found["classes"][place] for name, place in zip(found["names"], found["classOf"]) if place is not None}
        self.assertEqual(classes["tcp_sendmsg_[k]"], "send")
        self.assertEqual(classes["schedule_[k]"], "scheduler")
        self.assertNotIn("memcpy_[k]", classes)

    def test_rare_frames_stay_a_part_of_their_caller(self):
        records = synthetic_profiles.both(self.folder, "asio_loop", {"own": 9999, "send": 1})
        (found,) = self.of(records)["points"]
        (root,) = found["tree"]
        self.assertEqual(root[1], 10000)
        self.assertEqual([child[1] for child in root[2]], [9999])

    def test_a_run_without_profiles_has_no_section(self):
        self.assertIsNone(stacks.of_run(self.folder))
        self.assertEqual(stacks.section(self.folder), "")

    def test_names_of_frames_end_no_script(self):
        records = synthetic_profiles.both(self.folder, "asio_loop", {"own": 5})
        name = records[1]["profile"]["file"]
        with open(f"{self.folder}/profiles/{name}", "w", encoding="utf-8") as file:
            file.write("a`</script><b> 5\n")
        html = str(stacks.section(synthetic_profiles.write_run(self.folder, records)))
        self.assertNotIn("</script><b>", html)
        self.assertIn(json.dumps("a`</script><b>").replace("<", "\\u003c"), html)


if __name__ == "__main__":
    import unittest

    unittest.main()
