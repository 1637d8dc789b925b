"""The base models that are worth a look, from the one table `assets/models.toml`, and which of them suits best.

Knows no machine and no dataset: what each would take is handed in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from studio.assets import MODELS
from studio.contract import Estimate, ModelCard
from studio.tasks import TASKS, Task

Use = Literal["labels", "answers"]
PATIENCE = 3600.0  # seconds that a first run may take
GIB = 2**30


@dataclass(frozen=True)
class Known:
    """A row of the table. `about`: under which ending of `gallery.` it is said what it is for; `licence` "" where its
    makers name none."""

    card: ModelCard
    about: str
    uses: tuple[Use, ...]
    languages: tuple[str, ...]
    licence: str = ""
    gated: bool = False
    toy: bool = False

    def suits(self, task: Task) -> bool:
        return ("labels" if TASKS[task].labelled else "answers") in self.uses


@cache
def known() -> Mapping[str, Known]:
    """All, by id, the better ones of each kind first."""
    rows = tomllib.loads(MODELS.read_text(encoding="utf-8"))["model"]
    return {row["id"]: _known(row) for row in rows}


def _known(row: Mapping[str, Any]) -> Known:
    card = ModelCard(
        id=row["id"],
        source="hub",
        parameters=row.get("compute", row["parameters"]),
        hidden=row["hidden"],
        layers=row["layers"],
        vocabulary=row["vocabulary"],
        context=row["context"],
        size_gib=row["parameters"] * row["stored"] / GIB,
        cached=False,
        head=row["head"],
    )
    traits = {"licence": row.get("licence", ""), "gated": row.get("gated", False), "toy": row.get("toy", False)}
    return Known(card, row["about"], tuple(row["for"]), tuple(row["languages"]), **traits)


def best(weighed: Iterable[tuple[Known, Estimate]], language: str) -> str | None:
    """The id of the first that reads the language, asks for no token, is no toy, fits, and learns within PATIENCE."""
    for one, estimate in weighed:
        able = estimate.fit == "fits" and estimate.seconds <= PATIENCE
        if able and language in one.languages and not (one.gated or one.toy):
            return one.card.id
    return None
