import json
import os
import tempfile
import unittest

from tvl.commands import readme
from tvl.data import points
from tvl.tables import syscall_table
from tvl.testing.synthetic_points import point, write

MEASURED = {"name": "asio_loop", "status": "measured", "reason": None, "total": 3.018,
            "by_name": {"recvfrom": 1.0, "sendto": 1.0, "epoll_ctl": 0.999, "epoll_wait": 0.019}}
MISSING = {"name": "nginx", "status": "not installed", "reason": "nginx is not on PATH", "total": None, "by_name": None}
TABLE = """| system calls per request, 64 connections | total | which |
|:--|--:|:--|
| asio_loop | 3.02 | recvfrom 1.00, sendto 1.00, epoll_ctl 1.00, epoll_wait 0.02 |
| nginx | n/a | not installed: nginx is not on PATH |"""


class SyscallTable(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def write(self, data):
        with open(os.path.join(self.folder, "syscalls.json"), "w", encoding="utf-8") as file:
            file.write(data)

    def test_table(self):
        self.write(json.dumps({"connections": 64, "contestants": [MEASURED, MISSING]}))
        self.assertEqual(syscall_table.markdown(self.folder), TABLE)

    def test_it_is_a_section_of_the_readme(self):
        write(self.folder, [point()])
        self.write(json.dumps({"connections": 64, "contestants": [MEASURED, MISSING]}))
        before = "a\n<!-- results:syscalls:begin -->\nold\n<!-- results:syscalls:end -->\nb\n"
        self.assertEqual(readme.regenerate(before, self.folder, "results/reference"), before.replace("old", TABLE))

    def test_refusals(self):
        with self.assertRaisesRegex(points.BadInput, "is missing.*scripts/tvl-results syscalls --json"):
            syscall_table.markdown(self.folder)
        for data in ("{", "[]", "{}", '{"contestants": []}', '{"connections": 64, "contestants": [{"name": "a"}]}'):
            self.write(data)
            with self.assertRaisesRegex(points.BadInput, "not as scripts/tvl-results syscalls writes it"):
                syscall_table.markdown(self.folder)
