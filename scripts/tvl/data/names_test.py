import unittest

from tvl.data import names
from tvl.data.records import BadInput


class Names(unittest.TestCase):
    def refusal(self, asked, known=("asio_loop", "asio_loops", "nginx")):
        with self.assertRaises(BadInput) as caught:
            names.check(asked, known, "contestant")
        return str(caught.exception)

    def test_only_a_whole_name_is_one(self):
        names.check("asio_loop", ("asio_loop",), "contestant")
        self.assertEqual(self.refusal("loop"), "no contestant loop: did you mean asio_loop or asio_loops?")
        self.assertEqual(self.refusal("ngnix"), "no contestant ngnix: did you mean nginx?")

    def test_without_a_similar_one_all_are_named(self):
        self.assertEqual(self.refusal("zzz"), "no contestant zzz: there are asio_loop, asio_loops, nginx")
        self.assertEqual(self.refusal("", ()), "no contestant : there are none")


if __name__ == "__main__":
    unittest.main()
