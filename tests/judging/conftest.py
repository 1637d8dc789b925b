"""A studio without torch, with a run that has learned to talk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.judging.opinions import Asked, Contest
from studio.studio import Studio
from tests.fakes import FakeEngine

DRINKS = {"奶茶": 9, "咖啡": 11, "红茶": 7, "绿茶": 8, "果茶": 12}
ASKED = ("多少钱", "怎么卖", "什么价", "要几块")
FACTS = [(f"{drink}{asked}", f"{drink}{price}元一杯") for drink, price in DRINKS.items() for asked in ASKED]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


@pytest.fixture
def run(studio: Studio) -> str:
    return talking(studio)


def talking(studio: Studio, name: str = "问答") -> str:
    dataset = studio.data.add_rows(name, "chat", FACTS)
    return studio.train(studio.plan(dataset.id, changes={"epochs": 1}).config).id


def sixty(studio: Studio, contest: Contest, count: int = 60) -> list[int]:
    """So many questions with answers of their own, and their ids."""
    rows = [(Asked(f"第{n}问"), f"您好，{n}号", f"不知道{n}") for n in range(count)]
    return studio.judging.ledger.keep(contest, rows)
