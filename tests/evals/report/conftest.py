"""What tests of reports share: a browser, and a page of two runs in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, Page, chromium
from eval_runs import write_run

from evals.report.html import render
from evals.report.summary import summarize
from evals.results import load_results


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def tab(browser: Browser) -> Page:
    """A fresh tab of the usual size."""
    page = browser.page()
    page.shape(1280)
    return page


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of two runs: items 1 and 4 are wrong in `before`; `after` mends 1, breaks 2, and fails at 4 and 5."""
    folder = tmp_path_factory.mktemp("runs")
    runs = [write_run(folder / "before", "10110u", solver="direct"), write_run(folder / "after", "1101ee")]
    page = folder / "report.html"
    page.write_text(render(summarize([load_results(run) for run in runs])), encoding="utf-8")
    return page
