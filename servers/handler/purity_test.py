"""servers/handler/ is free of sockets, threads, clocks and coroutines, so that every model runs the same code. A server
program only contains its concurrency model: at most 150 lines.
"""

import pathlib
import re
import unittest

SERVERS = pathlib.Path(__file__).resolve().parent.parent
LONGEST_SERVER = 150  # lines

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
OWN_OR_PARSER = re.compile(r"servers/handler/|boost/beast/(core|http)/|boost/asio/buffer\.hpp$")
# Allowed: the standard library except these. C and system headers have a '.' or a '/' in their names.
FORBIDDEN_HEADERS = set("""atomic barrier cerrno condition_variable coroutine csignal cstdio cstdlib ctime execution
filesystem fstream future iostream latch mutex semaphore shared_mutex stop_token thread""".split())
FORBIDDEN_WORDS = re.compile(
    r"\b(co_await|co_return|co_yield|\w+_clock|clock_gettime|sleep_for|thread_local|system_error)\b")


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def impurities(text):
    found = [header for header in INCLUDE.findall(text)
             if not OWN_OR_PARSER.match(header) and (re.search(r"[./]", header) or header in FORBIDDEN_HEADERS)]
    return found + FORBIDDEN_WORDS.findall(without_comments(text))


def sources(folder):
    return [path for path in sorted(folder.glob("*.[ch]pp")) if not path.stem.endswith(("_test", "_fuzz"))]


class PurityTest(unittest.TestCase):
    def test_handler_waits_for_nothing(self):
        files = sources(SERVERS / "handler")
        self.assertGreater(len(files), 5)
        for path in files:
            self.assertEqual(impurities(path.read_text()), [], path.name)

    def test_servers_are_short(self):
        files = sources(SERVERS)
        self.assertGreater(len(files), 1)
        for path in files:
            self.assertLessEqual(len(path.read_text().splitlines()), LONGEST_SERVER, path.name)

    def test_impurities_are_found(self):
        for text in ("#include <thread>", "#include <sys/socket.h>", "#include <boost/asio/io_context.hpp>",
                     '#include "servers/runtime/peer.hpp"', "# include <unistd.h>", "co_await f();",
                     "std::chrono::steady_clock::now()", "#include <boost/asio/buffer.hpp.x>"):
            self.assertEqual(len(impurities(text)), 1, text)

    def test_what_the_handler_needs_is_allowed(self):
        for text in ("#include <chrono>", "#include <string>", '#include "servers/handler/plan.hpp"',
                     "#include <boost/beast/http/verb.hpp>", "#include <boost/asio/buffer.hpp>",
                     "// no steady_clock and no co_await here"):
            self.assertEqual(impurities(text), [], text)


if __name__ == "__main__":
    unittest.main()
