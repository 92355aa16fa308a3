"""Starts the servers that the rules are played against."""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import play

OFFERED = {"echo", "delay", "stream", "websocket"}
WITHOUT = {"posix_threads": {"stream", "websocket"}, "posix_loop": {"stream", "websocket"},
           "httplib_pool": {"stream", "websocket"}, "nginx": OFFERED}
NGINX = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "outsiders", "nginx.sh")
STARTING = 10  # seconds


def answers_of(rules, command):
    """One answer for each rule, None where the server does not offer what it is about. command: words; ["nginx"]."""
    name = os.path.basename(command[0])
    with started(command) as port:
        return [ask(port, rule, WITHOUT.get(name, set())) for rule in rules]


def ask(port, rule, missing):
    if rule.needs in missing and (rule.needs != "echo" or rule.body or rule.show or rule.end):
        return None
    if rule.needs in missing:  # framing does not depend on the endpoint
        rule = rule._replace(parts=tuple(part.replace(b" /echo ", b" /plaintext ") for part in rule.parts))
    return play.play(port, rule)


@contextlib.contextmanager
def started(command):
    """The port of a server that runs meanwhile."""
    port = free_port()
    words = ["bash", NGINX, str(port), "1"] if command == ["nginx"] else [*command, "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port, process):
    end = time.monotonic() + STARTING
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit(f"{process.args[0]} does not listen on port {port}")


def has_nginx():
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is not None
