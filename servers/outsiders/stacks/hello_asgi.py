"""Hello world of ASGI, for uvicorn and Hypercorn."""


async def app(scope, receive, send):
    assert scope["type"] == "http"
    await receive()  # Hypercorn closes the connection after a request that was not read
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Hello, World!"})
