"""hello_tornado.py PORT: hello world of Tornado."""

import asyncio
import sys

import tornado.web


class Hello(tornado.web.RequestHandler):
    def get(self):
        self.set_header("Content-Type", "text/plain")
        self.write("Hello, World!")


async def main():
    tornado.web.Application([(r"/plaintext", Hello)]).listen(int(sys.argv[1]))
    await asyncio.Event().wait()


asyncio.run(main())
