"""A real browser for tests of pages: headless Chromium, driven over its debugging pipe (two descriptors, no port)."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120.0
"""Seconds for one answer: the machine may be busy with other tests."""
_START = """
import os, sys
os.dup2(int(sys.argv[1]), 3, inheritable=True)
os.dup2(int(sys.argv[2]), 4, inheritable=True)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Page:
    """A tab: what it shows, what it said on its console, what it asked the network for."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser = browser
        self._session = session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    @property
    def complaints(self) -> list[str]:
        """Exceptions, console errors and what the page's policy refused."""
        found = [event["exceptionDetails"]["text"] for event in self._events("Runtime.exceptionThrown")]
        found += [event["entry"]["text"] for event in self._events("Log.entryAdded")]
        return found + [
            str(event["args"]) for event in self._events("Runtime.consoleAPICalled") if event["type"] == "error"
        ]

    @property
    def requests(self) -> list[str]:
        """Every address asked for, those within the file (`data:`) left out."""
        asked = [event["request"]["url"] for event in self._events("Network.requestWillBeSent")]
        return [address for address in asked if not address.startswith("data:")]

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a file and wait until it is there."""
        # By way of an empty page: a change of the fragment alone would load nothing.
        for address in ("about:blank", path.resolve().as_uri() + (f"#{fragment}" if fragment else "")):
            del self._browser.events[:]
            self._call("Page.navigate", url=address)
            self._browser.until(lambda: any(map(self._is_load, self._browser.events)))

    def js(self, expression: str) -> Any:
        """The value of an expression in the page, as JSON."""
        done = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def text(self, selector: str) -> str:
        """The visible text of the first element that fits."""
        return str(self.js(f"document.querySelector({json.dumps(selector)}).innerText"))

    def texts(self, selector: str) -> list[str]:
        """The texts of all that fit, also of those that are out of sight."""
        found = self.js(f"[...document.querySelectorAll({json.dumps(selector)})].map(node => node.textContent)")
        return [str(each) for each in found]

    def wait(self, expression: str) -> None:
        """Wait until an expression holds: what a click leads to may take a moment."""
        end = time.monotonic() + PATIENCE
        while not self.js(expression):
            assert time.monotonic() < end, expression

    def click(self, selector: str) -> None:
        """Click the first element that fits."""
        self.js(f"document.querySelector({json.dumps(selector)}).click()")

    def press(self, key: str) -> None:
        """Press and release a key, e.g. `j`, `/`, `Tab`, `Escape`."""
        codes = {"Tab": 9, "Escape": 27, "Enter": 13}
        known: dict[str, object] = {"key": key}
        known |= {"windowsVirtualKeyCode": codes[key]} if key in codes else {"text": key}
        self._call("Input.dispatchKeyEvent", type="keyDown", **known)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def write(self, text: str) -> None:
        """Type a text into what has the focus."""
        self._call("Input.insertText", text=text)

    def shape(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Be as wide and as dark as a certain device."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = "dark" if dark else "light"
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Write what can be seen, or the whole page, as PNG."""
        data = self._call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)

    def _is_load(self, event: dict[str, Any]) -> bool:
        return event.get("sessionId") == self._session and event["method"] == "Page.loadEventFired"

    def _events(self, method: str) -> list[dict[str, Any]]:
        self._browser.call("Runtime.evaluate", self._session, expression="0")  # what came before has then arrived
        return [
            event["params"]
            for event in self._browser.events
            if event.get("sessionId") == self._session and event["method"] == method
        ]


class Browser:
    """A running Chromium."""

    def __init__(self, reader: int, writer: int) -> None:
        self.events: list[dict[str, Any]] = []
        self._reader, self._writer = reader, writer
        self._rest = b""
        self._last = 0
        self._answers: dict[int, dict[str, Any]] = {}

    def page(self) -> Page:
        """A new tab."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, str(session))

    def call(self, method: str, session: str | None = None, **parameters: object) -> dict[str, Any]:
        """Send a command and give its answer."""
        self._last += 1
        number = self._last
        command = {"id": number, "method": method, "params": parameters}
        command |= {"sessionId": session} if session else {}
        os.write(self._writer, json.dumps(command).encode() + b"\0")
        self.until(lambda: number in self._answers)
        answer = self._answers.pop(number)
        assert "error" not in answer, (method, answer)
        result = answer["result"]
        assert isinstance(result, dict)
        return result

    def until(self, ready: Callable[[], bool]) -> None:
        """Take in messages until something holds."""
        end = time.monotonic() + PATIENCE
        while not ready():
            readable, _, _ = select.select([self._reader], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._reader, 1 << 20) if readable else b""
            assert data, "the browser has ended or does not answer"
            *messages, self._rest = (self._rest + data).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self._answers[message["id"]] = message
                else:
                    self.events.append(message)


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start a browser with an empty profile in a folder; a test without one fails and says how to get it."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail("this test needs a browser; run: apt-get install -y --no-install-recommends chromium")
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    # Beyond 3 and 4, which the browser speaks on.
    theirs = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (their_in, their_out)]
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"]
    flags += [f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
    process = subprocess.Popen(
        [sys.executable, "-c", _START, *map(str, theirs), program, *flags],
        pass_fds=theirs,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for each in (their_in, their_out, *theirs):
        os.close(each)
    try:
        browser = Browser(our_in, our_out)
        yield browser
        browser.call("Browser.close")
    finally:
        os.close(our_out)
        os.close(our_in)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
