"""What docs/models.md is written from: every family, task and way that makes sense, of which a few are asked here."""

from __future__ import annotations

import pytest

from benchmarks import models
from studio.methods import METHODS
from studio.tasks import TASKS


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell", [("mixtral", "chat", "lora"), ("t5", "chat", "lora"), ("distilbert", "classify", "full")]
)
def test_a_cell_learns_goes_on_goes_home_and_answers_there(cell: tuple[str, str, str]) -> None:
    assert cell in set(models.cells())
    assert models.cell(*cell).good


def test_what_makes_sense_is_asked_of_every_family() -> None:
    asked = set(models.cells())
    assert {("llama", task, method) for task in TASKS for method in METHODS} <= asked
    assert ("bert", "classify", "lora") in asked and ("bert", "chat", "lora") not in asked
