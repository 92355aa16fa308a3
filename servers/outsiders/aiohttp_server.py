"""aiohttp_server.py --address A --port N [--uvloop]: one process, one loop."""

import argparse
import asyncio
import functools
import json
import resource
import time

from aiohttp import web

PATTERN = b"0123456789abcdef"
CLOCK_STEP = 0.001  # libuv counts whole milliseconds from the last one begun, so a timer may fire one early
compact = functools.partial(json.dumps, separators=(",", ":"))


def use_cpu(us):
    end = time.thread_time_ns() + us * 1000
    while time.thread_time_ns() < end:
        pass


async def plaintext(_):
    return web.Response(text="Hello, World!")


async def json_(_):
    return web.json_response({"message": "Hello, World!"}, dumps=compact)


async def bytes_(request):
    n = int(request.match_info["n"])
    return web.Response(body=(PATTERN * (n // len(PATTERN) + 1))[:n])


async def echo(request):
    return web.Response(body=await request.read())


async def upload(request):
    count = 0
    async for chunk in request.content.iter_any():
        count += len(chunk)
    return web.Response(text=str(count))


async def delay(request):
    await asyncio.sleep(int(request.match_info["ms"]) / 1000 + CLOCK_STEP)
    return web.Response(text=request.match_info["ms"])


async def block(request):
    time.sleep(int(request.match_info["ms"]) / 1000)
    return web.Response(text=request.match_info["ms"])


async def offload(request):
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, int(request.match_info["ms"]) / 1000)
    return web.Response(text=request.match_info["ms"])


async def cpu(request):
    use_cpu(int(request.match_info["us"]))
    return web.Response(text=request.match_info["us"])


async def cpu_offload(request):
    await asyncio.get_running_loop().run_in_executor(None, use_cpu, int(request.match_info["us"]))
    return web.Response(text=request.match_info["us"])


def application():
    app = web.Application(client_max_size=1 << 20)
    app.add_routes([
        web.get("/plaintext", plaintext), web.get("/json", json_), web.get(r"/bytes/{n:\d+}", bytes_),
        web.post("/echo", echo), web.post("/upload", upload),
        web.get(r"/delay/{ms:\d+}", delay), web.get(r"/block/{ms:\d+}", block), web.get(r"/offload/{ms:\d+}", offload),
        web.get(r"/cpu/{us:\d+}", cpu), web.get(r"/cpu-offload/{us:\d+}", cpu_offload),
    ])
    return app


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--uvloop", action="store_true")
    flags = parser.parse_args()
    if flags.uvloop:
        import uvloop
        uvloop.install()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    web.run_app(application(), host=flags.address, port=flags.port, access_log=None, print=None, backlog=65535,
                keepalive_timeout=600, shutdown_timeout=5)


main()
