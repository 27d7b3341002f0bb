"""Pages in a real browser: Chromium from the system, our own server, axe from tests/browser/vendor.

A test asks for `open_page`, goes somewhere and looks; `axe(page)` and `overflow(page)` answer with
what is wrong, so that an assertion shows it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from samlop.accounts.models import Person

AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
# Background traffic is refused on closed networks, many times a second, and proves nothing.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The same that tools/ensure-browser looks for.
NAMES = ("chromium", "chromium-browser", "google-chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HERE = Path(__file__).parent

Scheme = Literal["light", "dark"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


class OpenPage(Protocol):
    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        scheme: Scheme = "light",
        javascript: bool = True,
        person: Person | None = None,
        language: str = "nb",
    ) -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if os.environ.get("SAMLOP_SKIP_BROWSER") == "1":
        pytest.skip("SAMLOP_SKIP_BROWSER=1")
    program = next(filter(None, map(shutil.which, (*NAMES, *PLACES))), None)
    if program is None:
        pytest.fail("No Chromium: install it, or leave these out with SAMLOP_SKIP_BROWSER=1.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What pages wrote in their consoles; a test that asks for trouble clears it."""
    return []


@pytest.fixture
def open_page(
    chromium: Browser, live_server: LiveServer, transactional_db: None, complaints: list[str]
) -> Iterator[OpenPage]:
    """Opens pages of the running product; afterwards nothing may stand in their consoles."""
    contexts: list[BrowserContext] = []

    def open_(
        path: str = "/",
        *,
        width: int = 1280,
        scheme: Scheme = "light",
        javascript: bool = True,
        person: Person | None = None,
        language: str = "nb",
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if person is not None:
            client = Client()
            client.force_login(person)
            cookies["sessionid"] = client.cookies["sessionid"].value
        for name, value in cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            # A 404 page says so in the console too, and is what such a test asked for.
            lambda said: (
                complaints.append(said.text)
                if said.type in ("error", "warning") and "404 (Not Found)" not in said.text
                else None
            ),
        )
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds wrong with a page as it stands, one line per place."""
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        page.wait_for_load_state()
        # Not by a script element: the page's own security policy would refuse it.
        page.evaluate(source)
        found: dict[str, Any] = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", WCAG
        )
        return [
            f"{violation['id']}: {' '.join(map(str, node['target']))} – {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return violations


@pytest.fixture(scope="session")
def overflow() -> Callable[[Page], list[str]]:
    """What makes the page wider than the window; empty when nothing does."""

    def too_wide(page: Page) -> list[str]:
        # A page that has only begun to come has nothing to measure yet.
        page.wait_for_load_state()
        found: list[str] = page.evaluate(
            """() => {
                const width = document.documentElement.clientWidth;
                if (document.documentElement.scrollWidth <= width) return [];
                return [...document.querySelectorAll('body *')]
                    .filter((one) => one.getBoundingClientRect().right > width + 1)
                    .map((one) => `${one.tagName}.${one.className}`);
            }"""
        )
        return found

    return too_wide
