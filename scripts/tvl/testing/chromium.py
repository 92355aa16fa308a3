"""A headless Chromium for the tests of a page, driven by Selenium.

    with chromium.Browser() as browser:
        page = browser.open("file:///tmp/report.html", width=360)
        page.run("document.title")
"""

import json
import shutil

try:
    from selenium import webdriver
except ImportError:
    webdriver = None

PROGRAM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
IS_HERE = bool(webdriver and PROGRAM and DRIVER)
TIMEOUT_S = 120  # for a busy machine
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",  # root, containers
         "--disable-background-networking", "--hide-scrollbars")


class Failed(Exception):
    """A script threw an exception in the page."""


class Browser:
    def __enter__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = PROGRAM
        for flag in FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.ignore_local_proxy_environment_variables()
        self.driver = webdriver.Chrome(service=webdriver.chrome.service.Service(DRIVER), options=options)
        self.driver.set_page_load_timeout(TIMEOUT_S)
        self.driver.set_script_timeout(TIMEOUT_S)
        self.first = self.driver.current_window_handle
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, url, width=1200, height=900, dark=False):
        """A new tab with the page loaded; run() uses the newest."""
        self.driver.switch_to.new_window("tab")
        page = Page(self.driver, self.first)
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        page.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        page.go(url)
        return page


class Page:
    def __init__(self, driver, first):
        self.driver, self.first, self.tab = driver, first, driver.current_window_handle

    def go(self, url):
        """Returns when the page is loaded. Earlier events are dropped."""
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)
        self.url, self.log = url, []
        self.driver.get(url)

    def close(self):
        self.driver.switch_to.window(self.tab)
        self.driver.close()
        self.driver.switch_to.window(self.first)

    def call(self, method, **parameters):
        """The result of a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(method, parameters)

    def events(self, method):
        """The parameters of each such event of the DevTools protocol."""
        self.log += [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [event["params"] for event in self.log if event["method"] == method]

    def run(self, script):
        """The value of an expression, or of the promise that it gives. Unlike Selenium's execute_script(), this may declare
        global variables."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise Failed(done["exceptionDetails"].get("exception", {}).get("description", "exception in the page"))
        return done["result"].get("value")

    def complaints(self):
        """New warnings and errors of the console, and uncaught exceptions."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]

    def requests(self):
        """The addresses that the page requested, without its own."""
        urls = [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]
        return [url for url in urls if url != self.url]
