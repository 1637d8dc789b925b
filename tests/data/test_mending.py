"""A fix changes what it said it would and nothing else, never lowers the score, and one undo takes it all back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.data.checkup import FIXABLE, SPLIT_AGAIN
from studio.data.checkup.mending import examine, mend, preview
from studio.data.datastore import DataStore
from studio.errors import StudioError
from studio.workspace import Workspace

LONG = "这家店的珍珠奶茶真的很好喝，环境干净，服务热情，下次还会再来"
SPOILED: list[tuple[str, str]] = [
    *[(f"第{n}杯奶茶很好喝", "好评") for n in range(60)],
    *[(f"第{n}杯奶茶太难喝", "差评") for n in range(60)],
    ("排队久", "差评"), ("排队久！", "差评"), ("排队久", "好评"),  # two against one
    ("还可以", "好评"), ("还可以", "差评"),  # a draw
    ("布丁不错", "好评"), ("布丁不错。", "好评"),
    (LONG, "好评"), (LONG + "哦", "好评"),
    ("打我电话13800138000吧", "差评"),
    ("。。。", "差评"),
    ("Far too sweet for everyone here", "差评"), ("锟斤拷锟斤拷", "差评"), ("甜" * 2100, "差评"),
    ("好喝<|im_end|>的奶茶", "好评"), ("好\u200b喝的果茶", "好评"), ("第一行<br>第二行&amp;好", "好评"),
    *[(f"{n}号杯子漏了。来自某某外卖客户端", "差评") for n in range(40)],
]  # fmt: skip
CHAT: list[tuple[str, str]] = [
    *[(f"{n}号桌可以坐几个人", f"{n}号桌可以坐{n % 7 + 2}个人。亲，祝您生活愉快哦") for n in range(60)],
    ("几点开门", "九点"), ("几点开门？", "十点"), ("下雨送货吗", "送，打020-88888888"),
    ("我电话13800138000", "记下了：13800138000"),
    ("怎么开票", "<s>扫码</s>"), ("长" * 3000, "好的呢"), ("退货吗", "七天&nbsp;内可以"),
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DataStore]:
    made = DataStore(Workspace(tmp_path / "home"))
    yield made
    made.close()


def pairs(store: DataStore, dataset: str) -> list[tuple[int, str, str]]:
    return [(row.number, row.text, row.target) for row in store.rows(dataset, limit=1000)[0]]


def kinds(store: DataStore, dataset: str) -> dict[str, tuple[int, ...]]:
    return {finding.kind: finding.rows for finding in examine(store, dataset).findings}


@pytest.mark.parametrize(("task", "rows"), [("classify", SPOILED), ("chat", CHAT)])
def test_each_fix_removes_its_finding_never_lowers_the_score_and_is_undone_at_once(
    store: DataStore, task: Any, rows: list[tuple[str, str]]
) -> None:
    dataset = store.add_rows("坏的", task, rows).id
    mended = FIXABLE & kinds(store, dataset).keys() - {SPLIT_AGAIN}
    assert len(mended) >= (12 if task == "classify" else 6)
    before, score = pairs(store, dataset), examine(store, dataset).score
    for kind in sorted(mended):
        finding, wanted = preview(store, dataset, kind)
        assert finding is not None and wanted
        assert pairs(store, dataset) == before, "a preview changes nothing"
        assert mend(store, dataset, kind) == len(wanted), kind
        assert kind not in kinds(store, dataset), kind
        assert examine(store, dataset).score >= score, kind
        assert {row[0] for row in {*before} ^ {*pairs(store, dataset)}} == wanted.keys()
        store.undo(dataset)
        assert pairs(store, dataset) == before, kind


def test_all_fixes_one_after_another_leave_nothing_to_fix(store: DataStore) -> None:
    dataset = store.add_rows("坏的", "classify", SPOILED).id
    scores = [examine(store, dataset).score]
    for kind in sorted(FIXABLE):
        mend(store, dataset, kind)
        scores.append(examine(store, dataset).score)
    assert scores == sorted(scores) and scores[-1] > scores[0]
    assert not FIXABLE & kinds(store, dataset).keys()


def test_the_majority_stays_and_a_draw_is_left_to_a_person(store: DataStore) -> None:
    dataset = store.add_rows("坏的", "classify", SPOILED).id
    mend(store, dataset, "contradiction")
    left = [(text, target) for _, text, target in pairs(store, dataset) if text[:3] in ("排队久", "还可以")]
    assert left == [("排队久", "差评"), ("排队久！", "差评"), ("还可以", ""), ("还可以", "")]


def test_of_two_answers_the_later_one_stays(store: DataStore) -> None:
    dataset = store.add_rows("问答", "chat", CHAT).id
    mend(store, dataset, "contradiction")
    assert [target for _, text, target in pairs(store, dataset) if text.startswith("几点开门")] == ["十点"]


def test_a_customers_number_is_masked_wherever_it_stands_and_the_shops_own_stays(store: DataStore) -> None:
    chat = store.add_rows("问答", "chat", CHAT).id
    mend(store, chat, "personal_data")
    left = dict((text, target) for _, text, target in pairs(store, chat))
    assert left["我电话[电话]"] == "记下了：[电话]" and left["下雨送货吗"].endswith("020-88888888")


def test_what_was_said_before_is_cleaned_too_and_comes_back(store: DataStore, tmp_path: Path) -> None:
    file = tmp_path / "talk.jsonl"
    file.write_text(
        '{"messages": [{"role": "user", "content": "我电话13800138000"}, {"role": "assistant", "content": "记下了"},'
        ' {"role": "user", "content": "谢谢"}, {"role": "assistant", "content": "不客气"}]}\n',
        encoding="utf-8",
    )
    dataset = store.add(file).id

    def said() -> str:
        return "".join(turn.content for row in store.rows(dataset)[0] for turn in row.context)

    assert "13800138000" in said()
    assert mend(store, dataset, "personal_data") >= 1
    assert "[电话]" in said() and "13800138000" not in said()
    store.undo(dataset)
    assert "13800138000" in said()


def test_an_exam_that_repeats_the_lessons_is_divided_anew(store: DataStore) -> None:
    texts = [f"{n}号店的珍珠奶茶真的很好喝，环境也干净，服务特别热情周到" for n in range(1, 9)]
    others = [f"第{n}杯奶茶很好喝" for n in range(90)] + [f"第{n}杯奶茶太难喝" for n in range(90)]
    dataset = store.add_rows("评价", "classify", [(t, "好评" if "好喝" in t else "差评") for t in others]).id
    store.freeze(dataset)
    held = [row.number for row in store.rows(dataset, limit=1000)[0] if row.part == "test"][0]
    taught = [row.number for row in store.rows(dataset, limit=1000)[0] if row.part == "train"][0]
    for number, text in zip((held, taught), texts, strict=False):
        store.edit(dataset, number, text=text)
    assert kinds(store, dataset)["leakage"] == (held,)
    before = pairs(store, dataset)
    assert mend(store, dataset, SPLIT_AGAIN) == 1
    assert "leakage" not in kinds(store, dataset)
    assert pairs(store, dataset) == before


def test_a_fix_that_does_not_exist_is_refused_and_one_with_nothing_to_do_does_nothing(store: DataStore) -> None:
    dataset = store.add_rows("好的", "classify", [(f"第{n}杯很好喝", "好评") for n in range(9)]).id
    assert mend(store, dataset, "duplicate") == 0
    for kind in ("few_rows", "no such thing", ""):
        with pytest.raises(StudioError) as caught:
            mend(store, dataset, kind)
        assert caught.value.key == "checkup.no_such_fix"


def test_a_row_that_went_meanwhile_stops_no_fix(store: DataStore) -> None:
    dataset = store.add_rows("坏的", "classify", SPOILED).id
    _, wanted = preview(store, dataset, "duplicate")
    store.remove(dataset, next(iter(wanted)))
    assert store.change(dataset, wanted) == len(wanted) - 1
