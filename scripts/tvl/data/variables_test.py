import unittest

from tvl.data import variables


class Words(unittest.TestCase):
    def test_a_facet_in_words(self):
        said = [variables.words(text) for text in (None, "rate:2000", "rate:saturation threads:4", "rate:2.5", "ms:50")]
        self.assertEqual(said, ["", "2,000 requests/s offered", "at saturation, threads 4", "2.5 requests/s offered",
                                "ms 50"])

    def test_only_a_number_is_an_offered_rate(self):
        said = [variables.offers_rate(text) for text in (None, "rate:saturation", "threads:4", "threads:4 rate:10")]
        self.assertEqual(said, [False, False, False, True])

    def test_names_of_files_and_ids(self):
        self.assertEqual(variables.slug("models", None), "models")
        self.assertEqual(variables.slug("models", "rate:2000 path:/a b"), "models-rate-2000-path-a-b")

    def test_numbers_are_sorted_as_numbers(self):
        texts = ["threads:16", "threads:2", None, "threads:2.5", "kind:b", "kind:a"]
        self.assertEqual(sorted(texts, key=variables.order),
                         [None, "kind:a", "kind:b", "threads:2", "threads:2.5", "threads:16"])

    def test_sizes_of_memory_are_sorted_as_sizes(self):
        texts = ["stack:8MiB", "stack:64KiB", "stack:256KiB", None, "stack:1GiB"]
        self.assertEqual(sorted(texts, key=variables.order),
                         [None, "stack:64KiB", "stack:256KiB", "stack:8MiB", "stack:1GiB"])

    def test_axes(self):
        self.assertEqual([variables.axis(name) for name in ("connections", "rate")],
                         ["connections", "requests/s offered"])
        self.assertEqual([variables.axis("n", endpoint) for endpoint in ("fetch", "bytes", None)],
                         ["calls per request", "n", "n"])
        self.assertEqual(variables.axis("percent", "plaintext"), "% of all requests that interfere")


if __name__ == "__main__":
    unittest.main()
