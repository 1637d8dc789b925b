"""In a real browser: a damaged run is seen and deleted, and what a lost database left is brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from studio.studio import Studio
from studio.words import LANGS, Lang, say
from tests.fakes import FakeEngine
from tests.ui.conftest import REVIEWS, Doors, Visit, taking_turns

pytestmark = pytest.mark.browser
WIDTHS = (1280, 390)


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A workspace with a file, a whole run of it and a damaged one; with the parameter "lost", without its database."""
    home, table = tmp_path / "home", tmp_path / "奶茶 评价.csv"
    table.write_text("评价,标签\n" + "".join(f"{text},{label}\n" for text, label in REVIEWS), encoding="utf-8")
    with Studio(FakeEngine(), home) as studio:
        config = studio.plan(studio.data.add(table).id).config
        studio.train(config)
        damaged = studio.train(config.with_changes({"seed": 7})).id
    (home / "runs" / damaged / "job.yaml").write_bytes(b"")
    if getattr(request, "param", "") == "lost":
        (home / "studio.db").unlink()
    return home


@pytest.fixture
def address(home: Path, doors: Doors) -> Iterator[tuple[str, Studio]]:
    with taking_turns(doors, home) as served:
        yield served


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_damaged_run_is_seen_and_deleted(
    visit: Callable[..., Visit], address: tuple[str, Studio], lang: Lang, width: int
) -> None:
    visited = visit(lang=lang, width=width)
    page, (damaged,) = visited.page, address[1].listed().damaged
    page.get_by_role("tab", name=say("ui.tab_train", lang)).click()
    page.locator("#history .run-row", has_text=damaged.id).click()
    expect(page.locator("#live .problem")).to_contain_text(damaged.id)
    expect(page.locator("#live h2")).to_have_text(say("views.status_damaged", lang))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#train-delete").click()
    page.locator("#train-delete-yes").click()
    expect(page.locator("#history .run-row")).to_have_count(1)
    expect(page.locator("#live .lamp")).to_be_visible()
    assert address[1].listed().damaged == [] and len(address[1].runs()) == 1
    assert not visited.complaints and not visited.outside


@pytest.mark.parametrize("home", ["lost"], indirect=True)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", WIDTHS)
def test_what_a_lost_database_left_is_brought_back(
    visit: Callable[..., Visit], address: tuple[str, Studio], lang: Lang, width: int
) -> None:
    visited = visit(lang=lang, width=width)
    page = visited.page
    expect(page.locator("#recovery")).to_contain_text(say("data_tab.lost", lang, uploads=1, runs=2))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#bring-back").click()
    expect(page.locator("#recovery")).to_be_hidden()
    expect(page.locator("#working")).to_be_visible()
    assert [known.name for known in address[1].data.list()] == ["奶茶 评价"]
    assert len(address[1].runs()) == len(address[1].listed().damaged) == 1
    assert not visited.complaints and not visited.outside
