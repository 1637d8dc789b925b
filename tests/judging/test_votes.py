"""Votes on answers: kept whatever happens, given blindly, added up honestly, and learned from."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.data.schema import Message
from studio.errors import StudioError
from studio.judging.judging import at_left
from studio.judging.opinions import Asked, Contest, Correction, Match, Verdict
from studio.judging.tally import further, tally
from studio.studio import Studio
from tests.fakes import IGNORANT, FakeEngine
from tests.judging.conftest import sixty, talking

CONTEST = Contest("data-1", "run-1", 10)


def match(number: int, answer: str = "好", other: str = "坏") -> Match:
    return Match(number, Asked(f"第{number}问"), answer, other)


def votes(wins: int, losses: int, level: int = 0) -> tuple[list[Match], list[Verdict]]:
    said = ["run"] * wins + ["against"] * losses + ["same"] * level
    return (
        [match(n) for n in range(len(said))],
        [Verdict(n, "王", better, "blind") for n, better in enumerate(said)],  # type: ignore[arg-type]
    )


# --- adding up


def test_a_clear_lead_is_told_and_a_narrow_one_says_how_many_votes_it_lacks() -> None:
    clear = tally(*votes(20, 3, 4), ("blind",))
    assert (clear.wins, clear.losses, clear.level, clear.sure, clear.more) == (20, 3, 4, True, 0)
    narrow = tally(*votes(8, 4), ("blind",))
    assert not narrow.sure and narrow.more
    told = tally(*votes(*(round((12 + narrow.more) * part / 12) for part in (8, 4))), ("blind",))
    assert told.sure, "that many more votes at the same pace do tell"


def test_level_votes_take_longer_and_even_ones_have_no_end_in_sight() -> None:
    assert (further(8, 4, 12) or 0) >= 1.8 * (further(8, 4, 0) or 0) > 0
    assert further(10, 10, 0) is None and further(0, 0, 5) is None


def test_same_answers_need_no_vote_and_one_question_counts_once() -> None:
    matches = [match(1), match(2), match(3, "一样", "一样 "), match(4)]
    said = [
        Verdict(1, "王", "run", "blind"), Verdict(1, "李", "run", "blind"), Verdict(1, "张", "against", "blind"),
        Verdict(2, "王", "run", "blind"), Verdict(2, "李", "against", "blind"), Verdict(4, "王", "run", "seen"),
    ]  # fmt: skip
    found = tally(matches, said, ("blind",))
    assert (found.wins, found.losses, found.level, found.alike, found.waiting) == (1, 0, 1, 1, 1)
    assert found.judges == ("王", "李", "张")
    assert found.agree and (found.agree.rows, found.agree.same, found.agree.sure) == (4, 1, False)


# --- blindly


def test_which_side_is_whose_is_chance_but_the_same_when_shown_again() -> None:
    sides = Counter(at_left(number, "王") for number in range(1000))
    assert 440 < sides["run"] < 560
    assert [at_left(n, "王") for n in range(50)] == [at_left(n, " 王 ") for n in range(50)]
    assert [at_left(n, "王") for n in range(50)] != [at_left(n, "李") for n in range(50)]


def test_whoever_always_likes_the_run_gives_it_every_vote_whatever_the_side(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)
    sixty(studio, contest)
    for _ in range(60):
        shown = studio.judging.next(contest, "王")
        assert shown
        studio.judging.vote(shown.match, "王", "left" if shown.left.startswith("您好") else "right")
    found = studio.judging.tally(contest)
    assert (found.wins, found.losses, found.judges) == (60, 0, ("王",)) and found.sure and found.more == 0


def test_questions_of_the_exam_are_asked_of_both_a_few_at_a_time(studio: Studio, run: str) -> None:
    contest, seen = studio.judging.contest(run), set()
    lessons = studio.lessons(run)
    exam = {row.text for row in (*lessons.test, *lessons.validation)}
    while shown := studio.judging.next(contest, "王"):
        assert {shown.left, shown.right} == {IGNORANT, studio.ask(run, shown.text)}
        seen.add(shown.text)
        studio.judging.vote(shown.match, "王", "same")
    assert seen == exam and len(exam) > 3
    assert studio.judging.next(contest, "李"), "another judge begins anew"
    assert len(studio.judging.ledger.matches(contest)) == len(exam), "with the answers that are there"


def test_what_somebody_saw_with_its_names_is_not_asked_blindly(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)
    studio.judging.seen(contest, Asked("远吗"), ("不远", "远"), "run")
    shown = studio.judging.next(contest, "王")
    assert shown and shown.text != "远吗"
    assert studio.judging.tally(contest).judged == 0


def test_a_typed_question_is_asked_of_both(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)
    shown = studio.judging.ask(contest, " 奶茶多少钱啊 ", "王")
    assert shown.text == "奶茶多少钱啊" and {shown.left, shown.right} == {IGNORANT, "奶茶9元一杯"}
    with pytest.raises(StudioError) as refusal:
        studio.judging.ask(contest, " ", "王")
    assert refusal.value.key == "chat_tab.nothing_asked"


def test_two_runs_are_compared_on_the_questions_of_the_first(studio: Studio, run: str) -> None:
    other = talking(studio, "别的")
    assert [one.id for one in studio.judging.rivals(run)] == [other]
    contest = studio.judging.contest(run, other)
    assert studio.judging.prepare(contest, 3) == 3
    assert all(one.alike for one in studio.judging.ledger.matches(contest)), "both learned the same"
    with pytest.raises(StudioError) as refusal:
        studio.judging.contest(run, run)
    assert refusal.value.key == "judging.itself"


def test_the_last_vote_can_be_taken_back_and_is_asked_again(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)
    first, second = sixty(studio, contest, 2)
    studio.judging.vote(first, "王", "left")
    studio.judging.vote(second, "王", "right")
    back = studio.judging.take_back(contest, "王")
    assert back and back.match == second
    assert studio.judging.tally(contest).judged == 1
    assert studio.judging.next(contest, "王") == back
    assert studio.judging.take_back(contest, "李") is None


def test_a_vote_on_what_is_not_there_is_said(studio: Studio) -> None:
    with pytest.raises(StudioError) as refusal:
        studio.judging.vote(77, "王", "left")
    assert refusal.value.key == "judging.no_such_match"


def test_a_run_that_classifies_has_nothing_to_vote_on(studio: Studio) -> None:
    rows = [(f"第{n}次来", ("好评", "差评")[n % 2]) for n in range(30)]
    run = studio.train(studio.plan(studio.data.add_rows("评论", "classify", rows).id).config).id
    with pytest.raises(StudioError) as refusal:
        studio.judging.contest(run)
    assert refusal.value.key == "judging.no_words"


# --- nothing is lost


def test_votes_outlive_their_run_and_the_program(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        run = talking(studio)
        contest = studio.judging.contest(run)
        first, second = sixty(studio, contest, 2)
        studio.judging.vote(first, "王", "left")
        studio.delete(run)
        studio.judging.vote(second, "王", "right")
        with pytest.raises(StudioError) as refusal:
            studio.judging.contest(run)
        assert refusal.value.key == "judging.run_gone"
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        assert studio.judging.tally(contest).judged == 2
        assert len(studio.judging.learnable(run)["prefer"].rows) == 2


def test_a_run_that_learned_on_is_judged_anew(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)
    assert contest.step == studio.run(run).progress.step > 0
    later = Contest(contest.dataset, run, contest.step + 5)
    sixty(studio, contest, 3)
    assert studio.judging.ledger.matches(later) == []


def test_two_who_judge_at_once_lose_no_vote_and_keep_one_answer_a_question(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)

    def all_of_it(judge: str) -> int:
        count = 0
        while shown := studio.judging.next(contest, judge):
            studio.judging.vote(shown.match, judge, "left")
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(all_of_it, ["王", "李", "张", "赵"]))
    matches = studio.judging.ledger.matches(contest)
    assert len({match.asked for match in matches}) == len(matches)
    assert counts == [sum(not match.alike for match in matches)] * 4
    assert len(studio.judging.ledger.verdicts(contest)) == sum(counts)


# --- learning from it


def test_votes_and_corrections_become_pairs_and_corrections_questions(studio: Studio, run: str) -> None:
    contest, before = (
        studio.judging.contest(run),
        (Message("system", "你是小灶"), Message("user", "在吗"), Message("assistant", "在")),
    )
    liked = Asked("奶茶甜吗", before)
    studio.judging.seen(contest, liked, ("可以选三分糖。", "甜。"), "run")
    studio.judging.seen(contest, Asked("远吗"), ("不远", "出门右转"), "against", " 小王 ")
    studio.judging.seen(contest, Asked("累吗"), ("不累", "累"), "same")
    studio.judging.correct(Correction(contest.dataset, run, Asked("几点关门", (), "晚上十点。"), "不知道"))
    found = studio.judging.learnable(run)
    pairs = found["prefer"]
    assert [(row.text, row.target, row.rejected) for row in pairs.rows] == [
        ("奶茶甜吗", "可以选三分糖。", "甜。"), ("远吗", "出门右转", "不远"), ("几点关门", "晚上十点。", "不知道"),
    ]  # fmt: skip
    assert (pairs.votes, pairs.corrections, pairs.left_out, pairs.missing) == (3, 1, 1, 27)
    made = studio.judging.learn(run, "prefer", "七月的评价")
    assert (made.name, made.task, made.report.rows, made.report.dropped) == ("七月的评价", "prefer", 3, ())
    rows, _ = studio.data.rows(made.id)
    assert [(row.text, row.target, row.rejected) for row in rows] == [
        (r.text, r.target, r.rejected) for r in pairs.rows
    ]
    assert rows[0].context == before, "what was said before is learned, too"
    asked = studio.judging.learn(run, "chat", "改过的")
    assert studio.data.pairs(asked.id) == [("几点关门", "晚上十点。")]


def test_a_blind_vote_is_a_pair_and_that_of_a_model_is_not(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)
    first, second = sixty(studio, contest, 2)
    studio.judging.ledger.say(Verdict(first, "gpt", "against", "model"))
    studio.judging.vote(second, "王", "left" if at_left(second, "王") == "run" else "right")
    assert [row.text for row in studio.judging.learnable(run)["prefer"].rows] == ["第1问"]


def test_of_votes_that_contradict_each_other_the_later_one_counts(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run)
    studio.judging.seen(contest, Asked("远吗"), ("近", "远"), "run")
    studio.judging.seen(contest, Asked("远吗"), ("远", "近"), "run")
    found = studio.judging.learnable(run)["prefer"]
    assert [(row.target, row.rejected) for row in found.rows] == [("远", "近")] and found.left_out == 1


def test_nothing_to_learn_and_nothing_corrected_are_said(studio: Studio, run: str) -> None:
    for refused, key in (
        (lambda: studio.judging.learn(run, "prefer", "空"), "judging.nothing_to_learn"),
        (lambda: studio.judging.correct(Correction("d", run, Asked("问", (), " "), "答")), "judging.nothing_corrected"),
    ):
        with pytest.raises(StudioError) as refusal:
            refused()
        assert refusal.value.key == key


def test_votes_of_other_runs_of_the_same_dataset_are_learned_together(studio: Studio, run: str) -> None:
    again = studio.train(studio.plan(studio.run(run).config.dataset, changes={"epochs": 2}).config).id
    for one in (run, again):
        studio.judging.seen(studio.judging.contest(one), Asked(f"问{one}"), ("是", "否"), "run")
    studio.judging.seen(studio.judging.contest(talking(studio, "别家")), Asked("别家"), ("是", "否"), "run")
    assert {row.text for row in studio.judging.learnable(run)["prefer"].rows} == {f"问{run}", f"问{again}"}


def test_the_report_card_tells_the_votes(studio: Studio, run: str) -> None:
    assert "judged" not in studio.evaluate(run)
    contest = studio.judging.contest(run)
    (first,) = sixty(studio, contest, 1)
    studio.judging.vote(first, "王", "same")
    (told,) = studio.evaluate(run)["judged"]
    assert told["against"] == "base" and told["votes"]["level"] == 1 and told["votes"]["interval"] == [0.0, 1.0]
