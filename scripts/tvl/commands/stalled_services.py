"""Stalled back ends: an HTTP upstream, Redis and PostgreSQL that delay every reply until let_go().

Each implements what one kind of request needs: any GET, Redis' GET, and PostgreSQL's extended query with one row. One
thread of this process serves all.
"""

import asyncio
import struct
import threading

BACKLOG = 4096
VALUE = "held"  # part of every reply
INT4, TEXT = 23, 25  # PostgreSQL's types, as in its pg_type.dat
SSL_REQUEST = 80877103


def message(kind, body=b""):
    """Of PostgreSQL's protocol: type, length without the type, body."""
    return kind + struct.pack("!i", len(body) + 4) + body


def row_description(*columns):
    fields = b"".join(name.encode() + b"\0" + struct.pack("!ihihih", 0, 0, kind, -1, -1, 0) for name, kind in columns)
    return message(b"T", struct.pack("!h", len(columns)) + fields)


def data_row(*values):
    fields = b"".join(struct.pack("!i", len(value)) + value.encode() for value in values)
    return message(b"D", struct.pack("!h", len(values)) + fields)


READY = message(b"Z", b"I")
ROW = row_description(("id", INT4), ("name", TEXT))
ANSWERS = {b"P": message(b"1"), b"B": message(b"2"), b"D": ROW, b"S": READY,
           b"E": data_row("1", VALUE) + message(b"C", b"SELECT 1\0")}


class HeldServices:
    """For a with block. `upstream`, `redis` and `postgres` are values for the servers' flags of these names."""

    def __enter__(self):
        self.held = 0  # unanswered requests
        self._loop = asyncio.new_event_loop()
        self._let_go = asyncio.Event()
        self._tasks = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="held services")
        self._thread.start()
        http, redis, postgres = (self._call(self._listen(serve)) for serve in (self._http, self._redis, self._postgres))
        self.upstream = f"http://127.0.0.1:{http}"
        self.redis = f"127.0.0.1:{redis}"
        self.postgres = f"host=127.0.0.1 port={postgres} dbname=held user=held sslmode=disable"
        return self

    def __exit__(self, *_):
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def let_go(self):
        self._loop.call_soon_threadsafe(self._let_go.set)

    def hold(self):
        self._loop.call_soon_threadsafe(self._let_go.clear)

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _listen(self, serve):
        async def connection(reader, writer):
            self._tasks.add(asyncio.current_task())
            try:
                await serve(reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # either side closed the connection
            finally:
                self._tasks.discard(asyncio.current_task())
                writer.close()

        server = await asyncio.start_server(connection, "127.0.0.1", 0, backlog=BACKLOG)
        return server.sockets[0].getsockname()[1]

    async def _end(self):
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self):
        self.held += 1
        try:
            await self._let_go.wait()
        finally:
            self.held -= 1

    async def _http(self, reader, writer):
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await self._wait()
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(VALUE)}\r\n\r\n{VALUE}".encode())

    async def _redis(self, reader, writer):
        while True:
            for _ in range(int((await reader.readuntil(b"\r\n"))[1:])):
                size = int((await reader.readuntil(b"\r\n"))[1:])
                await reader.readexactly(size + 2)
            await self._wait()
            writer.write(f"${len(VALUE)}\r\n{VALUE}\r\n".encode())

    async def _postgres(self, reader, writer):
        while True:
            size, code = struct.unpack("!ii", await reader.readexactly(8))
            await reader.readexactly(size - 8)
            if code != SSL_REQUEST:
                break
            writer.write(b"N")
        writer.write(message(b"R", struct.pack("!i", 0)) + READY)  # no password
        while True:
            kind, size = struct.unpack("!ci", await reader.readexactly(5))
            await reader.readexactly(size - 4)
            if kind == b"X":
                return
            if kind == b"E":
                await self._wait()
            writer.write(ANSWERS[kind])
