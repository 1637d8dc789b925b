"""The weekly round without a page: wrong answers put right, learned from where the last run was, and both compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import rounds
from studio.data.correcting import Correction
from studio.errors import StudioError
from studio.evaluation.comparing import compare, differences
from studio.evaluation.report import Answered
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.made import made_report
from tests.studios import REVIEWS

PRICES = {"奶茶": 9, "柠檬水": 10, "咖啡": 11}
FACTS = [
    (f"{drink}{asked}", f"{drink}{price}元一杯") for drink, price in PRICES.items() for asked in ("多少钱", "怎么卖")
]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def tested(studio: Studio, dataset: str, **changes: object) -> str:
    run = studio.train(studio.plan(dataset, changes={"epochs": 1, **changes}).config).id
    studio.evaluate(run)
    return run


def wronged(studio: Studio) -> tuple[str, str, int]:
    """A dataset, a run of it, and a row of its exam whose label is not what the model says."""
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    studio.data.freeze(dataset)
    number = studio.data.splits(dataset).test[0].number
    row = studio.data.row(dataset, number)
    studio.data.edit(dataset, number, target="差评" if row.target == "好评" else "好评")
    return dataset, tested(studio, dataset), number


def test_a_corrected_answer_corrects_the_exam_which_still_asks_it(studio: Studio) -> None:
    dataset, run, number = wronged(studio)
    (wrong,) = rounds.mistakes(studio, run)
    assert (wrong.row.number, wrong.part) == (number, "test")
    done = rounds.correct(studio, run, [Correction(number, wrong.row.text, wrong.row.tuned)])
    assert (done.changed, done.learned, done.gone) == (1, 0, 0)
    after = tested(studio, dataset, continues=run)
    assert number in [row.number for row in studio.lessons(after).test]
    found = compare(studio.report(run), studio.report(after))  # type: ignore[arg-type]
    assert (found.corrected, found.both, found.worse, found.better) == (1, found.after, (), ())
    studio.data.undo(dataset)
    assert studio.data.row(dataset, number).target == wrong.row.target


def test_what_is_learned_from_the_exam_is_asked_there_no_more_and_another_takes_its_place(studio: Studio) -> None:
    dataset, run, number = wronged(studio)
    (wrong,) = rounds.mistakes(studio, run)
    assert rounds.correct(studio, run, [Correction(number, wrong.row.text, wrong.target, learn=True)]).learned == 1
    studio.data.insert(dataset, "太难喝，第100次来", "差评")
    plan = rounds.next_plan(studio, run)
    assert plan.config.continues == run
    after = studio.train(plan.config).id
    before, now = studio.lessons(run), studio.lessons(after)
    assert number in [row.number for row in now.lessons] and number not in [row.number for row in now.test]
    assert {row.number for row in before.test} - {number} <= {row.number for row in now.test}
    assert not {row.text for row in now.test} & {row.text for row in before.train}


def test_a_row_that_says_something_else_by_now_is_left_alone(studio: Studio) -> None:
    dataset, run, number = wronged(studio)
    (wrong,) = rounds.mistakes(studio, run)
    studio.data.edit(dataset, number, text="换了一句话")
    assert rounds.mistakes(studio, run)[0].part is None
    assert rounds.correct(studio, run, [Correction(number, wrong.row.text, "好评", learn=True)]).gone == 1
    assert studio.data.row(dataset, number).target == wrong.target
    studio.delete_data(dataset)
    assert rounds.mistakes(studio, run) == []
    with pytest.raises(StudioError) as caught:
        rounds.next_plan(studio, run)
    assert caught.value.key == "rounds.data_gone"


def test_a_question_that_only_the_exam_asked_becomes_a_lesson_of_its_fact_whose_answer_is_one(studio: Studio) -> None:
    dataset = studio.data.add_rows("问答", "chat", FACTS).id
    studio.data.teach(dataset, "facts")
    run = tested(studio, dataset)
    asked = next(row for row in studio.lessons(run).test if row.origin == "rule")
    one = Correction(asked.number, asked.text, "不卖了", asked.origin, learn=True)
    done = rounds.correct(studio, run, [one])
    assert (done.changed, done.learned) == (1, 1)
    rows, _ = studio.data.rows(dataset, search=asked.text)
    assert [row.target for row in rows] == ["不卖了"]
    assert sum(row.target == "不卖了" for row in studio.data.rows(dataset, limit=99)[0]) == 3
    version = studio.data.splits(dataset, studio.data.freeze(dataset))
    assert asked.text not in {row.text for row in (*version.test, *version.validation) if row.origin != "own"}


def test_rows_without_a_label_that_are_like_a_mistake_come_first(studio: Studio) -> None:
    pairs = [*REVIEWS, ("珍珠有点硬，咬不动", ""), ("下雨了", ""), ("珍珠硬得像石头", ""), ("今天周三", "")]
    dataset = studio.data.add_rows("评价", "classify", pairs).id
    run = tested(studio, dataset)
    assert rounds.line_up_like(studio, run, ["珍珠有点硬"], 2) == 2
    desk = studio.data.labelling.desk(dataset, order="first")
    first = desk.waiting(0)
    assert first and desk.card(first).row.text == "珍珠有点硬，咬不动"
    desk.put(first, "差评", 0)
    second = desk.waiting(first)
    assert second and desk.card(second).row.text == "珍珠硬得像石头" and desk.card(second).done == 1
    assert (desk.beside(second, -1), desk.beside(second, 1)) == (first, second)
    desk.undo(desk.card(first).last)
    assert desk.waiting(0) == first
    for number in (first, second):
        desk.put(number, "差评", studio.data.row(dataset, number).revision)
    assert desk.waiting(0) is None and studio.data.labelling.first(dataset) is None
    with pytest.raises(StudioError) as caught:
        rounds.line_up_like(studio, run, ["zzz"], 2)
    assert caught.value.key == "rounds.nothing_alike"


def test_cards_are_compared_on_what_both_asked_and_worse_is_told_by_the_row(studio: Studio) -> None:
    rows = [{"number": n, "text": f"第{n}条", "target": "好评", "tuned": "好评", "correct": True} for n in range(1, 5)]
    wrong = {"tuned": "差评", "correct": False}
    old = made_report(rows=[*rows[:3], {**rows[3], **wrong}])
    new = made_report(rows=[{**rows[0], **wrong}, *rows[1:2], rows[3], {**rows[0], "text": "新题", "number": 9}])
    found = compare(old, new)
    assert (found.both, found.before, found.after, found.new, found.gone) == (3, 2, 2, 1, 1)
    assert [one.row.text for one in found.worse] == ["第1条"] and found.worse[0].before == "好评"
    assert [one.row.text for one in found.better] == ["第4条"] and not found.clear
    assert isinstance(found.worse[0].row, Answered)


def test_what_differs_between_jobs_is_listed_and_the_live_one_marked(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    first = tested(studio, dataset)
    second = tested(studio, dataset, rank=4, continues="")
    assert rounds.live(studio, dataset) == second
    rounds.go_live(studio, first)
    found = rounds.compare(studio, [first, second])
    assert {"name": "rank", "values": {first: 16, second: 4}} in found["differences"]
    assert [(one["run"], one["live"]) for one in found["runs"]] == [(first, True), (second, False)]
    assert found["changes"][0]["both"] == found["runs"][0]["tuned"]["count"]
    assert differences({"a": {"rank": 1}, "b": {"rank": 1}}) == []
    with pytest.raises(StudioError) as caught:
        rounds.compare(studio, [first, first])
    assert caught.value.key == "rounds.two_runs"
    studio.delete(first)
    assert rounds.live(studio, dataset) == second


def test_a_chain_shows_which_of_its_runs_are_there_no_more(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    first = tested(studio, dataset)
    studio.data.insert(dataset, "太难喝，又来", "差评")
    second = tested(studio, dataset, continues=first)
    assert rounds.before(studio, studio.run(second)).id == first  # type: ignore[union-attr]
    studio.delete(first)
    assert [(one["run"], one["version"], one["there"]) for one in rounds.chain(studio, second)] == [
        (first, 1, False), (second, 2, True),
    ]  # fmt: skip


def test_somebody_with_little_time_gets_fewer_passes_and_is_told_what_they_give_up(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    whole = studio.plan(dataset)
    half = studio.plan(dataset, minutes=whole.estimate.seconds / 120)
    assert half.estimate.seconds <= whole.estimate.seconds / 2 and 1 <= half.config.epochs < whole.config.epochs
    assert f"{whole.config.epochs} 遍" in half.sentence["zh"]
    assert studio.plan(dataset, minutes=1000).config == whole.config
    assert "are enough" in studio.plan(dataset, minutes=1000).sentence["en"]
    none = studio.plan(dataset, minutes=0.001)
    assert none.config.epochs == 1 and "不够" in none.sentence["zh"]


def test_a_file_of_this_week_is_added_to_the_rows_of_before_and_what_they_have_is_not_added_twice(
    studio: Studio, tmp_path: Path
) -> None:
    first, second = tmp_path / "六月.csv", tmp_path / "七月.csv"
    first.write_text("评价,归类\n" + "".join(f"{text},{label}\n" for text, label in REVIEWS), encoding="utf-8")
    dataset = studio.data.add(first).id
    run = tested(studio, dataset)
    second.write_text(
        f"归类,评价\n差评,珍珠有点硬\n好评,{REVIEWS[0][0]}\n差评,珍珠 有点硬！\n,还没标的\n", encoding="utf-8"
    )
    found = rounds.add_file(studio, dataset, second)
    assert (found.added, found.known, found.left_out) == (2, 2, 0)
    assert studio.data.pairs(dataset)[-2:] == [("珍珠有点硬", "差评"), ("还没标的", "")]
    after = studio.train(rounds.next_plan(studio, run).config).id
    assert "珍珠有点硬" in {row.text for row in studio.lessons(after).lessons}
    studio.data.undo(dataset)
    assert len(studio.data.pairs(dataset)) == len(REVIEWS)
