"""Of two answers with a column that says which is better, the better one is learned, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.datastore import DataStore
from studio.workspace import Workspace

FIRST, SECOND = "您好，这个问题马上为您处理。", "不知道，自己看。"
TABLES = [
    ("问题", "回答A", "回答B", "哪个更好", ("A", "B", "平局")),
    ("prompt", "completion_a", "completion_b", "winner", ("a", "b", "tie")),
    ("question", "response_a", "response_b", "winner", ("model_a", "model_b", "tie (bothbad)")),
    ("question", "answer 1", "answer 2", "better", ("1", "2", "")),
    ("问题", "回答甲", "回答乙", "选哪个", ("选甲", "选乙", "都不好")),
    ("prompt", "output_left", "output_right", "preference", ("left", "right", "neither")),
]


@pytest.fixture
def store(tmp_path: Path) -> DataStore:
    return DataStore(Workspace(tmp_path / "home"))


@pytest.mark.parametrize("task", [None, "chat"])
@pytest.mark.parametrize(("asks", "one", "other", "judge", "said"), TABLES)
def test_the_better_of_two_is_taken_row_by_row(
    store: DataStore,
    tmp_path: Path,
    task: str | None,
    asks: str,
    one: str,
    other: str,
    judge: str,
    said: tuple[str, ...],
) -> None:
    lines = [f"{asks},{one},{other},{judge}"]
    for n in range(40):
        good, bad = f"{FIRST}{n}", f"{SECOND}{n}"
        lines.append(f"第{n}个怎么办？,{good},{bad},{said[0]}" if n % 2 else f"第{n}个怎么办？,{bad},{good},{said[1]}")
    lines.append(f"第40个怎么办？,{FIRST},{SECOND},{said[2]}")
    file = tmp_path / "表.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    found = store.add(file, task=task) if task else store.add(file)
    rows, count = store.rows(found.id)
    assert (found.task, count) == (task or "prefer", 40)
    assert all(row.target.startswith(FIRST) for row in rows)
    assert [entry["reason"] for entry in found.report.dropped] == ["data.no_winner"]


def test_two_answers_with_classes_that_are_no_judgement_are_not_compared(store: DataStore, tmp_path: Path) -> None:
    file = tmp_path / "表.csv"
    rows = [f"第{n}个怎么办？,{FIRST}{n},{SECOND}{n},{1 + n % 2}" for n in range(20)]
    file.write_text("\n".join(["问题,回答1,回答2,门店", *rows]), encoding="utf-8")
    assert store.add(file).task != "prefer"
