"""Counts what it answers: counting_server.py ADDRESS PORT. Prints "ready"; on SIGUSR1, and at its end on SIGTERM, a
line of JSON with the number of requests from each address."""

import asyncio
import collections
import json
import signal
import sys

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright"
END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    answered = collections.Counter()

    def __init__(self):
        self.read = b""

    def connection_made(self, transport):
        self.transport = transport
        self.address = transport.get_extra_info("peername")[0]

    def data_received(self, data):
        *whole, self.read = (self.read + data).split(END)
        Connection.answered[self.address] += len(whole)
        self.transport.write(REPLY * len(whole))


def tell():
    print(json.dumps(Connection.answered), flush=True)


async def main(address, port):
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGUSR1, tell)
    await loop.create_server(Connection, address, int(port))
    print("ready", flush=True)
    await ended.wait()
    tell()


asyncio.run(main(*sys.argv[1:3]))
