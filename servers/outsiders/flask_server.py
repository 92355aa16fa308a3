"""The guide's framework: Flask, run by gunicorn with a pool of threads. gunicorn imports `app`."""

import json
import time

from flask import Flask, Response, request

PATTERN = b"0123456789abcdef"

app = Flask(__name__, static_folder=None)


def text(body):
    return Response(str(body), mimetype="text/plain")


@app.get("/plaintext")
def plaintext():
    return text("Hello, World!")


@app.get("/json")
def json_():  # not jsonify, which appends a newline that other contestants do not send
    return Response(json.dumps({"message": "Hello, World!"}, separators=(",", ":")), mimetype="application/json")


@app.get("/bytes/<int:n>")
def bytes_(n):
    return Response((PATTERN * (n // len(PATTERN) + 1))[:n], mimetype="application/octet-stream")


@app.post("/echo")
def echo():
    return Response(request.get_data(cache=False), mimetype="application/octet-stream")


@app.post("/upload")
def upload():
    count = 0
    while chunk := request.stream.read(1 << 16):
        count += len(chunk)
    return text(count)


@app.get("/delay/<int:ms>")
@app.get("/block/<int:ms>")
def wait(ms):  # a thread has only one way to wait
    time.sleep(ms / 1000)
    return text(ms)


@app.get("/cpu/<int:us>")
def cpu(us):
    end = time.thread_time_ns() + us * 1000
    while time.thread_time_ns() < end:
        pass
    return text(us)
