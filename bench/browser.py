"""Open the HTML report in Chromium and search in it: ``python -m bench browser``."""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.measure import machine, table
from bench.reports import written
from cloudaudit import discovery
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result

OPENED = """() => {
  const entry = (name) => performance.getEntriesByName(name)[0].startTime;
  const navigation = performance.getEntriesByType('navigation')[0];
  return [entry('first-contentful-paint'), entry('list-shown'), navigation.domContentLoadedEventEnd];
}"""
FILTERED = """async () => {
  const list = document.getElementById('list');
  const query = document.getElementById('query');
  const took = {};
  const time = async (name, act) => {
    const start = performance.now();
    act();
    list.getBoundingClientRect();
    (took[name] ||= []).push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 30));
  };
  for (const text of ['a', 'ac', 'acme', 'acme-invoices', 'ｓ３', 'ﾊﾞｹｯﾄ', '第2 invoices 0042', 'nothing has this', '']) {
    await time('search', () => { query.value = text; query.dispatchEvent(new Event('input')); });
  }
  for (const button of [...document.querySelectorAll('#severities button'), ...document.querySelectorAll('#statuses button')]) {
    await time('button', () => button.click());
  }
  return took;
}"""


def main(arguments: Sequence[str]) -> None:
    """Print how long the page takes to open and to filter."""
    parser = argparse.ArgumentParser(prog="python -m bench browser")
    parser.add_argument("--findings", type=int, nargs="+", default=[5_000, 50_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("there is no Chromium")
    rows: list[Sequence[str]] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for findings in options.findings:
            page = rendered(Path(name), findings)
            rows.append(
                (
                    f"{findings:,}",
                    f"{page.stat().st_size / 1e6:.1f}",
                    *measured(browser, page, options.rounds),
                )
            )
        print(f"{machine()}, Chromium {browser.version}\n")
        browser.close()
    head = ("findings", "MB", "first paint", "list shown", "all read")
    table((*head, "search, median", "most", "button, median", "most"), rows)


def rendered(folder: Path, findings: int) -> Path:
    """Write the page for that many findings, in both languages."""
    page = folder / f"{findings}.html"
    with open_result(written(folder, findings)) as assessment, page.open("wb") as file:
        discovery.report("html").render(assessment, ReportOptions(languages=("ja", "en")), file)
    return page


def measured(browser: Browser, page: Path, rounds: int) -> list[str]:
    """Return the medians of opening, and median and most of filtering."""
    opened: list[list[float]] = []
    took: dict[str, list[float]] = {}
    for _ in range(rounds):
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        tab = context.new_page()
        tab.goto(page.as_uri())
        tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        opened.append(tab.evaluate(OPENED))
        filtered: dict[str, Any] = tab.evaluate(FILTERED)
        for name, times in filtered.items():
            took.setdefault(name, []).extend(times)
        context.close()
    medians = [f"{statistics.median(times):.0f} ms" for times in zip(*opened, strict=True)]
    for times in took.values():
        medians += [f"{statistics.median(times):.0f} ms", f"{max(times):.0f} ms"]
    return medians
