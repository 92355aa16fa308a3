"""manifests.py, on the manifests of this project."""

import os
import re
import unittest

from tvl.data import manifests

NO_SERVICES = {"--redis": "", "--postgres": "", "--upstream": ""}


class Commands(unittest.TestCase):
    def options(self, name, **more):
        manifest = next(m for m in manifests.all_manifests() if m.name == name)
        words = manifest.command(8080, "bin", **more)
        return {word: following for word, following in zip(words, words[1:]) if word.startswith("--")}

    def test_every_placeholder_is_filled(self):
        for manifest in manifests.all_manifests():
            manifest.python = lambda: "python3"
            words = manifest.command(8080, "bin")
            self.assertFalse([word for word in words if re.search(r"{\w+}", word)], manifest.name)
            self.assertTrue(any("8080" in word for word in words) or "port" in manifest.table, manifest.name)

    def test_of_ours_on_asio_all_know_services_executor_and_pool(self):
        names = [m.name for m in manifests.all_manifests() if m.name.startswith("asio_")]
        self.assertGreater(len(names), 5)
        for name in names:
            options = self.options(name)
            self.assertEqual({key: options.get(key) for key in NO_SERVICES}, NO_SERVICES, name)
            self.assertEqual((options["--offload-threads"], options["--pool"]), ("16", "16"), name)

    def test_defaults_and_services_are_filled_in(self):
        self.assertEqual(self.options("asio_pool")["--threads"], "256")
        options = self.options("asio_loop", services={"redis": "127.0.0.1:1"})
        self.assertEqual((options["--redis"], options["--postgres"]), ("127.0.0.1:1", ""))

    def test_binaries_may_be_anywhere(self):
        manifest = next(m for m in manifests.all_manifests() if m.name == "asio_loop")
        self.assertEqual(manifest.command(1, "some/bin")[0], os.path.abspath("some/bin/asio_loop"))


if __name__ == "__main__":
    unittest.main()
