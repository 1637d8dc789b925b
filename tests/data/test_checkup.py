"""The check-up finds what was put there, counts it exactly, and leaves clean rows alone."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from studio.assets import EXAMPLES
from studio.data.checkup import FIXABLE, KINDS, changes, checkup, look_for
from studio.data.checkup.wording import tokens
from studio.data.intake.identity import FACTS
from studio.data.reading.read import read_table
from studio.data.schema import Message, Part, Row
from studio.words import LANGS, catalogue
from tests.data.checked import CLEAN, CLEAN_CHAT, found, looked, rows


def test_clean_rows_have_no_findings_and_the_full_score() -> None:
    for pairs, task in ((CLEAN, "classify"), (CLEAN_CHAT, "chat")):
        seen = looked(*pairs, task=task)
        assert (seen.findings, seen.score, seen.advice) == ((), 100, None)


def test_no_rows_at_all_are_told_of_and_score_nothing() -> None:
    seen = looked()
    assert seen.score == 0 and [finding.kind for finding in seen.findings] == ["few_rows"]
    assert seen.advice is not None and seen.advice.key == "add_first"


# repeats


def test_the_same_text_with_two_labels_is_a_contradiction_and_with_one_a_duplicate() -> None:
    spoiled = [*CLEAN, ("珍珠 很Q弹！", "好评"), ("珍珠很q弹", "差评"), ("布丁不错", "好评"), ("布丁不错。", "好评")]
    assert found(*spoiled) == {"contradiction": (121, 122), "duplicate": (124,)}


def test_the_same_question_with_two_answers_is_a_contradiction_and_a_full_stop_more_is_none() -> None:
    spoiled = [*CLEAN_CHAT, ("几点开门", "九点"), ("几点开门？", "十点"), ("有WiFi吗", "有的"), ("有wifi吗", "有的。")]
    assert found(*spoiled, task="chat") == {"contradiction": (121, 122), "duplicate": (124,)}


def test_the_same_words_after_another_conversation_are_not_the_same() -> None:
    told = [Row(n, "好的", f"答{n}", None, 0, False, (Message("user", f"问{n}"),)) for n in range(120)]
    assert {finding.kind for finding in checkup(told, "chat").findings} == set()


LONG = "这家店的珍珠奶茶真的很好喝，环境干净，服务热情，下次还会再来"


def test_a_row_that_repeats_another_but_for_a_few_characters_names_it() -> None:
    spoiled = [*CLEAN, (LONG, "好评"), (LONG + "哦", "好评"), (LONG.replace("干净", "一般"), "差评"), (LONG, "好评")]
    findings = {finding.kind: finding for finding in looked(*spoiled).findings}
    assert findings.keys() == {"near_duplicate", "duplicate"}
    assert (findings["near_duplicate"].rows, findings["near_duplicate"].twins) == ((122,), (121,))
    assert (findings["duplicate"].rows, findings["duplicate"].twins) == ((124,), (121,))


def test_paraphrases_of_a_short_question_are_no_repeats() -> None:
    paraphrases = [("珍珠煮多久", "三十分钟"), ("珍珠要煮多久", "三十分钟"), ("煮珍珠要多久", "三十分钟")]
    assert found(*CLEAN_CHAT, *paraphrases, task="chat") == {}


def test_prices_that_differ_by_a_point_are_not_the_same_text() -> None:
    assert found(*CLEAN_CHAT, ("1.5元的是什么", "吸管"), ("15元的是什么", "果茶"), task="chat") == {}


def test_an_exam_that_repeats_the_lessons_is_the_gravest_trouble() -> None:
    parts: list[Part] = ["train", "test", "validation", "train"]
    texts = [LONG, LONG + "啊", LONG + "呀", "布丁不错"]
    mixed = [Row(n, t, "好评", p, 0, False) for n, (t, p) in enumerate(zip(texts, parts, strict=True), 121)]
    findings = {finding.kind: finding for finding in checkup([*rows(*CLEAN), *mixed], "classify").findings}
    assert (findings["leakage"].severity, findings["leakage"].rows) == ("error", (122, 123))
    assert findings["leakage"].twins == (121, 121)


# words


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("default_text", "此用户没有填写评价。"),
        ("default_text", "评价方未及时做出评价,系统默认好评!"),
        ("default_text", "该用户觉得商品很好，给出5星好评"),
        ("too_short", "。。。"),
        ("too_short", "👍👍👍"),
        ("too_short", "好"),
        ("wrong_language", "The tea was far too sweet for me"),
        ("wrong_language", "ここのタピオカはとても美味しいです"),
        ("wrong_language", "여기 버블티 정말 맛있어요"),
        ("garbled", "锟斤拷锟斤拷奶茶"),
        ("garbled", "好喝\ufffd\ufffd"),
        ("control_tokens", "好喝<|im_end|>"),
        ("control_tokens", "[INST] 好喝 [/INST]"),
        ("control_tokens", "好喝</s>"),
        ("html", "好喝<br/>下次还来"),
        ("html", "好喝&nbsp;不错"),
        ("html", '<span style="color:red">好喝的</span>'),
        ("invisible", "好\u200b喝的奶茶"),
        ("invisible", "\ufeff好喝的奶茶"),
        ("invisible", "好喝\u202e的奶茶"),
        ("too_long", "长" * 2049),
    ],
)
def test_what_is_wrong_with_the_words_is_found(kind: str, text: str) -> None:
    assert found(*CLEAN, (text, "好评")) == {kind: (121,)}


@pytest.mark.parametrize(
    "text",
    [
        "OK", "nice!", "CoCo和Manner都喝过，还是这家", "一家人👨‍👩‍👧都喜欢❤️", "我给满分<3", "1<2 且 3>2", "R&D同事推荐",
        "の真好喝", "两个字", "长" * 2000, "第一行\n第二行", "用户没有填写地址就下单了", "[强烈推荐]好喝",
    ],
)  # fmt: skip
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert found(*CLEAN, (text, "好评")) == {}


def test_two_languages_that_are_both_at_home_are_no_trouble() -> None:
    english = [(f"cup number {n} was really good", "好评") for n in range(60)]
    assert found(*CLEAN, *english) == {}


def test_a_phrase_that_many_texts_share_is_named() -> None:
    signed = [(f"{text}。来自某某外卖客户端", label) for text, label in CLEAN[:30]] + CLEAN[30:]
    finding = looked(*signed).findings[0]
    assert (finding.kind, finding.rows, finding.details["phrase"]) == (
        "boilerplate", tuple(range(1, 31)), "来自某某外卖客户端",
    )  # fmt: skip


def test_a_token_is_a_character_of_chinese_and_a_third_of_a_word() -> None:
    assert (tokens("珍珠奶茶"), tokens("milk tea"), tokens("")) == (4, 3, 0)


# amounts


def test_balance_is_about_classes_only() -> None:
    crowded = [(f"好喝{n}", "好评") for n in range(150)] + [(f"难喝{n}", "差评") for n in range(9)]
    assert found(*crowded) == {"imbalance": (), "rare_class": tuple(range(151, 160))}
    assert found(*[(text, "好评") for text, _ in CLEAN]) == {"one_class": ()}
    assert found(*crowded, task="chat") == {"boilerplate_reply": ()} or found(*crowded, task="chat") == {}


def asked(ways: int, facts: int) -> list[tuple[str, str]]:
    return [(f"第{way}种问法问第{fact}件事", f"第{fact}件事的答案") for fact in range(facts) for way in range(ways)]


def test_answers_that_are_asked_for_in_few_ways_are_told_for_chat_only() -> None:
    told = {finding.kind: finding for finding in looked(*asked(3, 40), task="chat").findings}
    assert told["few_ways"].severity == "info" and len(told["few_ways"].rows) == 120
    assert told["few_ways"].details == {"answers": 40, "of": 40, "wanted": 4}
    assert "few_ways" not in found(*asked(3, 40), task="classify")


def test_enough_ways_for_most_answers_are_enough_and_conversations_have_no_ways() -> None:
    assert "few_ways" not in found(*asked(4, 30), *asked(1, 29), task="chat")
    assert "few_ways" in found(*asked(4, 10), *[(f"别的{n}", f"别的答案{n}") for n in range(11)], task="chat")
    assert "few_ways" not in found(*asked(1, 501), task="chat")


def test_unlabelled_few_short_and_long_rows_are_told() -> None:
    told = found(("好", ""), ("难喝的奶茶", "差评"), ("长" * 2049, "好评"), ("不错的奶茶", "好评"))
    assert told["unlabelled"] == (1,) and told["too_short"] == (1,) and told["too_long"] == (3,) and "few_rows" in told


def test_the_gravest_comes_first() -> None:
    told = looked(("一样", "好"), ("一样", "坏"), ("空", "")).findings
    severities = [finding.severity for finding in told]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_repeats_do_not_count_as_rows_to_learn_from() -> None:
    copied = [(f"第{n % 30}杯很好喝", "好评") for n in range(90)] + [(f"第{n}杯太难喝", "差评") for n in range(60)]
    few = {finding.kind: finding for finding in looked(*copied).findings}["few_rows"]
    assert few.details == {"learned": 90, "enough": 100}


# words for it all


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_has_its_sentences(lang: Any) -> None:
    words = catalogue(lang)
    for kind in KINDS:
        assert {f"checkup.{kind}_title", f"checkup.{kind}_why"} <= words.keys()
    for kind in FIXABLE:
        assert {f"checkup.{kind}_does", f"checkup.{kind}_fix"} <= words.keys()


def test_one_kind_can_be_looked_for_alone() -> None:
    spoiled = rows(*CLEAN, ("打13800138000", "好评"))
    finding = look_for("personal_data", spoiled, "classify")
    assert finding is not None and finding.rows == (121,)
    assert look_for("duplicate", spoiled, "classify") is None


def test_the_examples_of_the_studio_are_in_good_order() -> None:
    for name, task in (("milk_tea_reviews.xlsx", "classify"), ("milk_tea_questions.xlsx", "chat")):
        table = read_table(EXAMPLES / name, None, name)
        told = {f.kind: f.rows for f in looked(*[(row[0], row[1]) for row in table.rows], task=task).findings}
        assert told.keys() <= {"few_rows"}, told
    identity = [(question, answer.format(name="小茶", maker="青柠")) for asked, answer in FACTS for question in asked]
    assert found(*identity, task="chat").keys() <= {"few_rows"}


@pytest.mark.parametrize(
    "text", ["1" * 100_000, "a." * 50_000 + "@", "<a " * 30_000, "路1号" * 25_000, " <br> " * 20_000]
)
def test_a_hostile_cell_takes_no_longer_than_its_length(text: str) -> None:
    began = time.process_time()
    checkup(rows((text, "好评")), "classify")
    assert time.process_time() - began < 10


def test_rows_that_the_chosen_model_cannot_read_are_found_and_mended_to_its_limit() -> None:
    listed = [Row(1, "长" * 900, "好评", None, 0, False), Row(2, "好喝", "好评", None, 0, False)]
    assert look_for("too_long", listed, "classify") is None
    finding = look_for("too_long", listed, "classify", 512)
    assert finding is not None and (finding.rows, finding.details) == ((1,), {"limit": 512})
    change = changes(finding, listed, "classify")[1]
    assert change is not None
    assert look_for("too_long", [replace(listed[0], text=change["text"])], "classify", 512) is None
    assert changes(finding, listed, "chat") == {1: None}
