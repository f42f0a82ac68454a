"""The page in a real browser: what a reader sees, does, and is kept safe from."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser import Page, chromium
from eval_runs import write_run

from evals.report.html import render
from evals.report.summary import summarize
from evals.results import load_results

IDS = "#list .id"


def test_it_shows_scores_without_a_complaint_or_a_request(tab: Page, report: Path) -> None:
    tab.open(report)
    assert tab.text("h1") == "demo: direct, hierarchy"
    assert tab.texts(".card .big") == ["60.0 %", "75.0 %"]
    assert len(tab.texts("#list li")) == 6
    assert tab.complaints == []
    assert tab.requests == [report.resolve().as_uri()]


@pytest.mark.parametrize(
    ("fragment", "ids"),
    [
        ("show=wrong", ["demo/001", "demo/002", "demo/004"]),
        ("show=wrong&run=1", ["demo/002"]),
        ("show=right", ["demo/000", "demo/003"]),
        ("show=changed", ["demo/001", "demo/002"]),
        ("show=open", ["demo/004", "demo/005"]),
        ("q=WARMEST", ["demo/001", "demo/005"]),
        ("q=second%28%5B7", ["demo/002"]),
        ("show=nonsense&run=99", [f"demo/00{place}" for place in range(6)]),
        ("q=nowhere", []),
    ],
)
def test_the_address_says_what_is_listed(tab: Page, report: Path, fragment: str, ids: list[str]) -> None:
    tab.open(report, fragment)
    assert tab.texts(IDS) == ids
    assert tab.text("#found") == f"{len(ids)} of 6 problems"


def test_a_problem_opens_with_its_attempts_tree_and_failing_input(tab: Page, report: Path) -> None:
    tab.open(report, "item=demo%2F001")
    detail = tab.text("#detail")
    assert "return the warmest mean over `k` days" in detail
    assert "hidden tests: wrong answer" in detail
    assert tab.texts("#detail > .failing .input")[0] == "warmest([-3, -1, -2], 2)"
    assert tab.texts("#detail > .failing .expected")[0] == "-1.5"
    assert tab.texts("#detail > .failing .actual")[0] == "0.0"
    assert "repair" in tab.text(".tree ul summary"), "the repair hangs below what it repairs"
    assert "the answer" in tab.text(".tree ul summary")
    assert "total = best = sum(days[:k])" in tab.text(".tree ul pre.code")


def test_a_cell_that_failed_on_our_side_says_so(tab: Page, report: Path) -> None:
    tab.open(report, "item=demo%2F004")
    assert "the engine stopped: exit code 137" in tab.text("#detail")
    assert "the engine stopped: exit code 137" in tab.text("#errors")


def test_a_single_run_need_not_be_chosen(tab: Page, report: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render(summarize([load_results(write_run(tmp_path / "run", "10"))])), encoding="utf-8")
    tab.open(page)
    assert tab.js("document.getElementById('run').checkVisibility()") is False
    tab.open(report)
    assert tab.texts("#run option") == ["every run", "before", "after"]


def test_wrong_are_all_problems_with_a_wrong_sample(tab: Page, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run = load_results(write_run(tmp_path / "run", ["101", "110"]))
    page.write_text(render(summarize([run])), encoding="utf-8")
    tab.open(page, "show=wrong")
    assert tab.texts(IDS) == ["demo/001", "demo/002"]


def test_filters_and_search_work_by_hand(tab: Page, report: Path) -> None:
    tab.open(report)
    tab.click("#chips button:nth-child(3)")
    assert tab.texts(IDS) == ["demo/001", "demo/002", "demo/004"]
    tab.press("/")
    tab.write("second")
    assert tab.texts(IDS) == ["demo/002"]
    assert tab.js("location.hash") == "#show=wrong&q=second"


def test_keys_go_from_problem_to_problem_and_back(tab: Page, report: Path) -> None:
    tab.open(report, "show=wrong")
    seen = []
    for key in ("j", "j", "k"):
        tab.press(key)
        seen.append(tab.text("#detail h3"))
    tab.press("Escape")
    assert seen == ["demo/001", "demo/002", "demo/001"]
    assert tab.text("#detail") == ""


def test_every_control_can_be_reached_with_the_tab_key(tab: Page, report: Path) -> None:
    tab.open(report)
    missing = {"theme", "query", "run", "A", "BUTTON", "SUMMARY"}
    for _ in range(80):
        tab.press("Tab")
        missing.discard(tab.js("document.activeElement.id || document.activeElement.tagName"))
        if not missing:
            break
    assert not missing


@pytest.mark.parametrize("fragment", ["", "item=demo%2F001"])
def test_on_a_phone_nothing_is_wider_than_the_screen(tab: Page, report: Path, fragment: str) -> None:
    tab.shape(390, 844)
    tab.open(report, fragment)
    assert tab.js("document.documentElement.scrollWidth") == 390


def test_on_a_phone_a_problem_takes_the_place_of_the_list(tab: Page, report: Path) -> None:
    tab.shape(390, 844)
    tab.open(report, "item=demo%2F001")
    assert tab.js("getComputedStyle(document.getElementById('list')).display") == "none"
    tab.click(".back")
    tab.wait("getComputedStyle(document.getElementById('list')).display == 'block'")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("pressed", [False, True])
def test_texts_stand_out_from_their_ground(tab: Page, report: Path, dark: bool, pressed: bool) -> None:
    tab.shape(1280, dark=dark)
    tab.open(report, "show=wrong&item=demo%2F001")
    if pressed:
        tab.click("#theme")
    assert tab.js(CONTRASTS) == [], "WCAG AA: at least 4.5, large texts 3"


CONTRASTS = """
(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [x, y, z] = [r, g, b].map((c) => linear(c / 255));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    for (let each = node; each; each = each.parentElement) {
      const found = parts(getComputedStyle(each).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
    }
  };
  const low = [];
  for (const node of document.querySelectorAll("body *:not(script):not(noscript)")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    if (node.closest("svg")) continue;
    const [a, b] = [light(parts(style.color)), light(ground(node))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24;
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) low.push(`${node.tagName} ${node.className} ${node.textContent}`);
  }
  return low;
})()
"""


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A server that notes whatever reaches it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(1000))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def hostile(port: int) -> str:
    """A program that tries to become part of the page, to call home, and to end the data it stands in."""
    return (
        f'</script></pre><script>document.title = "taken"; fetch("http://127.0.0.1:{port}/script")</script>'
        f'<img src="http://127.0.0.1:{port}/image" onerror="document.title = \'taken\'">'
        f'<style>@import "http://127.0.0.1:{port}/style";</style><!-- <script> {{{{ 7 * 7 }}}} \x1b[2J \u202e'
    )


def test_hostile_statements_and_programs_stay_text(tab: Page, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    with listening() as (port, heard):
        evil = hostile(port)
        run = write_run(tmp_path / "</script><img src=x>", "10", statement=evil, solution=evil)
        page.write_text(render(summarize([load_results(run)])), encoding="utf-8")
        tab.open(page, "item=demo%2F001")
        shown = tab.text("#detail .statement")
        assert shown == evil.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
        assert evil.partition("\x1b")[0] in tab.texts("#detail pre.code")[0]
        assert tab.js("document.title") == "demo: hierarchy"
        assert tab.js("document.images.length") == 0
        assert tab.complaints == []
        assert heard == []


def test_even_markup_that_got_into_the_page_cannot_run_or_load(tab: Page, report: Path, tmp_path: Path) -> None:
    page = tmp_path / "spoilt.html"
    with listening() as (port, heard):
        spoilt = report.read_text(encoding="utf-8").replace("<h1>", f"{hostile(port)}--><h1>", 1)
        page.write_text(spoilt, encoding="utf-8")
        tab.open(page)
        assert tab.js("document.images.length") == 1, "it is in the page"
        assert tab.js("document.title") == "demo: direct, hierarchy", "and does nothing"
        assert any("Content Security Policy" in each for each in tab.complaints)
        assert heard == []


def test_without_a_browser_a_test_fails_with_what_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y --no-install-recommends chromium"):
        chromium(tmp_path).__enter__()
