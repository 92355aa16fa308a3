"""Counts what it answers: counting_server.py ADDRESS PORT. Prints "ready", and on SIGTERM the number of requests."""

import asyncio
import signal
import sys

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright"
END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    answered = 0

    def __init__(self):
        self.read = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        *whole, self.read = (self.read + data).split(END)
        Connection.answered += len(whole)
        self.transport.write(REPLY * len(whole))


async def main(address, port):
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    await loop.create_server(Connection, address, int(port))
    print("ready", flush=True)
    await ended.wait()
    print(Connection.answered, flush=True)


asyncio.run(main(*sys.argv[1:3]))
