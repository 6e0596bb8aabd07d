"""A real browser for the HTML report. Without one the tests are skipped by name; with CI set they fail."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, sync_playwright

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Language

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
DRAW = """() => {
  const drawn = (text) => {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    pen.font = '40px sans-serif';
    pen.fillText(text, 5, 60);
    return canvas.toDataURL();
  };
  return drawn('漢') !== drawn('字');
}"""
"""Whether two characters look different; without a Japanese font both are the same box."""


def unavailable(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{what}: .ci/run installs it from Debian")
    pytest.skip(f"not run: {what}")


# Until playwright stops, an event loop runs in this thread, and no test that starts its own can follow.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None) or next(filter(os.path.exists, PLACES), None)
    if path is None:
        unavailable("there is no Chromium or Chrome")
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            )
        except Error as error:
            unavailable(f"{path} does not start ({error.message.splitlines()[0]})")
        page = launched.new_page()
        if not page.evaluate(DRAW):
            launched.close()
            unavailable("there is no Japanese font")
        page.close()
        yield launched
        launched.close()


class Desk:
    """Opens reports as a person does, by their file, and hears whatever the page complains about."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []

    def open(
        self,
        assessment: Assessment,
        languages: tuple[Language, ...] = ("ja", "en"),
        *,
        width: int = 1400,
        dark: bool = False,
        scripts: bool = True,
    ) -> Page:
        path = self._folder / f"report-{len(self._contexts)}.html"
        with path.open("wb") as file:
            discovery.report("html").render(assessment, ReportOptions(languages=languages), file)
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("dialog", self._dismiss)
        page.goto(path.as_uri())
        if scripts:
            page.wait_for_selector("html[data-ready]", state="attached")
        return page

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(browser, tmp_path)
    yield made
    made.close()
