import unittest

import notes


class SharedPath(unittest.TestCase):
    def test_names_what_is_swept(self):
        self.assertEqual(notes.shared(["/fetch?n=1&ms=20&order=serial", "/fetch?n=8&ms=20&order=gather"]),
                         "/fetch?n={n}&ms=20&order={order}")
        self.assertEqual(notes.shared(["/cpu/1", "/cpu/2"]), "/cpu/...")

    def test_is_the_only_one_or_the_first_where_nothing_is_shared(self):
        self.assertEqual(notes.shared(["/delay/50"]), "/delay/50")
        self.assertEqual(notes.shared(["/plaintext", "/mine/hello?x=1"]), "/plaintext")
        self.assertIsNone(notes.shared([]))


if __name__ == "__main__":
    unittest.main()
