"""Which models are offered for what, and which is recommended: never one that this machine could not teach in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.contract import Estimate, Fit, Source
from studio.gallery import PATIENCE, best, known
from studio.heads import HEADS
from studio.hubs import is_id
from studio.studio import Studio
from tests.fakes import FakeEngine

REVIEWS = [(f"第{n}次来{taste}", label) for n in range(12) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))]
QUESTIONS = [(f"What does dish {n} cost?", f"It costs {n} dollars.") for n in range(10, 30)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def estimate(fit: Fit, seconds: float) -> Estimate:
    return Estimate(100, 1000, seconds, 1.0, 0.1, fit)


def test_every_row_of_the_table_says_what_a_person_must_know() -> None:
    assert len(known()) >= 15 and len({row.about for row in known().values()}) == len(known())
    for id, row in known().items():
        assert is_id(id) and row.uses and row.languages and row.card.head in HEADS
        assert HEADS[row.card.head].talks or row.uses == ("labels",)
        assert 0.05 < row.card.size_gib < 20 and row.card.parameters > row.card.vocabulary * row.card.hidden
        assert row.licence or id == "uer/gpt2-chinese-cluecorpussmall"
    assert known()["Qwen/Qwen3-0.6B"].card.size_gib * 2**30 == pytest.approx(1.5e9, rel=0.01)


def test_the_first_that_fits_reads_the_language_and_is_open_to_all_is_recommended() -> None:
    rows = list(known().values())
    by_id = {id: (row, estimate("fits", 60)) for id, row in known().items()}
    assert best(by_id.values(), "zh") == rows[0].card.id
    slow = [(row, estimate("fits", PATIENCE + 1)) for row in rows]
    assert best(slow, "zh") is None and best([(row, estimate("tight", 60)) for row in rows], "zh") is None
    assert best([by_id["answerdotai/ModernBERT-base"]], "zh") is None
    assert best([by_id["google/gemma-3-1b-it"]], "zh") is None  # gated
    assert best([by_id["uer/gpt2-chinese-cluecorpussmall"]], "zh") is None  # a toy


def test_models_are_those_for_the_task_and_the_starter_is_always_there(studio: Studio) -> None:
    labels = studio.data.add_rows("评价", "classify", REVIEWS).id
    answers = studio.data.add_rows("问答", "chat", QUESTIONS).id
    for dataset, there, not_there in ((labels, "google-bert/bert-base-chinese", "Qwen/Qwen3-8B"),
                                      (answers, "Qwen/Qwen3-8B", "google-bert/bert-base-chinese")):  # fmt: skip
        choices = studio.choosing.choices(dataset)
        ids = [one.card.id for one in choices]
        assert "starter" in ids and there in ids and not_there not in ids and len(ids) == len(set(ids))
        assert [one.recommended for one in choices].count(True) == 1 and choices[0].recommended
        assert all(one.estimate for one in choices)
        large = {one.card.id for one in choices if one.estimate and one.estimate.fit == "too_big"}
        assert ("Qwen/Qwen3-8B" in large) == (dataset == answers)
        fits = [one for one in choices if not one.recommended and not one.here]
        order = [
            (not one.reads, bool(one.known and one.known.toy), ("fits", "tight", "too_big").index(one.estimate.fit))
            for one in fits
            if one.estimate
        ]
        assert order == sorted(order)


def test_what_fits_only_in_four_bits_is_offered_so(studio: Studio) -> None:
    answers = studio.data.add_rows("问答", "chat", QUESTIONS).id
    packed = [one for one in studio.choosing.choices(answers) if one.in_four_bits]
    assert packed and all(one.estimate and one.estimate.fit != "too_big" for one in packed)


def test_without_a_dataset_all_are_there_and_nothing_is_made_up_of_what_they_take(studio: Studio) -> None:
    choices = studio.choosing.choices(None)
    assert {one.card.id for one in choices} >= known().keys() and not any(one.estimate for one in choices)


def test_a_model_that_was_downloaded_is_here_and_one_of_no_table_is_listed_too(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    for model in ("google-bert/bert-base-chinese", "someone/else"):
        studio.engine.download(model, studio.workspace.models, Source(), lambda *_: None)
    here = {one.card.id for one in studio.choosing.choices(dataset) if one.here}
    assert here == {"starter", "google-bert/bert-base-chinese", "someone/else"}


def test_a_folder_that_is_no_model_hides_no_other(studio: Studio) -> None:
    class Picky(FakeEngine):
        def model_card(self, model: str, models_dir: Path) -> object:  # type: ignore[override]
            from studio.errors import StudioError

            if "broken" in model:
                raise StudioError("engine.no_config", folder=model)
            return super().model_card(model, models_dir)

    (studio.workspace.models / "maker--broken").mkdir()
    planner = replace(studio.choosing.planner, engine=Picky())
    assert [card.id for card in planner.cards()] == ["starter"]
