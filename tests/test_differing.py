"""Of several runs only the settings that tell them apart are named."""

from __future__ import annotations

from studio.config import RunConfig
from studio.differing import differing

ONE = RunConfig.of({"task": "classify", "dataset": "data-0001", "dataset_version": 1})


def test_equal_runs_differ_in_nothing_and_neither_does_one() -> None:
    assert differing([ONE, ONE]) == {} and differing([ONE]) == {} and differing([]) == {}


def test_each_value_stands_at_the_place_of_its_run() -> None:
    other = ONE.with_changes({"epochs": 9, "dataset_version": 2})
    assert differing([ONE, other, ONE]) == {"dataset_version": (1, 2, 1), "epochs": (3, 9, 3)}


def test_a_setting_that_only_one_method_has_is_none_of_the_others() -> None:
    frozen = RunConfig.of(
        {"task": "classify", "dataset": "data-0001", "dataset_version": 1, "method": "freeze", "layers": 4}
    )
    found = differing([ONE, frozen])
    assert found["method"] == ("lora", "freeze") and found["layers"] == (None, 4)


def test_a_setting_that_decides_nothing_in_any_is_left_out() -> None:
    assert "beta" not in differing([ONE, ONE.with_changes({"beta": 0.5})])
