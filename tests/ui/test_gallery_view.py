"""The cards of models as the page gets them: what each takes here in words, and downloads with their bytes."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from studio.downloads import Seen
from studio.errors import StudioError
from studio.ui.kit.page import Page
from studio.ui.model import gallery
from studio.words import LANGS


def cards(page: Page, dataset: str | None) -> dict[str, dict[str, Any]]:
    return {card["id"]: card for card in gallery.gallery_cards(page, {"dataset": dataset})["cards"]}


@pytest.mark.parametrize("lang", LANGS)
def test_a_shop_owner_sees_what_is_here_what_fits_and_what_is_too_large_and_why(page: Page, lang: Any) -> None:
    page = Page(page.studio, lang)
    rows = [(f"问{n}号茶几点开始卖", f"每天早上{n}点开始卖") for n in range(20)]
    shown = cards(page, page.studio.data.add_rows("问答", "chat", rows).id)
    assert shown["starter"]["here"] and shown["starter"]["fit"] == "fits"
    large = shown["Qwen/Qwen3-8B"]
    assert large["fit"] == "too_big" and "6.0 GiB" in large["fits"] and large["size"] == "16.4 GB"
    assert "Apache-2.0" in large["facts"] and not large["here"] and large["download"] is None
    assert [card["id"] for card in shown.values() if card["recommended"]] == [next(iter(shown))]
    assert shown["meta-llama/Llama-3.2-1B-Instruct"]["facts"].count("·") == 3  # its terms, too


def test_data_that_teach_nothing_yet_still_have_models_to_look_at(page: Page) -> None:
    same = page.studio.data.add_rows("评价", "classify", [("好", "好评")] * 9).id
    for dataset in (same, "", None):
        assert not any(card["fits"] for card in cards(page, dataset).values())


def test_a_download_begins_with_a_click_and_ends_as_a_model_that_is_here(page: Page, reviews: str) -> None:
    model = "google-bert/bert-base-chinese"
    gallery.fetch_model(page, {"model": f" {model} ", "hub": "hf_mirror", "token": ""})
    waiting = threading.Event()
    for _ in range(400):
        if gallery.fetches(page, {})["downloads"][model]["state"] != "running":
            break
        waiting.wait(0.02)
    assert gallery.fetches(page, {})["downloads"][model]["state"] == "finished"
    assert cards(page, reviews)[model]["here"]
    assert gallery.stop_fetch(page, {"model": "nobody/knows"})["downloads"].keys() == {model}


@pytest.mark.parametrize("model", ["../../etc", "Qwen", "a/../b", "", "https://huggingface.co/Qwen/Qwen3-0.6B"])
def test_a_name_that_no_hub_could_have_is_refused_at_once(page: Page, model: str) -> None:
    with pytest.raises(StudioError) as caught:
        gallery.fetch_model(page, {"model": model, "hub": "", "token": ""})
    assert caught.value.key == "engine.not_an_id"


def test_bytes_speed_and_time_left_are_said_and_so_is_what_went_wrong(page: Page) -> None:
    running = Seen("a/b", "running", done=300_000_000, total=1_500_000_000, speed=4_000_000)
    assert gallery._download(page, running) == {
        "state": "running", "share": 0.2, "words": "300 MB / 1.5 GB · 4 MB/s · 还要 5 分钟", "asks": False,
    }  # fmt: skip
    assert gallery._download(page, Seen("a/b", "running"))["share"] is None
    assert "300 MB" in gallery._download(page, Seen("a/b", "stopped", 300_000_000))["words"]
    why = StudioError("engine.gated", model="a/b", address="https://huggingface.co/a/b")
    told = gallery._download(page, Seen("a/b", "failed", why=why))
    assert "https://huggingface.co/a/b" in told["words"] and told["asks"]
