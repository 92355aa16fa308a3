"""A server with one fault: faulty_server.py FAULT [N]. Prints its port, then answers until it is ended.

    none            answers every request
    wrong N         every N-th reply has another body
    drop N          every N-th request is answered with a reset of its connection
    hold S          answers one request on each connection; from the next one on, nothing for S seconds, then all
"""

import asyncio
import socket
import struct
import sys

RIGHT, WRONG = (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body for body in (b"right", b"wrong"))
END = b"\r\n\r\n"


class Server:
    def __init__(self, fault, n):
        self.fault, self.n = fault, n
        self.requests = 0
        self.held, self.releases_at = [], None

    def answer(self, connection):
        self.requests += 1
        nth = self.n and self.requests % self.n == 0
        if self.fault == "hold":
            self.hold(connection)
        elif self.fault == "drop" and nth:
            connection.reset()
        else:
            connection.transport.write(WRONG if self.fault == "wrong" and nth else RIGHT)

    def hold(self, connection):
        loop = asyncio.get_running_loop()
        connection.requests += 1
        if connection.requests == 1:
            connection.transport.write(RIGHT)  # the one before the load
            return
        if self.releases_at is None:
            self.releases_at = loop.time() + self.n
            loop.call_at(self.releases_at, self.release)
        if loop.time() < self.releases_at:
            self.held.append(connection)
        else:
            connection.transport.write(RIGHT)

    def release(self):
        for connection in self.held:
            connection.transport.write(RIGHT)


class Connection(asyncio.Protocol):
    def __init__(self, server):
        self.server, self.read, self.requests = server, b"", 0

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        *whole, self.read = (self.read + data).split(END)
        for _ in whole:
            self.server.answer(self)

    def reset(self):
        linger = struct.pack("ii", 1, 0)  # on, for no time
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.close()


async def main(fault, n):
    server = Server(fault, n)
    listener = await asyncio.get_running_loop().create_server(lambda: Connection(server), "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0))
