"""Browser tests: a real Chromium against a whole installation, both shared by all of them.

They end with this package, not with the session: while Playwright runs, its event loop occupies the
thread, and Django refuses its database to tests that follow.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.browser import ARGUMENTS, DESKTOP, Watch, fits_all
from tests.e2e.site import Site

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PICTURES = Path(__file__).resolve().parents[2] / "build" / "e2e"


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


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium of the system; without it the test is skipped and says so."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(
            "NO CHROMIUM: this browser test proved NOTHING. "
            "Install it (as root: apt-get install chromium) and run make test again"
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def site(browser: Browser) -> Iterator[Site]:
    """A running installation with the demonstration accounts."""
    # Not pytest's folder: each further pytest on this machine closes that to all but its owner,
    # and PostgreSQL, started by root, runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="anlan-site-") as folder:
        running = Site(Path(folder) / "var")
        running.start()
        yield running
        running.stop()


@pytest.fixture
def watch(site: Site) -> Watch:
    """What the browsers of this test complain of; ``allow`` what the test provokes on purpose."""
    return Watch(site)


@pytest.fixture
def open_context(
    browser: Browser, site: Site, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """Open browsers of different people; a failed test leaves a picture of each page.

    A complaint of a browser, or a page wider than a phone, fails the test.
    """
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
        watch.over(context)
        opened.append(context)
        return context

    yield open_one
    pages = [page for context in opened for page in context.pages]
    failed = request.node.stash.get(FAILED, True)
    if failed or watch.unexpected:
        _take_pictures(request.node.nodeid, pages)
        print("The site's log ends:", *site.log.read_text().splitlines()[-30:], sep="\n")
    try:
        if not failed:
            fits_all(opened)
    finally:
        for context in opened:
            context.close()
    assert failed or watch.unexpected == [], "the browser complained"


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """One page on a desktop screen."""
    return open_context().new_page()


def _take_pictures(name: str, pages: list[Page]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages):
        page.screenshot(path=PICTURES / f"{re.sub(r'[^A-Za-z0-9_]+', '-', name)}-{number}.png")
