"""Many hands at once: starting, stopping, going on and deleting in any order never leaves a run in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.contract import Lane
from studio.data.schema import Message
from studio.errors import StudioError
from studio.studio import Studio
from tests.children import PATIENCE
from tests.fakes import FakeEngine
from tests.studios import planned, until

WISHES = st.lists(
    st.tuples(st.sampled_from(["start", "stop", "resume", "delete", "look"]), st.integers(0, 4)),
    min_size=4,
    max_size=14,
)
BUSY = ("running", "stopping")


@contextmanager
def opened() -> Iterator[Studio]:
    with TemporaryDirectory() as folder, Studio(FakeEngine(pace=0.001), Path(folder), worker=True) as studio:
        yield studio


def wished(studio: Studio, wish: str, number: int, mine: list[str], dataset: str) -> str | None:
    """Does what one person wishes; the run that came of it or that is gone by it. A refusal is an answer."""
    try:
        if wish == "start":
            run = studio.start(studio.plan(dataset, changes={"epochs": 1, "seed": number}).config)
            mine.append(run)
        elif mine and wish != "look":
            run = mine[number % len(mine)]
            getattr(studio, wish)(run)
            if wish == "delete":
                mine.remove(run)
    except StudioError as error:
        assert error.say("zh") and error.say("en")
    return None


@given(wishes=WISHES)
def storm(wishes: list[tuple[str, int]]) -> None:
    with opened() as studio:
        dataset = planned(studio).dataset
        mine: list[str] = []
        for wish, number in wishes:
            wished(studio, wish, number, mine, dataset)
            listed = studio.listed()
            assert sum(run.status in BUSY for run in listed.runs) <= 1
            assert {run.id for run in listed.runs} == set(mine) and not listed.damaged
        until(lambda: all(run.ended for run in studio.runs()), 60)
        assert {run.id for run in studio.runs()} == set(mine)
        assert all(run.status in ("finished", "stopped") for run in studio.runs())


@pytest.mark.parametrize("storms", [40, pytest.param(2000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
def test_no_order_of_wishes_loses_a_run_or_leaves_one_in_between(storms: int) -> None:
    settings(max_examples=storms, deadline=None)(storm)()


def test_twenty_people_who_ask_at_once_get_their_own_answers(tmp_path: Path) -> None:
    """By classifying, by one reply and by answers that come a character at a time."""
    with Studio(FakeEngine(spoken_pace=0.001), tmp_path / "home") as studio:
        rows = [(f"第{n}号茶几点开始卖", f"第{n}号答案{n * n}") for n in range(10, 50)]
        dataset = studio.data.add_rows("茶", "chat", rows).id
        run = studio.train(studio.plan(dataset, changes={"wordings": 0}).config).id
        wrong: list[str] = []

        def ask(person: int) -> None:
            for n in range(10 + person, 50, 20):
                question, answer = f"第{n}号茶几点开始卖", f"第{n}号答案{n * n}"
                *_, last = studio.chat(run, [Lane([Message("user", question)], True)])
                said = {studio.ask(run, question), *last, *studio.replies(run, [[Message("user", question)]])}
                wrong.extend(said - {answer})

        people = [threading.Thread(target=ask, args=(person,), daemon=True) for person in range(20)]
        for person in people:
            person.start()
        for person in people:
            person.join(PATIENCE)
        assert wrong == [] and not any(person.is_alive() for person in people)
