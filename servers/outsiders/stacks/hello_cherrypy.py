"""hello_cherrypy.py PORT: hello world of CherryPy."""

import sys

import cherrypy


class Hello:
    @cherrypy.expose
    def plaintext(self):
        cherrypy.response.headers["Content-Type"] = "text/plain"
        return "Hello, World!"


cherrypy.quickstart(Hello(), config={"global": {"server.socket_port": int(sys.argv[1])}})
