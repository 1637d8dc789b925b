"""What an arrangement tells is a guess like any other: it is shown, and a person can say otherwise."""

from __future__ import annotations

from pathlib import Path

from studio.data.datastore import DataStore
from studio.data.intake.intake import Wish
from studio.data.reading.headers import numbered

PAIRS = "question,answer,question 2,answer 2\n几点开门,九点,几点关门,十点\n有车位吗,有,能刷卡吗,能\n"
CLASSES = "评论,好评,差评\n很好喝,1,0\n太难喝了,0,1\n下次还来,1,0\n等了很久,0,1\n"
WAYS = "标准问,相似问,答案\n怎么退货,能退吗|想退货,去订单页\n怎么换货,能换吗|想换货,去售后页\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "表.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_roles_that_were_shown_can_be_sent_back_as_they_are(store: DataStore, tmp_path: Path) -> None:
    for text, rows in ((PAIRS, 4), (CLASSES, 4), (WAYS, 6)):
        first = store.add(written(tmp_path, text))
        again = store.reinterpret(first.id, Wish(first.task, first.report.roles))
        assert (again.report.roles, again.report.rows) == (first.report.roles, rows)
        assert store.pairs(again.id) == store.pairs(first.id)


def test_a_person_who_names_a_column_has_the_table_as_it_stands(store: DataStore, tmp_path: Path) -> None:
    second = store.add(written(tmp_path, PAIRS), task="chat", roles={"question 2": "prompt", "answer 2": "reply"})
    assert store.pairs(second.id) == [("几点关门", "十点"), ("能刷卡吗", "能")]
    marks = store.add(written(tmp_path, CLASSES), roles={"好评": "label"})
    assert {target for _, target in store.pairs(marks.id)} == {"1", "0"}
    alone = store.add(written(tmp_path, WAYS), task="chat", roles={"相似问": "ignore"})
    assert alone.report.rows == 2


def test_a_number_is_found_wherever_a_name_has_it() -> None:
    for name in ("question2", "question_2", "Question 2", "question (2)", "question-2", "2nd question", "#2 question"):
        assert numbered(name) == ("question", 2), name
    for name in ("问题2", "问题（2）", "问题二", "问题B", "问题 b"):
        assert numbered(name) == ("问题", 2), name
    assert [numbered(name) for name in ("question", "2", "B", "label", "数据")] == [None] * 5
