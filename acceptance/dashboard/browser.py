"""A real Chromium without a window, driven over the WebDriver protocol by Python's own library.

with Browser(folder) as browser: browser.open(url); browser.run("return document.title")
"""
import base64
import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--hide-scrollbars"]


class Browser:
    """One window of one Chromium with a new, empty profile in the folder."""

    def __init__(self, folder, width=1280, height=900, dark=False):
        self.folder = folder
        self.size = (width, height)
        self.dark = dark

    def __enter__(self):
        os.makedirs(self.folder + "/profile")
        self.log = open(self.folder + "/chromedriver.log", "w+")
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=self.log, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL)
        try:
            self.base = "http://127.0.0.1:%d" % self.port()
            flags = FLAGS + ["--user-data-dir=" + self.folder + "/profile", "--window-size=%d,%d" % self.size]
            if self.dark:
                flags.append("--force-dark-mode")
            made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
                "goog:chromeOptions": {"args": flags}}}})
            self.session = "/session/" + made["sessionId"]
            self.resize(*self.size)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *ignored):
        try:
            self.call("DELETE", self.session)
        except (AttributeError, OSError, RuntimeError):
            pass  # It never began, or is gone already.
        self.driver.terminate()
        self.driver.wait()
        self.log.close()

    def port(self):
        for _ in range(600):
            self.log.seek(0)
            found = re.search(r"started successfully on port (\d+)", self.log.read())
            if found:
                return int(found.group(1))
            if self.driver.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("chromedriver does not start: see " + self.log.name)

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error

    def of_session(self, method, path, body=None):
        return self.call(method, self.session + path, body)

    def open(self, url):
        self.of_session("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """What a function of JavaScript returns that has this body."""
        return self.of_session("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, what, script, *arguments, seconds=60):
        """Waits until it returns something that is not false, and returns that."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.run(script, *arguments)
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(what + ": did not happen in %d s; the page says:\n%s" % (
                    seconds, self.run("return document.body.innerText")[:3000]))
            time.sleep(0.1)

    def keys(self, text):
        """Presses keys where the focus is; \\ue004 is Tab, \\ue007 Enter, \\ue00c Escape."""
        presses = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        self.of_session("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": presses}]})

    def resize(self, width, height):
        """Of the page itself, as on a screen of that size."""
        self.of_session("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def scheme(self, name):
        """"dark" or "light", as the system would ask for it."""
        self.of_session("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": "prefers-color-scheme", "value": name}]}})

    def picture(self, file):
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.of_session("GET", "/screenshot")))

    def complaints(self):
        """What the console has of warnings and errors since the last time it was asked."""
        return [entry for entry in self.of_session("POST", "/se/log", {"type": "browser"})
                if entry["level"] in ("WARNING", "SEVERE")]
