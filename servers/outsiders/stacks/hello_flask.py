"""Hello world of Flask."""

import flask

app = flask.Flask(__name__)


@app.get("/plaintext")
def plaintext():
    return "Hello, World!", {"Content-Type": "text/plain"}
