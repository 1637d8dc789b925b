"""A RunConfig is checked as a whole, frozen, and the same after a trip through YAML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio import jobfile
from studio.config import RunConfig
from studio.errors import StudioError
from studio.jobfile import JobFile
from studio.methods import METHODS, only_for

REQUIRED = {"task": "chat", "dataset": "data-1", "dataset_version": 1}


@given(
    rank=st.integers(1, 256),
    learning_rate=st.floats(1e-7, 0.1),
    epochs=st.integers(1, 200),
    model=st.text(min_size=1).filter(str.isprintable),
)
def test_yaml_brings_back_the_same_config(rank: int, learning_rate: float, epochs: int, model: str) -> None:
    config = RunConfig.of({**REQUIRED, "rank": rank, "learning_rate": learning_rate, "epochs": epochs, "model": model})
    assert jobfile.read(JobFile(config).text()).config == config


def test_all_problems_are_named_at_once_with_their_limits() -> None:
    with pytest.raises(StudioError) as refusal:
        RunConfig.of({**REQUIRED, "rank": 0, "learning_rate": 9, "rnak": 8, "method": "magic"})
    for lang in ("zh", "en"):
        said = refusal.value.say(lang)
        assert "rank = 0 → 1 … 256" in said and "learning_rate = 9.0 → 1e-07 … 0.1" in said
        assert "rnak = 8 → ✗" in said and f"method = magic → {' / '.join(METHODS)}" in said


def test_the_english_refusal_has_no_chinese_in_it() -> None:
    with pytest.raises(StudioError) as refusal:
        RunConfig.of({**REQUIRED, "rank": 0})
    assert not any("\u4e00" <= character <= "\u9fff" for character in refusal.value.say("en"))


@pytest.mark.parametrize(
    "values",
    [
        {**REQUIRED, "rnak": 8},
        {**REQUIRED, "method": "magic"},
        {**REQUIRED, "epochs": "many"},
        {**REQUIRED, "epochs": 2.5},
        {"task": "chat"},
    ],
)
def test_an_unknown_key_or_a_wrong_value_is_refused(values: dict) -> None:
    with pytest.raises(StudioError):
        RunConfig.of(values)


@pytest.mark.parametrize("text", ["", "- 1\n- 2", "a: [", "just words"])
def test_yaml_that_is_no_job_is_refused_in_words(text: str) -> None:
    with pytest.raises(StudioError) as refusal:
        jobfile.read(text)
    assert refusal.value.key == "config.not_yaml"


def test_every_default_lies_within_its_limits() -> None:
    config = RunConfig.of(REQUIRED)
    for name in RunConfig.knobs():
        low, high = RunConfig.limits(name) or (None, None)
        if low is not None:
            assert low <= getattr(config, name) <= high, name


def test_every_number_that_a_person_may_set_has_limits() -> None:
    numbers = {name for name in RunConfig.knobs() if RunConfig.model_fields[name].annotation in (int, float)}
    assert {name for name in RunConfig.knobs() if RunConfig.limits(name)} == numbers


@pytest.mark.parametrize("name", [name for name in RunConfig.knobs() if RunConfig.limits(name)])
def test_a_value_beyond_its_limits_is_refused_wherever_a_config_is_built(name: str) -> None:
    for end, value in zip((-1, 1), RunConfig.limits(name) or (), strict=True):
        RunConfig(**REQUIRED, **{name: value})
        with pytest.raises(ValidationError):
            RunConfig(**REQUIRED, **{name: value + end})


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_lies_within_no_limits(value: str) -> None:
    with pytest.raises(StudioError) as refusal:
        RunConfig.of({**REQUIRED, "dropout": float(value)})
    assert f"dropout = {value} → 0 … 0.9" in refusal.value.say("en")


@pytest.mark.parametrize(
    ("method", "changes"),
    [("full", {"rank": 8}), ("lora", {"layers": 4}), ("prefix", {"dora": True}), ("freeze", {"virtual_tokens": 9})],
)
def test_a_setting_of_other_methods_is_refused_with_their_names(method: str, changes: dict) -> None:
    with pytest.raises(StudioError) as refusal:
        RunConfig.of({**REQUIRED, "method": method, **changes})
    ((name, value),) = changes.items()
    for lang in ("zh", "en"):
        assert f"{name} = {value} → method: {' / '.join(only_for(name))}" in refusal.value.say(lang)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_takes_its_own_settings_and_all_that_belong_to_none(method: str) -> None:
    for name in RunConfig.knobs():
        if not only_for(name) or name in METHODS[method].knobs:
            RunConfig.of({**REQUIRED, "method": method, name: RunConfig.model_fields[name].default})
    assert set(METHODS[method].knobs) <= RunConfig.knobs().keys()


@pytest.mark.parametrize("given", ["q_proj, v_proj", "q_proj，v_proj,", ["q_proj", "v_proj"], ("q_proj ", " v_proj")])
def test_layers_may_be_named_in_a_line_or_a_list(given: object) -> None:
    assert RunConfig.of({**REQUIRED, "target_modules": given}).target_modules == "q_proj,v_proj"


def test_no_layers_named_are_all() -> None:
    assert RunConfig.of({**REQUIRED, "target_modules": " "}).target_modules == "all-linear"


def test_a_setting_that_came_later_tells_runs_apart_only_when_it_is_changed() -> None:
    plain, changed = RunConfig.of(REQUIRED), RunConfig.of({**REQUIRED, "dora": True})
    assert "dora" not in plain.deciding and "rank" in plain.deciding
    assert changed.deciding == {**plain.deciding, "dora": True}
