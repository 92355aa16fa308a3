"""Plays one rule against a server and says in a line what it answered.

    play(port, rule)    "400; closed", "200 'hi' (Allow: GET), 404; open", "101; text 'hello', close 1000"

Replies in their order, then what became of the connection: `open` (a further request, sent after the first reply, was
answered), `closed`, `reset` without a reply, or `hangs` after PATIENCE. After a handshake the frames of the server stand there instead; a close frame with code 1000
is sent behind the frames of the rule.
"""

import http.client
import socket

PATIENCE = 5  # seconds; a server that answers wrongly may wait for more
PROBE = b"GET /json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
PROBES_BODY = b'{"message":"Hello, World!"}'
CLOSE = bytes.fromhex("8882 00000000 03e8")
FRAMES = {1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}


def play(port, rule):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection, connection.makefile("rb") as file:
        *first, last = rule.parts
        replies, ending = [], "closed"
        try:
            for part in first:
                connection.sendall(part)
                replies += filter(None, [read_reply(file)])
            connection.sendall(last + CLOSE * rule.is_websocket)
            probe = b"" if rule.end else PROBE
            if rule.end:
                connection.shutdown(socket.SHUT_WR)
            while reply := read_reply(file, head=rule.head and not replies):
                replies.append(reply)
                if reply[0] == 101:
                    return f"{described(reply, rule)}; {frames(file)}"
                connection.sendall(probe)
                probe = b""
        except TimeoutError:
            ending = "hangs"
        except ConnectionError:  # the further request met a closed connection
            ending = "closed" if replies else "reset"
    if not rule.end and replies and replies[-1][2] == PROBES_BODY:
        replies.pop()
        ending = "open"
    return f"{', '.join(described(reply, rule) for reply in replies)}; {ending}"


def read_reply(file, head=False):
    """(status, fields, body), None at the end."""
    line = file.readline()
    if not line:
        return None
    status, fields = int(line.split()[1]), http.client.parse_headers(file)
    if head or status < 200 or status in (204, 304):
        return status, fields, b""
    if fields["Transfer-Encoding"]:
        return status, fields, b"".join(chunks(file))
    return status, fields, file.read(int(fields["Content-Length"])) if fields["Content-Length"] else file.read()


def chunks(file):
    while size := int(file.readline().split(b";")[0], 16):
        yield file.read(size)
        file.readline()
    while file.readline().strip():
        pass


def described(reply, rule):
    status, fields, body = reply
    said = [f"{name}: {fields[name]}" for name in rule.show if fields[name]]
    return f"{status}" + f" {text(body)}" * rule.body + f" ({', '.join(said)})" * bool(said)


def frames(file):
    """text 'hi', close 1000"""
    said = []
    try:
        while head := file.read(2):
            size = head[1] & 0x7f
            if size > 125:
                size = int.from_bytes(file.read(2 if size == 126 else 8), "big")
            payload, opcode = file.read(size), head[0] & 0x0f
            word = FRAMES.get(opcode, f"opcode {opcode}") + " masked" * (head[1] > 0x7f)
            said.append(f"{word} {int.from_bytes(payload[:2], 'big') if opcode == 8 else text(payload)}")
    except TimeoutError:
        said.append("hangs")
    except ConnectionError:
        said.append("reset")
    return ", ".join(said) or "closed"


def text(content):
    return repr(content)[1:]
