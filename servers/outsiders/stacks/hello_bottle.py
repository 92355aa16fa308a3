"""hello_bottle.py PORT: hello world of Bottle on its own server, wsgiref."""

import sys

import bottle


@bottle.route("/plaintext")
def plaintext():
    bottle.response.content_type = "text/plain"
    return "Hello, World!"


bottle.run(port=int(sys.argv[1]))
