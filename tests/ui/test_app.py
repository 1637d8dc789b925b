"""The page as a whole: it builds, unlocks what exists, remembers, and answers over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from gradio.state_holder import StateHolder
from starlette.testclient import TestClient

from studio.studio import Studio
from studio.ui import app
from studio.ui.kit.page import Page
from studio.ui.model import tab as model_tab
from tests.fakes import FakeEngine


@pytest.fixture
def client(studio: Studio) -> Iterator[TestClient]:
    server = app.mount(FastAPI(), studio, lambda folder, name: f"/download/{name}.zip")
    with TestClient(server, raise_server_exceptions=False) as made:
        yield made


def test_pages_that_ask_no_more_are_forgotten_and_one_that_goes_on_asking_is_not(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every page that was ever opened would stay in memory, half a megabyte each."""
    monkeypatch.setattr(app, "MOST_PAGES", 5)
    holder = StateHolder()
    holder.set_blocks(app.build_app(studio, lambda folder, name: name))
    stays = holder["stays"]
    for number in range(app.MOST_PAGES + 20):
        assert holder[f"left-{number}"] and holder["stays"] is stays
    assert len(holder.session_data) == len(holder.time_last_used) == app.MOST_PAGES


def test_at_first_only_the_data_are_open(page: Page) -> None:
    assert app.open_tabs(page) == [True, False, False, False]


def test_what_exists_is_open(page: Page, reviews: str) -> None:
    assert app.open_tabs(page) == [True, True, False, False]
    run = page.studio.train(page.studio.plan(reviews).config)
    assert run.has_adapter
    assert app.open_tabs(page) == [True, True, True, True]


def test_the_header_knows_which_tabs_are_open_and_asks_no_more(page: Page, reviews: str) -> None:
    bar, *doors = app.unlock(page)
    assert bar.props["open"] == app.now(page, {})["open"] == "data model"
    assert [door.interactive for door in doors] == [True, False, False]


def test_the_page_comes_back_where_it_was_left(page: Page, reviews: str) -> None:
    page.studio.data.add_rows("更新", "chat", [("几点开门", "九点")] * 3)
    tabs, *_, dataset, _, _ = app.restore(page, {"tab": "model", "dataset": reviews})
    assert tabs.selected == "model"
    assert dataset.value == reviews


def test_a_memory_of_what_is_gone_is_forgotten(page: Page) -> None:
    tabs, *_, dataset, _, _ = app.restore(page, {"tab": "chat", "dataset": "data-gone", "run": "run-gone"})
    assert tabs.selected == "data"
    assert dataset.value is None


def test_the_header_tells_the_machine_and_what_runs(page: Page, reviews: str) -> None:
    idle = app.now(page, {})
    assert idle["machine"] == "CPU · 可用内存 6 GiB"
    assert idle["run"] == ""


def test_start_leads_to_the_training_tab(page: Page, reviews: str) -> None:
    *_, config, _, _, _, _ = model_tab.make_plan(
        page, dataset=reviews, preset="fast", model="starter", method="lora"
    )  # fmt: skip
    run = model_tab.start_run(page, config)
    assert run == page.studio.runs()[0].id
    tabs, door, *_ = app.to_train(page, run)
    assert (tabs.selected, door.interactive) == ("train", True)


def test_a_run_that_was_just_begun_is_not_shown_with_the_buttons_of_the_one_before(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:  # where nothing trains, so that the new run only waits
        dataset = studio.data.add_rows(
            "评论", "classify", [(f"第{n}杯", "好评" if n % 2 else "差评") for n in range(20)]
        )
        run = studio.start(studio.plan(dataset.id).config)
        chosen, _, _, _, _, _, _, _, to_chat, *_ = app.to_newest(Page(studio, "zh"))
        assert chosen == run and not to_chat.visible


def test_the_page_is_served_with_its_words_and_asks_nobody_else(client: TestClient) -> None:
    page = client.get("/").text
    assert page.index('<script src="/assets/page-') < page.index("<meta")
    config = client.get("/config").json()
    ids = {block["props"].get("elem_id") for block in config["components"]}
    assert {"header", "steps", "data", "model", "train", "chat", "upload", "dataset", "start"} <= ids
    assert config["analytics_enabled"] is False


def test_no_listener_is_open_to_the_public(client: TestClient) -> None:
    assert client.get("/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}
    assert client.post("/gradio_api/run/start_run", json={"data": []}).status_code >= 400
