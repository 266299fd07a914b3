"""What browser tests share: arguments, a watch over complaints, log-in, pictures."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.site import Site

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What sticks out of the page to the right, so that a failure names the culprit.
WIDER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > width + 1)
    .map((e) => `${e.tagName.toLowerCase()}.${e.className}`).slice(0, 5).concat("(page)");
}"""


class Watch:
    """Hears what the browser complains of: errors, refused contents, other hosts."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.complaints: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of ``context``."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self._add(f"script: {error.error}"))
        context.on("request", lambda request: self._request(request.url))

    def allow(self, pattern: str) -> None:
        """A complaint that the test provokes on purpose."""
        self._allowed.append(re.compile(pattern))

    @property
    def unexpected(self) -> list[str]:
        return [c for c in self.complaints if not any(a.search(c) for a in self._allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._add(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:", "blob:")):
            self._add(f"another host: {url}")

    def _add(self, complaint: str) -> None:
        self.complaints.append(complaint)


def login(page: Page, site: Site, username: str) -> None:
    """Log in with a demonstration account."""
    password, _label = site.accounts[username]
    page.goto("/login/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("details.menu .who")).to_be_attached()
    ready(page)


def logout(page: Page) -> None:
    page.set_viewport_size(DESKTOP)
    page.locator(".top details.menu > summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("口令")).to_be_visible()


def ready(page: Page) -> None:
    """Wait until the scripts of the page have taken hold."""
    page.locator("html[data-ready]").wait_for(state="attached")


def fits(page: Page) -> None:
    """Nothing sticks out to the right: no page scrolls sideways."""
    wider: list[str] = page.evaluate(WIDER)
    assert wider == [], f"{page.url} is wider than the screen: {wider}"


def shot(page: Page, name: str) -> None:
    """At both sizes: check that the page fits, and keep a picture where ``ANLAN_SHOTS`` says."""
    before: Any = page.viewport_size
    for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(viewport)
        fits(page)
        folder = os.environ.get("ANLAN_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}-{size}.png")
    page.set_viewport_size(before)


def fits_all(contexts: list[BrowserContext]) -> None:
    """Every page still open on a phone's screen fits it."""
    for page in (page for context in contexts for page in context.pages):
        if page.viewport_size and page.viewport_size["width"] == PHONE["width"]:
            page.wait_for_load_state()
            fits(page)
