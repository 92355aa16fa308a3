"""The cost of in-flight requests that wait for a service: threads, and user memory per request.

    tvl-results request-footprint                          asio_loop
    tvl-results request-footprint asio_loop asio_threads   these, of build/bin
    tvl-results request-footprint --json waiting.json

The services are stand-ins in this process that reply only when all requests wait. A fourth of the connections is
opened, then half, then all of them; then as many send their request. Memory is the server's anonymous memory (heap and
stacks) in /proc/PID/smaps_rollup, without huge pages. A figure is the slope over the three steps, so constant memory
does not count. Each connection first serves one /plaintext request. The memory of a waiting request does not include
that of its open connection, which for a thread per connection includes its stack.

Exit code: 0 all replies correct; 1 a measurement failed; 2 cannot run.
"""

import collections
import ctypes
import glob
import json
import os
import platform
import re
import resource
import select
import signal
import socket
import subprocess
import time

from tvl import ROOT
from tvl.commands import stalled_services
from tvl.data.records import BadInput
from tvl.text import outside

ENDPOINTS = {"fetch": "/fetch", "cache": "/cache/key:1", "db": "/db/1"}
REPLIES = {"fetch": f'{{"calls":1,"bytes":{len(stalled_services.VALUE)}}}', "cache": stalled_services.VALUE,
           "db": f'{{"id":1,"name":"{stalled_services.VALUE}"}}'}
PATIENCE = 120  # seconds for any one step, on a busy machine
LOOK_AGAIN = 0.2  # seconds
PR_SET_THP_DISABLE = 41  # linux/prctl.h


class Failed(Exception):
    """A failed measurement; its text is one line."""


def slope(points):
    """Slope of the least-squares line through (x, y) points."""
    x0, y0 = (sum(values) / len(points) for values in zip(*points))
    return sum((x - x0) * (y - y0) for x, y in points) / sum((x - x0) ** 2 for x, _ in points)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


class Server:
    """A server process and its resources; killed at the end of the with block."""

    def __init__(self, program, services, requests):
        flags = ["--port", "0", "--upstream", services.upstream, "--redis", services.redis,
                 "--postgres", services.postgres, "--pool-queue", str(requests), "--wait-timeout", str(10 * PATIENCE)]
        self.process = subprocess.Popen([program, *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self):
        first = self.process.stdout.readline().strip()
        found = re.fullmatch(r"listening on .*:(\d+)", first)
        if not found:
            self.__exit__()
            raise Failed(first or "it ended at once")
        self.port = int(found.group(1))
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def pids(self):
        """Of the server and its children."""
        children = (read(path).split() for path in glob.glob(f"/proc/{self.process.pid}/task/*/children"))
        return [self.process.pid, *(int(pid) for some in children for pid in some)]

    def threads(self):
        """{name: number of threads}"""
        return collections.Counter(read(path).strip() for pid in self.pids()
                                   for path in glob.glob(f"/proc/{pid}/task/*/comm"))

    def memory(self):
        """Bytes."""
        rollups = [read(f"/proc/{pid}/smaps_rollup") for pid in self.pids()]
        return sum(int(kib) * 1024 for text in rollups for kib in re.findall(r"^(?:Anonymous|Swap): +(\d+)", text, re.M))

    def ticks(self):
        fields = [read(f"/proc/{pid}/stat").rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(f[11]) + int(f[12]) for f in fields)

    def unread(self):
        """Bytes that clients sent and the server has not read."""
        rows = (line.split() for line in read("/proc/net/tcp").splitlines()[1:])
        return sum(int(row[4].split(":")[1], 16) for row in rows if row[1].endswith(f":{self.port:04X}") and row[3] == "01")

    def wait_until_settled(self, services):
        """Waits until the server has read all requests and uses no CPU."""
        deadline, before = time.monotonic() + PATIENCE, None
        while time.monotonic() < deadline:
            now = (self.unread(), self.ticks(), services.held)
            if now == before and now[0] == 0 and now[2] > 0:
                return
            before = now
            time.sleep(LOOK_AGAIN)
        raise Failed("it does not let all requests wait at once")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failed("it does not end on SIGTERM") from None
        if self.process.returncode != 0:
            raise Failed(f"it ended with {self.process.returncode}")


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

    def send(self, path):
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def receive(self):
        """Status and body of a reply; 0 and the reason without one."""
        data = b""
        try:
            while True:
                head, end, body = data.partition(b"\r\n\r\n")
                size = re.search(rb"content-length: *(\d+)", head, re.I)
                if end and size and len(body) >= int(size.group(1)):
                    return int(head.split()[1]), body.decode(errors="replace")
                more = self.socket.recv(4096)
                if not more:
                    return 0, "closed"
                data += more
        except OSError as error:
            return 0, str(error)

    def has_reply(self):
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(0))


def steps(requests):
    return sorted({-(-requests // 4), -(-requests // 2), requests})


def open_connections(server, requests):
    """The clients, and (connections, memory) of each step."""
    clients, points = [], []
    for count in steps(requests):
        clients += (Client(server.port) for _ in range(count - len(clients)))
        for client in clients[points[-1][0] if points else 0:]:
            client.send("/plaintext")
            status, body = client.receive()
            if status != 200:
                raise Failed(f"/plaintext: {status} {body}".strip())
        points.append((count, server.memory()))
    return clients, points


def let_wait(server, services, clients, path):
    """(waiting requests, memory) of each step."""
    points = []
    for count in steps(len(clients)):
        for client in clients[points[-1][0] if points else 0:count]:
            client.send(path)
        server.wait_until_settled(services)
        points.append((count, server.memory()))
    return points


def measure(program, endpoint, requests):
    with stalled_services.HeldServices() as services, Server(program, services, requests) as server:
        clients, idle = open_connections(server, requests)
        waiting = let_wait(server, services, clients, ENDPOINTS[endpoint])
        threads = server.threads()
        early = sum(client.has_reply() for client in clients)
        services.let_go()
        wrong = [reply for reply in (client.receive() for client in clients) if reply != (200, REPLIES[endpoint])]
        for client in clients:
            client.socket.close()
        server.stop()
    reason = f"{early} did not wait" if early else "{} {}".format(*wrong[0]).strip() if wrong else None
    return {"threads": sum(threads.values()), "thread_names": dict(threads),
            "connection_bytes": round(slope(idle)), "request_bytes": round(slope(waiting)),
            "errors": max(early, len(wrong)), "reason": reason}


def attempt(binaries, name, endpoint, requests):
    result = {"contestant": name, "endpoint": endpoint, "requests": requests}
    try:
        return {**result, **measure(f"{binaries}/{name}", endpoint, requests)}
    except (Failed, OSError) as error:
        nothing = dict.fromkeys(("threads", "thread_names", "connection_bytes", "request_bytes", "errors"))
        return {**result, **nothing, "reason": outside.line(str(error))}


HEADER = f"{'contestant':<16} {'endpoint':<8} {'waiting':>7} {'threads':>7} {'B/connection':>12} {'B/request':>9} {'errors':>6}"


def line(result):
    def cell(key, width):
        return f"{'n/a' if result[key] is None else result[key]:>{width}}"

    names = ", ".join(f"{name} x {count}" if count > 1 else name
                      for name, count in sorted((result["thread_names"] or {}).items()))
    return (f"{result['contestant']:<16} {result['endpoint']:<8} {result['requests']:>7} {cell('threads', 7)} "
            f"{cell('connection_bytes', 12)} {cell('request_bytes', 9)} {cell('errors', 6)}  {result['reason'] or names}")


def add_arguments(parser):
    parser.add_argument("names", nargs="*", metavar="CONTESTANT", default=["asio_loop"], help="default: asio_loop")
    parser.add_argument("--requests", type=int, default=1000, help="concurrent waiting requests, default 1000")
    parser.add_argument("--endpoint", action="append", choices=ENDPOINTS, help="default: all; may be repeated")
    parser.add_argument("--bin", metavar="DIR", default=f"{ROOT}/build/bin", help="default: build/bin")
    parser.add_argument("--json", metavar="FILE", help="also write the result there")


def check_machine(arguments):
    """Raises BadInput when nothing can be measured."""
    absent = [name for name in arguments.names if not os.access(f"{arguments.bin}/{name}", os.X_OK)]
    if absent:
        raise BadInput(f"{', '.join(absent)} is not built in {arguments.bin}")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * arguments.requests + 100  # a client's and a service's end of each
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise BadInput(f"{arguments.requests} requests need {needed} open files: ulimit -Hn is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed if hard == resource.RLIM_INFINITY else hard, hard))
    # Huge pages would count memory in pieces of 2 MiB; the servers inherit it.
    if ctypes.CDLL(None).prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0:
        raise BadInput("huge pages cannot be switched off here")


def main(arguments):
    if arguments.requests < 4:
        arguments.refuse("--requests must be at least 4")
    check_machine(arguments)
    print(HEADER, flush=True)
    results = []
    for name in arguments.names:
        for endpoint in arguments.endpoint or ENDPOINTS:
            results.append(attempt(arguments.bin, name, endpoint, arguments.requests))
            print(line(results[-1]), flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"schema": 1, "kernel": platform.release(), "results": results}, file, indent=1)
            file.write("\n")
    return int(any(result["errors"] != 0 for result in results))
