"""An application with three routes, to be measured with a manifest of its own: see README.md beside it.

PORT and TOKEN are in the environment. Standard library only.
"""

import http.server
import json
import os
import signal

ORDERS = {str(number): {"id": number, "total": 10 * number} for number in range(100)}


class Application(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    log_message = lambda *words: None  # no access log

    def reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.headers["Authorization"] != "Bearer " + os.environ["TOKEN"]:
            return self.reply(401, {"error": "no token"})
        order = ORDERS.get(self.path.removeprefix("/orders/"))
        return self.reply(200, order if order else {"orders": len(ORDERS)})

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(201, {"total": order["price"] * order["count"]})


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Application).serve_forever()
