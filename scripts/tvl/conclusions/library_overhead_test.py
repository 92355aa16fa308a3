from tvl.conclusions import library_overhead
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

COSTS = {"posix_threads": 10.0, "asio_threads": 11.0, "posix_loop": 5.0, "asio_loop": 7.0, "httplib_pool": 20.0}


class LibraryOverhead(Folder):
    def said(self, facet="rate:2000", **costs):
        found = [point("library_price", name, x, i, position=p, facet=facet,
                       cpu=cost * (1 + 0.1 * i * (name == "asio_loop")))
                 for p, (name, cost) in enumerate(costs.items()) for x in (1, 64) for i in range(3)]
        return library_overhead.overheads(self.load_one(*found))

    def test_each_model_by_hand_and_with_the_library(self):
        paid, _ = self.said(**COSTS)
        self.assertEqual(paid, "**Library overhead**, 2,000 requests/s offered, in CPU per request: "
                         "`asio_threads` / `posix_threads` 1.10x (1.10 to 1.10) at 1, 1.10x (1.10 to 1.10) at 64; "
                         "`asio_loop` / `posix_loop` 1.54x (1.40 to 1.68) at 1, 1.54x (1.40 to 1.68) at 64; "
                         "`httplib_pool` / `posix_threads` 2.00x (2.00 to 2.00) at 1, 2.00x (2.00 to 2.00) at 64.")

    def test_the_models_are_compared_in_both_worlds(self):
        _, models = self.said(**COSTS)
        self.assertIn("`posix_loop` / `posix_threads` 0.50x (0.50 to 0.50) at 1", models)
        self.assertIn("`asio_loop` / `asio_threads` 0.70x (0.64 to 0.76) at 1", models)
        self.assertIn("both show the same.", models)

    def test_a_difference_that_only_one_library_shows_is_called_so(self):
        _, models = self.said(facet=None, **{**COSTS, "posix_loop": 10.0})
        self.assertIn("`posix_loop` / `posix_threads` the same at 1, the same at 64", models)
        self.assertIn("they show different things at some sizes", models)
        self.assertIn(", at saturation: ", models)

    def test_what_is_not_told_apart_is_not_called_the_same(self):
        paid, models = self.said(**{**COSTS, "asio_loop": 4.5})
        self.assertIn("`asio_loop` / `posix_loop` not told apart (0.90 to 1.08) at 1", paid)
        self.assertIn("both show the same.", models)
        _, models = self.said(**{**COSTS, "asio_loop": 10.5})
        self.assertIn("`asio_loop` / `asio_threads` not told apart (0.95 to 1.15) at 1", models)
        self.assertIn("whether both show the same is not decided", models)

    def test_what_was_not_measured_is_not_said(self):
        self.assertEqual(self.said(posix_loop=5.0), [])
        (paid,) = self.said(posix_loop=5.0, asio_loop=7.0)
        self.assertNotIn("threads", paid)
