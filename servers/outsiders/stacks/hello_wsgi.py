"""Hello world of WSGI, for gunicorn, waitress, uWSGI and Cheroot."""


def app(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello, World!"]
