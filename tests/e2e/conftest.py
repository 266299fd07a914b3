"""Browser tests: a real Chromium against a whole installation, both shared by all of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.site import Site

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PICTURES = Path(__file__).resolve().parents[2] / "build" / "e2e"
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests run on one worker: they share the installation."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember whether the test itself failed, for the pictures."""
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system; without it the test is skipped and says so."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(
            "NO CHROMIUM: this browser test proved NOTHING. "
            "Install it (as root: apt-get install chromium) and run make test again"
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running installation with the demonstration accounts."""
    running = Site(tmp_path_factory.mktemp("site") / "var")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def open_context(
    browser: Browser, site: Site, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """Open browsers of different people; a failed test leaves a picture of each page."""
    opened: list[BrowserContext] = []

    def open_one(viewport: dict[str, int] = DESKTOP, **options: object) -> BrowserContext:
        context = browser.new_context(
            base_url=site.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=viewport,
            **options,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_one
    pages = [page for context in opened for page in context.pages]
    if request.node.stash.get(FAILED, True):
        _take_pictures(request.node.nodeid, pages)
    for context in opened:
        context.close()


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """One page on a desktop screen."""
    return open_context().new_page()


def _take_pictures(name: str, pages: list[Page]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages):
        page.screenshot(path=PICTURES / f"{re.sub(r'[^A-Za-z0-9_]+', '-', name)}-{number}.png")
