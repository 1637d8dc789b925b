"""Conversations as public tools and public reports have them: the turns are read, what is not learned is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.data.datastore import DataStore
from studio.data.intake.intake import Wish, report_from_json, report_to_json, understand
from studio.data.reading.child import tabulate_file
from studio.data.reading.shapes.speakers import cast, speaker_of
from studio.data.reading.shapes.tagged import tagged
from studio.data.schema import Example, ImportReport
from studio.errors import StudioError
from studio.words import LANGS, say
from tests.data.conftest import Read, refusal

CASES = Path(__file__).parents[3] / "shared" / "cases"
# File → rows, the last row's question and answer, what was said before it, reasons with their counts.
RIGHT: dict[str, tuple[int, str, str, list[str], dict[str, int]]] = {
    "c01_parts_value.jsonl": (6, "第6问：几点关门？", "晚上6点关门。", [], {}),
    "c02_chosen_messages.jsonl": (6, "能退货吗6", "七天内可以退，单号6。", [], {}),
    "c03_kto_flat.jsonl": (4, "几点开门4", "早上4点开门", [], {"rejected_answer": 4, "thumbs_left_out": 1}),
    "c07_weight.jsonl": (6, "礼貌点", "抱歉，您好6！", ["你好6", "滚"], {"not_to_learn": 6}),
    "c12_moss.jsonl": (4, "能便宜点吗4", "不好意思，已是最低价4。", ["你是小店客服。"], {}),
    "c13_belle_multi.jsonl": (6, "满多少？", "满60减5。", ["今天6号，有活动吗？", "有满减。"], {}),
    "d09_long_chat.csv": (14, "几天能到？", "还要7天。", ["第7单到哪了？", "第7单已到杭州。"], {"turns_by_row": 7}),
    "d15_chatml.jsonl": (8, "7号怎么退？", "去订单页退7号。", [], {}),
    "d16_reasoning.jsonl": (8, "7+1=?", "<think>\n7加1\n</think>\n\n8", [], {"thoughts": 8}),
    "f01_two_assistant.jsonl": (12, "谢谢", "不客气", ["6号店几点关门", "您好\n晚上6点关门"], {}),
    "f16_sharegpt_text.json": (6, "5号问题", "5号回答", [], {}),
    "f18_query_answer_list.jsonl": (6, "5号怎么走", "坐5路", [], {"further_answers_left_out": 6}),
    "f20_bot_first.jsonl": (6, "6号到哪了", "6号到杭州", ["您好，请问有什么可以帮您？"], {}),
}
NOTHING = {"c04_toolcall.jsonl": "data.after_tool", "c09_image.jsonl": "data.has_media"}


def read(path: Path) -> tuple[list[Example], ImportReport]:
    return understand(tabulate_file(path), Wish(), path.name)


def reasons(report: ImportReport) -> dict[str, int]:
    """How often each is given, after a look whether it can be said."""
    found: dict[str, int] = {}
    for entry in (*report.dropped, *report.notes, *report.repaired):
        assert all(say(entry["reason"], lang, **entry) for lang in LANGS)
        key = entry["reason"].removeprefix("data.")
        found[key] = found.get(key, 0) + entry.get("n", 1)
    return found


@pytest.mark.parametrize("name", RIGHT)
def test_a_reported_file_is_read_as_a_careful_person_would(name: str) -> None:
    if not (CASES / name).exists():
        pytest.skip("the shared cases are not here")
    rows, question, answer, before, said = RIGHT[name]
    examples, report = read(CASES / name)
    assert (report.task, len(examples)) == ("prefer" if "chosen" in name else "chat", rows)
    assert (examples[-1].text, examples[-1].target) == (question, answer)
    assert [message.content for message in examples[-1].context] == before
    assert reasons(report) == said


@pytest.mark.parametrize("name", NOTHING)
def test_a_file_of_which_nothing_can_be_learned_is_refused_with_the_reason(name: str) -> None:
    if not (CASES / name).exists():
        pytest.skip("the shared cases are not here")
    with pytest.raises(StudioError) as refused:
        read(CASES / name)
    details: dict[str, Any] = {"file": name, **refused.value.details}
    assert refused.value.key == "data.all_left_out" and details["rows"] == 6
    for lang in LANGS:
        said = say(NOTHING[name], lang, n=6)
        assert said in StudioError("data.all_left_out", **details).say(lang)


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("Human", "user"), ("客服小王", "assistant"), ("user_1", "user"), ("[MOSS]:",
        "assistant"), ("function_call", "tool"),
        ("Agent 2", "assistant"), ("买家", "user"), ("甲", None), ("usher", None), ("好评", None),
    ],
)  # fmt: skip
def test_a_speakers_name_says_who_speaks(name: str, speaker: str | None) -> None:
    assert speaker_of(name) == speaker


def test_of_two_who_speak_the_one_without_a_known_name_is_the_other() -> None:
    assert cast(["客服", "张三"]) == {"客服": "assistant", "张三": "user"}
    assert cast(["甲", "乙"]) == {"甲": "user", "乙": "assistant"}
    assert cast(["甲", "乙", "丙"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "好喝",
        "a < b > c",
        "客服：不退",
        "店员说：\n客服：不退\n用户：好",
        "# 标题\n## 小节",
        "please tell the user: hello",
        "<b>好</b>：1",
        "添加密码输入框，需要设置<input>标签的哪个属性？",
    ],
)
def test_a_text_that_is_no_conversation_is_left_alone(text: str) -> None:
    assert tagged(text) is None


def test_a_person_may_let_answers_that_are_judged_bad_be_learned(read_text: Read) -> None:
    table = read_text("问题,回答,是否采纳\n几点开门,九点,是\n几点关门,不知道,否\n")
    assert len(understand(table, Wish(), "f")[0]) == 1
    assert len(understand(table, Wish(roles={"是否采纳": "ignore"}), "f")[0]) == 2


def test_a_label_that_is_no_judgement_drops_nothing(read_text: Read) -> None:
    table = read_text("问题,回答,标签\n几点开门,九点,营业\n怎么退货,七天内,售后\n")
    examples, report = understand(table, Wish(), "f")
    assert (len(examples), report.dropped) == (2, ())


def test_pictures_alone_are_no_text_to_classify_either(read_text: Read) -> None:
    table = read_text("评论,标签\n<image>,好评\n好喝,好评\n<video>,差评\n难喝,差评\n")
    examples, report = understand(table, Wish(), "f")
    assert [example.text for example in examples] == ["好喝", "难喝"]
    assert reasons(report) == {"has_media": 2}


def test_a_conversation_in_which_nobody_knows_who_speaks_is_refused(read_json: Read) -> None:
    turns = [{"role": name, "content": "1"} for name in ("甲", "乙", "丙")]
    assert refusal(lambda: read_json([{"messages": turns}])) == "data.all_left_out"


def test_a_report_of_before_says_how_many_worse_answers_were_left_out(read_json: Read) -> None:
    table = read_json([{"prompt": f"问{n}", "chosen": "好", "rejected": "坏"} for n in range(3)])
    report = understand(table, Wish("chat"), "f")[1]
    old = replace(report, notes=({"reason": "data.chosen_only"},))
    assert (
        report_from_json(report_to_json(old)).notes == ({"reason": "data.rejected_left_out", "n": 3},) == report.notes
    )


def test_a_table_of_which_nothing_can_be_learned_is_refused_by_its_name(store: DataStore, tmp_path: Path) -> None:
    path = tmp_path / "质检.csv"
    path.write_text("问题,回答,质检结果\n几点开门,滚,不合格\n在哪,不知道,不合格\n" * 2, encoding="utf-8")
    with pytest.raises(StudioError) as refused:
        store.add(path)
    assert refused.value.key == "data.all_left_out"
    assert all("质检.csv" in refused.value.say(lang) for lang in LANGS)


FOUR = ("小王", "阿珍", "李姐", "老板娘")
GROUPS = {
    "a line each": [f"[2024/3/{1 + n // 4}, 10:{10 + n}:00] {FOUR[n % 4]}: 第{n}句，今天吃什么" for n in range(12)],
    "words below": [f"2024-03-0{1 + n // 4} 10:{10 + n}:00 {FOUR[n % 4]}(1234{n % 4})\n第{n}句\n" for n in range(12)],
}


@pytest.mark.parametrize("form", GROUPS)
def test_a_group_chat_is_refused_by_its_name_and_says_what_to_do(form: str, tmp_path: Path) -> None:
    path = tmp_path / "群.txt"
    path.write_text("\n".join(GROUPS[form]), encoding="utf-8")
    with pytest.raises(StudioError) as refused:
        read(path)
    assert (refused.value.key, refused.value.details["writers"]) == ("data.group_chat", 4)
    said = StudioError(refused.value.key, file="群.txt", **refused.value.details).say("zh")
    assert "4 个人在说话（小王、阿珍、李姐、老板娘）" in said and "客服" in said


def test_a_group_chat_in_which_one_is_called_the_shop_is_read(tmp_path: Path) -> None:
    path = tmp_path / "群.txt"
    path.write_text("\n".join(GROUPS["a line each"]).replace("老板娘", "客服"), encoding="utf-8")
    examples, _ = read(path)
    assert [one.target for one in examples] == [f"第{n}句，今天吃什么" for n in (3, 7, 11)]


def test_opinions_behind_a_time_and_a_name_are_no_group_chat(tmp_path: Path) -> None:
    path = tmp_path / "评价.txt"
    path.write_text("\n".join(f"[2024/3/1, 10:{10 + n}:00] 顾客{n}号: 味道{n}分" for n in range(12)), encoding="utf-8")
    assert len(tabulate_file(path).rows) == 12
