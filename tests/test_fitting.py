"""A run that is too big is made to fit, first by what changes nothing that is learned, and what was done is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import fitting
from studio.config import RunConfig
from studio.contract import Estimate, Machine, ModelCard, TokenCounts
from studio.engine.memory import estimate
from studio.errors import StudioError
from studio.plan import Plan
from studio.studio import Studio
from tests.fakes import FakeEngine

BIG = ModelCard("Qwen/Qwen3-8B", "hub", 8_190_000_000, 4096, 36, 151_936, 40_960, 15.3, True)
COUNTS = TokenCounts(rows=1000, tokens=600_000, learned=200_000, longest=8000, truncated=0, unlearnable=0, taught=1000)
CONFIG = RunConfig.of(
    {"task": "chat", "dataset": "d", "dataset_version": 1, "precision": "bf16", "max_length": 8192, "batch_size": 16}
)


def planned(config: RunConfig, free: float) -> Plan:
    machine = Machine("cpu", "test", free * 1.2, free, 2, {})
    return Plan(config, BIG, COUNTS, estimate(config, BIG, COUNTS, machine), COUNTS.rows)


def climbed(free: float) -> tuple[Plan, list[str]] | None:
    return fitting.climbed(planned(CONFIG, free), lambda config: planned(config, free))


@settings(deadline=None)  # the first estimate measures the processor
@given(free=st.floats(1, 80))
def test_what_is_made_to_fit_fits_with_the_same_step_and_no_more_changed_than_was_needed(free: float) -> None:
    found = climbed(free)
    if found is None:
        return
    plan, taken = found
    assert plan.estimate.fit != "too_big" and plan.config.batch_size == CONFIG.batch_size
    assert taken == [name for name in fitting.LADDER if name in taken]
    changed = {name for name, value in plan.config.model_dump().items() if value != getattr(CONFIG, name)}
    assert len(changed) == len(taken)


def test_the_less_memory_there_is_the_more_is_changed_and_what_costs_words_comes_last() -> None:
    found, taken = climbed(200.0), list[list[str]]()
    while found:
        taken.append(found[1])
        found = climbed(0.99 * found[0].estimate.memory_gib)
    assert taken[0] == [] and taken[-1] == list(fitting.LADDER)
    assert all(names == taken[-1][: len(names)] for names in taken)


def test_every_change_is_said_with_its_price_in_both_languages() -> None:
    found = climbed(16.0)
    assert found is not None
    said = replace(found[0], fitted=fitting.in_words(*found)).sentence
    assert "QLoRA" in said["zh"] and "学到的不变" in said["zh"] and "at a time" in said["en"]


class Large(FakeEngine):
    """Has a model that is too big beside the starter."""

    def model_card(self, model: str, models_dir: Path) -> ModelCard:
        return replace(BIG, id=model, size_gib=64.0) if "big" in model else super().model_card(model, models_dir)

    def fetch(self, model: str, models_dir: Path, *rest: object) -> Path:
        return super().fetch("starter", models_dir)


def test_where_nothing_else_helps_a_smaller_model_of_this_machine_is_taken_and_said(tmp_path: Path) -> None:
    with Studio(Large(), tmp_path / "home") as studio:
        dataset = studio.data.add_rows("常问", "chat", [(f"第{n}件事是什么", f"是{n}号") for n in range(30)]).id
        too_big = studio.plan(dataset, "org/big")
        assert too_big.estimate.fit == "too_big"
        found = studio.fitted(too_big)
        assert found.config.model == "starter" and "starter" in found.sentence["en"] and found.estimate.fit == "fits"


def test_where_nothing_helps_at_all_that_is_said_with_figures(tmp_path: Path) -> None:
    class Full(Large):
        def estimate(self, *given: object) -> Estimate:
            return Estimate(10, 10, 1.0, 99.0, 0.1, "too_big")

    with Studio(Full(), tmp_path / "home") as studio:
        dataset = studio.data.add_rows("常问", "chat", [(f"第{n}件事是什么", f"是{n}号") for n in range(30)]).id
        with pytest.raises(StudioError) as refused:
            studio.fitted(studio.plan(dataset))
        assert refused.value.key == "fitting.cannot" and "99.0" in refused.value.say("zh")
