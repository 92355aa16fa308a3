"""The rooms of the code and their order: layers.toml."""

import ast
import os
import re
import tempfile
import tomllib
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
INCLUDE = re.compile(r'^#include "((?:servers|clients|bench)/[^"]+)"', re.M)
TREES = ("servers", "clients", "bench", "scripts/tvl")
TEST = re.compile(r"_tests?\.|_fuzz\.|_fixture\.|(^|/)(test_|fake_)|/testing/|/conformance/")  # and what only tests use


def sources(root):
    """Paths of the C++ files, and of the Python package, relative to `root`."""
    for tree in TREES:
        for folder, _, names in os.walk(os.path.join(root, tree)):
            for name in sorted(names):
                if name.endswith(".py" if tree == "scripts/tvl" else (".cpp", ".hpp")) and name != "__init__.py":
                    yield os.path.relpath(os.path.join(folder, name), root)


def imported(text, root):
    """Paths of what a Python file imports from the package."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tvl"):
            base = "scripts/" + node.module.replace(".", "/")
            for alias in node.names:
                module = f"{base}/{alias.name}.py"
                if os.path.exists(os.path.join(root, module)):
                    yield module
                elif node.module != "tvl":
                    yield f"{base}.py"


def used_by(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    return INCLUDE.findall(text) if not path.endswith(".py") else list(imported(text, root))


def below(room, tree):
    return room == tree or room.startswith(tree + "/")


def broken_arrows(root, rules):
    level = {room: number for number, rooms in enumerate(rules["order"]) for room in rooms}
    for path in sources(root):
        room = os.path.dirname(path)
        if room not in level:
            yield f"{path}: no room {room} in layers.toml"
        elif not TEST.search(path):
            for target in used_by(root, path):
                used = os.path.dirname(target)
                if used != room and level.get(used, -1) <= level[room]:
                    yield f"{path} may not use {target}"
                elif any(below(room, user) and below(used, tree) for user, tree in rules["never"]):
                    yield f"{path} may never use {target}"


def crowded_rooms(root, rules):
    modules = {}
    for path in sources(root):
        if not TEST.search(path):
            modules.setdefault(os.path.dirname(path), set()).add(os.path.splitext(path)[0])
    for room, names in modules.items():
        if len(names) > rules["modules_per_room"]:
            yield f"{room} has {len(names)} modules, more than {rules['modules_per_room']}"


def faults(root, rules):
    return [*broken_arrows(root, rules), *crowded_rooms(root, rules)]


class Layers(unittest.TestCase):
    def setUp(self):
        with open(f"{HERE}/layers.toml", "rb") as file:
            self.rules = tomllib.load(file)

    def tree(self, suffix=".cpp", **files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in files.items():
            path = os.path.join(folder.name, *name.split("__")) + suffix
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return folder.name

    def test_this_tree_is_in_order(self):
        self.assertEqual(faults(ROOT, self.rules), [])

    def test_an_include_upwards_is_found(self):
        tree = self.tree(servers__handler__a='#include "servers/runtime/b.hpp"\n',
                         servers__runtime__b='#include "servers/handler/a.hpp"\n')  # so a circle is found, too
        self.assertEqual(faults(tree, self.rules), ["servers/handler/a.cpp may not use servers/runtime/b.hpp"])

    def test_an_include_of_a_room_in_the_same_line_is_found(self):
        tree = self.tree(servers__drivers__redis__a='#include "servers/drivers/http/b.hpp"\n')
        self.assertEqual(faults(tree, self.rules),
                         ["servers/drivers/redis/a.cpp may not use servers/drivers/http/b.hpp"])

    def test_an_import_upwards_is_found(self):
        tree = self.tree(".py", scripts__tvl__data__a="from tvl.report import b\n",
                         scripts__tvl__data__c="from tvl.report.b import B\nfrom tvl import ROOT\n", scripts__tvl__report__b="")
        self.assertEqual(faults(tree, self.rules), [f"scripts/tvl/data/{name}.py may not use scripts/tvl/report/b.py"
                                                    for name in ("a", "c")])

    def test_the_generator_may_never_use_a_server(self):
        tree = self.tree(clients__load__base__a='#include "servers/handler/b.hpp"\n')
        self.assertEqual(faults(tree, self.rules), ["clients/load/base/a.cpp may never use servers/handler/b.hpp"])

    def test_a_room_without_a_place_is_found(self):
        self.assertEqual(faults(self.tree(bench__attic__a=""), self.rules),
                         ["bench/attic/a.cpp: no room bench/attic in layers.toml"])

    def test_a_test_may_use_what_it_likes_and_a_21st_module_is_found(self):
        files = {f"servers__handler__m{i}": "" for i in range(20)}
        files["servers__handler__m0_test"] = '#include "bench/machine/cpus.hpp"\n'
        self.assertEqual(faults(self.tree(**files), self.rules), [])
        self.assertEqual(faults(self.tree(**files, servers__handler__m20=""), self.rules),
                         ["servers/handler has 21 modules, more than 20"])


if __name__ == "__main__":
    unittest.main()
