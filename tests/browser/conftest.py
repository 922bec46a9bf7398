"""A real Chromium. Where there is none the tests are skipped, aloud; REQUIRE_BROWSER=1 makes that an error."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM.exists() and os.environ.get("REQUIRE_BROWSER") != "1":
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}: install it to run the browser tests"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {"executable_path": str(CHROMIUM), "args": quiet}


class Person:
    """Somebody at a screen: goes to pages, fills forms, and fails on any console error or accessibility violation."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.errors: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.set_default_timeout(8000)

    def goes_to(self, path: str) -> None:
        self.page.goto(self.site + path)
        self.looks_around()

    def looks_around(self) -> None:
        """The page is accessible, is not wider than the screen, and nothing went wrong in the console."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{self.page.url} scrolls sideways by {width} px"
        # A status 4xx that the test expects is an error line of Chromium's own, not of the page.
        mine = [line for line in self.errors if "Failed to load resource" not in line]
        assert not mine, mine

    def signs_in(self, email: str, password: str) -> None:
        self.goes_to("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        self.looks_around()

    def clicks(self, name: str, *, role: Any = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state("networkidle")
        self.looks_around()

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).locator("visible=true").first.wait_for()


@pytest.fixture
def person(browser: Any, live_server: Any) -> Iterator[Any]:
    """A way to seat somebody at a phone (360 px) or another screen."""
    contexts = []

    def seat(width: int = 360, height: int = 740) -> Person:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        return Person(context.new_page(), live_server.url)

    yield seat
    for context in contexts:
        context.close()
