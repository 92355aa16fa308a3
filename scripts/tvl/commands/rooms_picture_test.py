import unittest
import xml.etree.ElementTree as ElementTree

from tvl.commands import rooms_picture


class RoomsPicture(unittest.TestCase):
    def test_every_step_is_in_a_room(self):
        shown = [text.text for text in ElementTree.fromstring(rooms_picture.svg()).iter("{http://www.w3.org/2000/svg}text")
                 if text.get("class") == "step"]
        self.assertEqual(sorted(shown), sorted([*map(str, range(1, len(rooms_picture.POINT) + 1)), *"ABCDEFG"]))

    def test_a_room_may_be_in_both_ways(self):
        self.assertEqual(rooms_picture.badges("clients/load/engine"), [("way", "A")])
        self.assertEqual(rooms_picture.badges("bench/machine"), [])

    def test_no_more_than_three_are_side_by_side(self):
        self.assertEqual(rooms_picture.batches(list("abc")), [list("abc")])
        self.assertEqual(rooms_picture.batches(list("abcde")), [list("ab"), list("cd"), ["e"]])
