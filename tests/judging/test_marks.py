"""Answers marked by several judges: sheets out and back in, whatever was done to them, and what the marks come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from scipy.stats import ttest_rel

from studio.errors import StudioError
from studio.judging.marks import CRITERIA, summary, weighted_kappa
from studio.judging.opinions import Contest, Mark, Side
from studio.judging.sheets import code_of, mark_in, whose
from studio.studio import Studio
from studio.words import LANGS
from tests.fakes import IGNORANT, FakeEngine
from tests.judging.conftest import sixty, talking

SECRET = b"s" * 32


@pytest.fixture
def contest(studio: Studio, run: str) -> Contest:
    return studio.judging.contest(run)


def filled(path: Path, mark: Callable[[str], object]) -> None:
    """Marks every answer of a sheet by its text."""
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows(min_row=2):
        for cell in row[4:]:
            cell.value = mark(row[3].value)
    book.save(path)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(StudioError) as refused:
        act()
    assert all(refused.value.say(lang) for lang in LANGS)
    return refused.value.key


# --- adding up


def marks(judge: str, run: list[int], against: list[int], criterion: str = "accurate") -> list[Mark]:
    given: list[tuple[Side, list[int]]] = [("run", run), ("against", against)]
    return [Mark(n, side, judge, criterion, mark) for side, all_ in given for n, mark in enumerate(all_)]


def test_means_and_their_difference_are_those_of_a_paired_t_test() -> None:
    run, against = [5, 4, 5, 3, 4, 5, 4], [2, 3, 3, 3, 1, 4, 2]
    (one,) = summary(marks("王", run, against)).criteria.values()
    theirs = ttest_rel(run, against).confidence_interval(0.95)
    assert one.run == pytest.approx(np.mean(run)) and one.against == pytest.approx(np.mean(against))
    assert one.questions == 7 and one.higher == pytest.approx(np.mean(run) - np.mean(against))
    assert one.interval == pytest.approx((theirs.low, theirs.high)) and one.agreed is None


def by_hand(pairs: list[tuple[int, int]]) -> float:
    """Cohen 1968 with squared distances."""
    first, second = np.array(pairs).T
    seen = np.mean((first - second) ** 2)
    chance = np.mean([(a - b) ** 2 for a in first for b in second])
    return 1 - seen / chance


def test_agreement_is_weighted_kappa_and_of_several_judges_the_mean_of_every_two() -> None:
    a, b, c = [5, 4, 2, 3, 1, 4], [4, 4, 2, 2, 1, 5], [5, 3, 3, 3, 2, 4]
    assert weighted_kappa(list(zip(a, b, strict=True))) == pytest.approx(by_hand(list(zip(a, b, strict=True))))
    given = [mark for judge, said in zip("abc", (a, b, c), strict=True) for mark in marks(judge, said, [])]
    (one,) = summary(given).criteria.values()
    every = [by_hand(list(zip(x, y, strict=True))) for x, y in ((a, b), (a, c), (b, c))]
    assert one.agreed and one.agreed.kappa == pytest.approx(np.mean(every)) and one.agreed.rows == 18
    assert (one.agreed.same, one.agreed.near, one.agreed.sure) == (6, 18, False)
    assert weighted_kappa([(4, 4)] * 5) == 1.0 and weighted_kappa([(4, 5)] * 5) == pytest.approx(0.0)


def test_one_side_alone_is_no_comparison() -> None:
    (one,) = summary(marks("王", [5, 4], [])).criteria.values()
    assert (one.against, one.higher, one.interval, one.questions) == (None, None, None, 0)


# --- codes and cells


def test_a_code_tells_its_answer_to_this_studio_alone() -> None:
    assert whose(SECRET, code_of(SECRET, 12, "against")) == (12, "against")
    assert whose(SECRET, f" {code_of(SECRET, 12, 'run').lower()} ") == (12, "run")
    assert whose(b"x" * 32, code_of(SECRET, 12, "run")) is None
    assert whose(SECRET, code_of(SECRET, 12, "run").replace("K12", "K13")) is None
    assert all(whose(SECRET, odd) is None for odd in ("", "12", "K", "=1+1", "K99999999999-ABCDEF"))


@pytest.mark.parametrize(
    ("cell", "mark"),
    [("5", 5), ("４", 4), (" 3 ", 3), ("2.0", 2), ("4分", 4), ("五", 5), ("3 points", 3), ("两分", 2), ("6", None),
     ("0", None), ("4.5", None), ("好", None), ("", None), ("45", None), ("-3", None)],
)  # fmt: skip
def test_a_mark_is_read_as_people_write_it(cell: str, mark: int | None) -> None:
    assert mark_in(cell) == mark


# --- out and back in


def test_sheets_of_two_judges_go_out_and_come_back(studio: Studio, contest: Contest, tmp_path: Path) -> None:
    for judge, lang, good in (("小王", "zh", 5), ("小李", "en", 4)):
        path = tmp_path / f"{judge}.xlsx"
        count = studio.judging.marking.sheet(contest, path, lang)  # type: ignore[arg-type]
        filled(path, lambda said, good=good: 1 if said == IGNORANT else good)
        taken = studio.judging.marking.take(path, judge)
        assert (taken.marks, taken.answers, taken.blank, taken.problems) == (3 * count, count, 0, ())
    found = studio.judging.marking.summary(contest)
    assert found.judges == ("小王", "小李") and list(found.criteria) == list(CRITERIA)
    accurate = found.criteria["accurate"]
    assert (accurate.run, accurate.against, accurate.higher) == (4.5, 1.0, 3.5)
    assert accurate.agreed and accurate.agreed.near == accurate.agreed.rows
    (told,) = studio.evaluate(contest.run)["judged"]
    assert told["marks"]["criteria"]["useful"]["tuned"] == 4.5 and told["marks"]["judges"] == ["小王", "小李"]


def test_a_sheet_tells_nothing_of_whose_answers_these_are(studio: Studio, contest: Contest, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    studio.judging.marking.sheet(contest, path, "zh")
    book = openpyxl.load_workbook(path)
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert len({row[0] for row in rows}) == len(rows) and not any(
        word in str(rows) for word in ("学之前", "tuned", "base")
    )
    knows = [row[3] != IGNORANT for row in rows]
    assert knows != sorted(knows) and knows != sorted(knows, reverse=True), "mixed, not one side after the other"
    assert {row[2] for row in rows} >= {row[3] for row in rows if row[3] != IGNORANT}, "the shop's own answer beside it"


def test_a_sheet_sent_back_with_odd_cells_gives_what_it_can_and_says_the_rest(
    studio: Studio, contest: Contest, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    studio.judging.marking.sheet(contest, path, "zh")
    filled(path, lambda said: 4)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["E2"], sheet["F2"], sheet["G2"], sheet["A3"], sheet["E4"] = "很好", None, "9", "K1-XXXXXX", "３分"
    sheet["H1"], sheet["H2"] = "备注", "随便写写"
    book.save(path)
    taken = studio.judging.marking.take(path, "小王")
    assert taken.blank == 1 and taken.marks == 3 * (sheet.max_row - 3)
    said = [(one["key"], one.get("row")) for one in taken.problems]
    assert said == [("judging.bad_mark", 2), ("judging.bad_mark", 2), ("judging.bad_code", 3)]
    assert taken.problems[0]["column"]["zh"] == "准确" and taken.problems[0]["cell"] == "很好"
    filled(path, lambda said: 2)
    sheet_again = studio.judging.marking.take(path, "小王")
    assert sheet_again.marks > taken.marks
    assert studio.judging.marking.summary(contest).criteria["useful"].run == 2, "the last one counts"


def test_sheets_that_cannot_be_used_are_refused_with_the_reason(
    studio: Studio, contest: Contest, tmp_path: Path
) -> None:
    marking, path = studio.judging.marking, tmp_path / "a.xlsx"
    marking.sheet(contest, path, "zh")
    assert refusal(lambda: marking.take(path, "  ")) == "judging.no_judge"
    assert refusal(lambda: marking.take(path, "王")) == "judging.no_marks"
    filled(path, lambda said: 5)
    with Studio(FakeEngine(), tmp_path / "elsewhere") as other:
        assert refusal(lambda: other.judging.marking.take(path, "王")) == "judging.foreign_sheet"
    book = openpyxl.load_workbook(path)
    book.active["A1"] = "序号"
    book.save(path)
    assert refusal(lambda: marking.take(path, "王")) == "judging.no_sheet"
    path.write_bytes(b"PK\x03\x04 not really")
    assert refusal(lambda: marking.take(path, "王")).startswith("data.")
    assert studio.judging.ledger.marks(contest) == []


def test_a_sheet_of_an_earlier_shape_gives_the_criteria_that_it_has(
    studio: Studio, contest: Contest, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    studio.judging.marking.sheet(contest, path, "zh")
    filled(path, lambda said: 3)
    book = openpyxl.load_workbook(path)
    book.active.delete_cols(6)
    book.save(path)
    taken = studio.judging.marking.take(path, "王")
    assert [one["key"] for one in taken.problems] == ["judging.no_column"]
    assert list(studio.judging.marking.summary(contest).criteria) == ["accurate", "useful"]


def test_a_sheet_comes_back_when_its_run_is_deleted(studio: Studio, contest: Contest, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    studio.judging.marking.sheet(contest, path, "zh")
    filled(path, lambda said: 3)
    studio.delete(contest.run)
    assert studio.judging.marking.take(path, "王").marks
    assert studio.judging.marking.summary(contest).answers


# --- on the page


def test_every_answer_is_shown_once_to_each_judge_until_all_are_marked(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 5)
    marking, seen = studio.judging.marking, []
    lessons = studio.lessons(contest.run)
    asked = {row.text for row in (*lessons.test, *lessons.validation)}
    while paper := marking.next(contest, "王"):
        assert paper.code not in seen
        seen.append(paper.code)
        marking.give(paper.code, "王", dict.fromkeys(CRITERIA, 4))
    assert len(seen) == 10 + 2 * len(asked)
    assert marking.next(contest, "李")
    assert refusal(lambda: marking.give("K1-AAAAAA", "王", {})) == "judging.foreign_sheet"


def test_same_answers_are_marked_once_for_both(studio: Studio, run: str) -> None:
    contest = studio.judging.contest(run, talking(studio, "别的"))
    paper = studio.judging.marking.next(contest, "王")
    assert paper
    studio.judging.marking.give(paper.code, "王", dict.fromkeys(CRITERIA, 3))
    assert {one.of for one in studio.judging.ledger.marks(contest)} == {"run", "against"}
    again = studio.judging.marking.next(contest, "王")
    assert again and again.text != paper.text
