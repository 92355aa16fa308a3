"""A headless Chromium for the tests of a page, driven through the DevTools protocol over a pipe: no port, no driver.

    with chromium.Browser() as browser:
        page = browser.open("file:///tmp/report.html", width=360)
        page.run("document.title")
"""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE_S = 120  # a page that has not answered by then never will, however busy the machine is


class Failed(Exception):
    """The browser ended, refused a command, or did not answer."""


class Browser:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # its children end after it
        (theirs, self.out), (self.into, back) = os.pipe(), os.pipe()
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "$@" 3<&"$IN" 4>&"$OUT"', "bash", PROGRAM, "--headless", "--remote-debugging-pipe",
             "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",  # root, containers
             "--disable-dev-shm-usage", "--hide-scrollbars", f"--user-data-dir={self.folder.name}", "about:blank"],
            env={**os.environ, "IN": str(theirs), "OUT": str(back)}, pass_fds=(theirs, back),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(back)
        self.buffer, self.count, self.events = b"", 0, []
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        os.close(self.out)
        os.close(self.into)
        self.folder.cleanup()

    def call(self, method, session=None, **parameters):
        """The command's result. Events that come meanwhile are kept in self.events."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        os.write(self.out, json.dumps({**message, "sessionId": session} if session else message).encode() + b"\0")
        end = time.monotonic() + PATIENCE_S
        while (answer := self.read(end)).get("id") != self.count:
            self.events.append(answer)
        if "error" in answer:
            raise Failed(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def read(self, end):
        while b"\0" not in self.buffer:
            if not select.select([self.into], [], [], max(0, end - time.monotonic()))[0]:
                raise Failed("the browser does not answer")
            part = os.read(self.into, 1 << 20)
            if not part:
                raise Failed("the browser has ended")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def open(self, url, width=1200, height=900, dark=False):
        """A new tab with the page loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        page.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        page.go(url)
        return page


class Page:
    def __init__(self, browser, target, session):
        self.browser, self.target, self.session, self.url = browser, target, session, None

    def go(self, url):
        """There, when it is loaded. What happened before is forgotten."""
        self.browser.events = [event for event in self.browser.events if event.get("sessionId") != self.session]
        self.url = url
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def wait(self, method):
        end = time.monotonic() + PATIENCE_S
        while not self.events(method):
            self.browser.events.append(self.browser.read(end))

    def events(self, *methods):
        return [event["params"] for event in self.browser.events
                if event.get("sessionId") == self.session and event.get("method") in methods]

    def run(self, script):
        """What the expression, or the promise it gives, comes to."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise Failed(done["exceptionDetails"].get("exception", {}).get("description", "exception in the page"))
        return done["result"].get("value")

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def complaints(self):
        """What the page wrote to the console as a warning or an error, and what it threw."""
        said = [" ".join(str(argument.get("value", argument.get("description"))) for argument in event["args"])
                for event in self.events("Runtime.consoleAPICalled") if event["type"] in ("error", "warning", "assert")]
        said += [str(event["exceptionDetails"]) for event in self.events("Runtime.exceptionThrown")]
        return said + [event["entry"]["text"] for event in self.events("Log.entryAdded")]

    def requests(self):
        """The addresses that it asked for, itself left out."""
        asked = [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]
        return [url for url in asked if url != self.url]
