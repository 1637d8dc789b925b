"""The chat page's handlers as plain functions: the tab, answers side by side, the trial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from studio.contract import Job, Stop
from studio.data.schema import Message
from studio.errors import StudioError
from studio.studio import Studio
from studio.ui.chat import side_by_side, trial
from studio.ui.chat import tab as chat_tab
from studio.ui.chat.examples import examples_of
from tests.fakes import IGNORANT, FakeEngine, FakeSession
from tests.studios import until
from tests.ui.learned import LARGE, MARKUP, learned, page, words

GREEDY = (0.0, 1.0, 64)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as opened:
        yield opened


# --- side by side


def test_both_answers_grow_together_under_their_question(tmp_path: Path) -> None:
    with Studio(FakeEngine(spoken_pace=0.05), tmp_path / "home", worker=True) as studio:
        answers_grow(studio, learned(studio, "chat"))


def answers_grow(studio: Studio, run: str) -> None:
    turns, _, left_to_type, *_ = side_by_side.ask(page(studio), " 珍珠煮多久 ", [])
    assert turns == [("珍珠煮多久", "", "")] and left_to_type == ""
    grown = [said for said, *_ in side_by_side.answer(page(studio), run, turns, "", *GREEDY)]
    assert grown[0] == [("珍珠煮多久", IGNORANT[:1], "煮")]
    assert grown[-1] == [("珍珠煮多久", IGNORANT, "煮15分钟")]
    assert 2 < len(grown) < len(IGNORANT)  # not every character by itself


def test_each_model_is_told_its_own_answers() -> None:
    turns = [("一", "底一", "学一"), ("二", "", "")]
    assert side_by_side.messages(turns, 1) == [
        Message("user", "一"), Message("assistant", "底一"), Message("user", "二"),
    ]  # fmt: skip
    assert side_by_side.messages(turns, 2)[1] == Message("assistant", "学一")


def test_the_system_text_of_a_run_is_shown_and_goes_before_what_is_asked(studio: Studio, tmp_path: Path) -> None:
    table = tmp_path / "学.csv"
    rows = [
        f"{who},几点开门,{reply}" for who, reply in (("你是早店", "六点"), ("你是早店", "六点"), ("你是晚店", "九点"))
    ]
    table.write_text("system,问题,回答\n" + "\n".join(rows * 8), encoding="utf-8")
    run = studio.train(studio.plan(studio.data.add(table).id).config).id
    assert side_by_side.show(page(studio), studio.run(run))[-1] == studio.system(run) == "你是早店"
    for system, reply in (("你是早店", "六点"), ("你是晚店", "九点")):
        *_, (turns, *_) = side_by_side.answer(page(studio), run, [("几点开门", "", "")], system, *GREEDY)
        assert turns[-1][2] == reply


def test_nothing_asked_is_said_in_words(studio: Studio) -> None:
    with pytest.raises(StudioError) as refusal:
        side_by_side.ask(page(studio), "   ", [])
    assert refusal.value.key == "chat_tab.nothing_asked"


def test_a_question_stopped_before_its_answer_is_forgotten_by_the_next(studio: Studio) -> None:
    turns, *_ = side_by_side.ask(page(studio), "二", [("一", "a", "b"), ("停了", "", "")])
    assert turns == [("一", "a", "b"), ("二", "", "")]


def test_a_busy_machine_gives_the_question_back(studio: Studio) -> None:
    run = learned(studio, "chat", model=LARGE)
    with studio.workspace.lease("device"):
        stream = side_by_side.answer(page(studio), run, [("一", "a", "b"), ("二", "", "")], "", *GREEDY)
        said, _, question, _ = next(stream)
        assert said == [("一", "a", "b")] and question == "二"
        with pytest.raises(StudioError):
            next(stream)


@dataclass(frozen=True)
class Watched(FakeEngine):
    """Notes how each stream is asked to stop."""

    stops: list[Stop] = field(default_factory=list)

    def open(self, job: Job) -> Any:
        opened, stops = super().open(job), self.stops

        class Session(FakeSession):
            def stream(self, lanes: Any, sampling: Any, stop: Any) -> Iterator[tuple[str, ...]]:
                stops.append(stop)
                return super().stream(lanes, sampling, stop)

        return Session(opened.known, opened.labels)


def test_closing_the_page_stops_the_model_and_frees_the_machine(tmp_path: Path) -> None:
    engine = Watched()
    with Studio(engine, tmp_path / "home", worker=True) as studio:
        run = learned(studio, "chat", model=LARGE)
        stream = side_by_side.answer(page(studio), run, [("珍珠煮多久", "", "")], "", *GREEDY)
        next(stream)
        assert studio.workspace.leased("device") and not engine.stops[0]()
        stream.close()  # type: ignore[attr-defined]
        assert engine.stops[0]() and not studio.workspace.leased("device")


class Breaking(FakeEngine):
    """Breaks in the middle of the first answer that it streams."""

    broken = False

    def open(self, job: Job) -> Any:
        opened, engine = super().open(job), type(self)

        class Session(FakeSession):
            def stream(self, lanes: Any, sampling: Any, stop: Any) -> Iterator[tuple[str, ...]]:
                yield "坏", "坏"
                if not engine.broken:
                    engine.broken = True
                    raise RuntimeError("probability tensor contains inf")
                yield from super().stream(lanes, sampling, stop)

        return Session(opened.known, opened.labels)


def test_an_answer_that_breaks_leaves_no_trace_in_the_next(tmp_path: Path) -> None:
    with Studio(Breaking(), tmp_path / "home", worker=True) as studio:
        run = learned(studio, "chat")
        stream = side_by_side.answer(page(studio), run, [("一", "a", "b"), ("珍珠煮多久", "", "")], "", *GREEDY)
        states: list[Any] = []
        with pytest.raises(RuntimeError):
            states.extend(stream)  # extend keeps what came before the error
        assert states[-1] == ([("一", "a", "b")], [("一", "a", "b")], "珍珠煮多久", None)
        turns, *_ = side_by_side.ask(page(studio), "珍珠煮多久", states[-1][0])
        *_, (said, *_) = side_by_side.answer(page(studio), run, turns, "", *GREEDY)
        assert said == [("一", "a", "b"), ("珍珠煮多久", IGNORANT, "煮15分钟")]


def test_examples_are_rows_it_did_not_learn_and_stay_when_the_data_are_gone(studio: Studio) -> None:
    run = studio.run(learned(studio, "chat"))
    splits = studio.data.splits(run.config.dataset, run.config.dataset_version)
    examples = examples_of(page(studio), run)
    assert examples and not set(examples) & {row.text for row in splits.train}
    studio.data.delete(run.config.dataset)
    assert examples_of(page(studio), run) == examples


# --- the trial


def test_a_text_is_judged_before_and_after_with_probabilities(studio: Studio) -> None:
    said = words(trial.classify(page(studio), learned(studio, "classify"), "第3条，难喝"))
    after = said[said.index("After") :]
    assert after[:4] == ["After", "差评", "差评", "90%"]
    assert "50%" in said[: said.index("After")]


def test_no_text_is_said_in_words(studio: Studio) -> None:
    with pytest.raises(StudioError) as refusal:
        trial.classify(page(studio), "run-0000", "\n")
    assert refusal.value.key == "chat_tab.no_text"


def test_a_text_with_markup_stays_text_and_a_label_too(studio: Studio) -> None:
    dataset = studio.data.add_rows("x", "classify", [(f"t{n}", MARKUP if n % 2 else "b") for n in range(40)])
    run = studio.start(studio.plan(dataset.id, changes={"epochs": 1}).config)
    until(lambda: studio.run(run).ended)
    assert MARKUP in words(trial.classify(page(studio), run, "t1"))


# --- the tab


def test_only_runs_that_learned_something_can_be_chosen(studio: Studio) -> None:
    chat, reviews = learned(studio, "chat"), learned(studio, "classify")
    chosen = chat_tab.choose(page(studio), None)
    assert [run for _, run in chosen.choices] == [reviews, chat] and chosen.value == reviews
    assert chat_tab.choose(page(studio), chat).value == chat
    assert chat_tab.choose(page(studio), "run-that-is-gone").value == reviews


def test_each_task_shows_its_own_way_of_trying(studio: Studio) -> None:
    for task, shown in (("chat", (True, False)), ("classify", (False, True))):
        run = studio.run(learned(studio, task))  # type: ignore[arg-type]
        areas = side_by_side.show(page(studio), run)[0], trial.show(page(studio), run)[0]
        assert tuple(area.visible for area in areas) == shown


def test_without_a_run_the_tab_shows_empty_parts(studio: Studio) -> None:
    assert len(chat_tab.show(page(studio), None)) == len(chat_tab.show(page(studio), learned(studio, "chat")))
