"""What a report card measures for the owner of a shop: each against counts made by hand."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from rapidfuzz import fuzz, process

from studio.contract import Job, Prediction
from studio.data.near import normalise
from studio.data.teaching.wordings import learned
from studio.engine.rehearsal import questions as rehearsed
from studio.evaluation import everyday, outside
from studio.evaluation.measures import consistency as consistent
from studio.evaluation.measures import strangers
from studio.evaluation.sitting import Wish
from studio.intervals import wilson
from tests.evaluation.asked import Said, card, job

FACTS = [("你们几点开门？", "早上八点。"), ("珍珠奶茶多少钱一杯？", "十二元一杯。"), ("可以退款吗？", "七天内可以退。")]


def ways_of(number: int) -> list[str]:
    of = job(FACTS, lesson="facts")
    return [one.text for one in consistent.asks(of, Wish()) if one.number == number]


def test_a_fact_is_asked_in_five_ways_of_which_only_the_first_was_learned() -> None:
    of = job(FACTS, lesson="facts")
    known = {normalise(row.text) for row in learned(of.splits, of.config.wordings)}
    for number, (question, _) in enumerate(FACTS, 1):
        first, *others = ways_of(number)
        assert first == question and len(others) == 4 and len({*others}) == 4
        assert known.isdisjoint(map(normalise, others))


def test_consistent_is_what_says_the_same_in_every_way_right_or_not() -> None:
    after = {text: "早上八点。" for text in ways_of(1)}  # the same, and right
    after |= {text: "十五元一杯。" for text in ways_of(2)}  # the same, and wrong
    after |= {text: "七天内可以退。" for text in ways_of(3)[:-1]} | {ways_of(3)[-1]: "不可以退。"}
    found = card(Said(after=after), job(FACTS, lesson="facts"))["consistency"]
    assert (found["correct"], found["count"], found["right"], found["fewer"]) == (2, 3, 1, 0)
    assert found["interval"] == list(wilson(2, 3))
    (row,) = found["rows"]
    assert (row["text"], row["target"], row["tuned"]) == (ways_of(3)[-1], "七天内可以退。", "不可以退。")


def test_a_fact_is_not_asked_by_a_row_of_another_file_that_has_its_number() -> None:
    of = job(FACTS, [("有没有停车位", "没有。"), ("多少钱一杯呀，珍珠奶茶", FACTS[1][1])], lesson="facts")
    asked = [one.text for one in consistent.asks(of, Wish())]
    assert "有没有停车位" not in asked and "多少钱一杯呀，珍珠奶茶" in asked


def test_what_is_no_fact_is_not_asked_in_other_words() -> None:
    assert "consistency" not in card(Said(), job(FACTS, lesson="manner"))


def test_of_everyday_questions_those_count_that_the_base_had_right() -> None:
    zh, en = everyday.questions()[0], everyday.questions()[50]
    model = Said(
        before={zh.text: "挪威的首都是奥斯陆。", en.text: "Oslo, of course."},
        after={zh.text: "挪威的首都是奥斯陆。", en.text: "We open at eight."},
    )
    found = card(model, job(FACTS))["kept"]
    assert (found["correct"], found["count"], found["asked"], found["gained"]) == (1, 2, 100, 0)
    (lost,) = found["rows"]
    assert (lost["text"], lost["base"], lost["tuned"]) == (en.text, "Oslo, of course.", "We open at eight.")


def test_own_everyday_questions_are_right_by_their_answer_or_by_the_bases() -> None:
    own = [("我们的口号是什么", ""), ("一斤多少克", "五百克"), ("一公里多少里", "两里")]
    before = {"我们的口号是什么": "好喝不贵。", "一斤多少克": "五百克", "一公里多少里": "三里"}
    after = {"我们的口号是什么": "好喝不贵。", "一斤多少克": "一百克", "一公里多少里": "两里"}
    found = card(Said(before, after), job(FACTS), Wish(own))["kept"]
    assert (found["correct"], found["count"], found["own"], found["gained"]) == (1, 2, 3, 1)
    assert [row["text"] for row in found["rows"]] == ["一斤多少克"]


@pytest.mark.parametrize(
    ("answer", "accepted", "right"),
    [
        ("大象有４条腿", ("四", "4"), True), ("大象有十四条腿", ("四", "4"), False), ("it has 14 legs", ("4",), False),
        ("a STAR.", ("star",), True), ("a starter", ("star",), False), ("一吨是1,000公斤", ("1,000",), True),
        ("", ("四",), False),
    ],
)  # fmt: skip
def test_an_everyday_answer_says_the_word_or_the_number_whole(
    answer: str, accepted: tuple[str, ...], right: bool
) -> None:
    assert everyday.Everyday("?", accepted).is_answered(answer) is right


def test_the_everyday_questions_are_fifty_and_fifty_and_none_is_rehearsed() -> None:
    texts = [one.text for one in everyday.questions()]
    chinese = [text for text in texts if not text.isascii()]
    assert (len(set(texts)), len(chinese)) == (100, 50)
    plain = [normalise(text) for text in rehearsed()]
    alike = [text for text in texts if process.extractOne(normalise(text), plain, scorer=fuzz.ratio, score_cutoff=95)]
    assert alike == []


def test_an_answer_to_what_nobody_taught_is_made_up_unless_it_claims_nothing() -> None:
    of = job(FACTS)
    asked = [one.text for one in outside.asked(of.splits, of.config.seed)]
    answers = [
        "一共赚了三百万。", "十二元一杯。", "可以的。",  # a figure, an answer taught for something else, a yes
        "这个我不清楚。", "请问店员。", "天气真好。",  # admits, points to somebody, is beside the point
    ]  # fmt: skip
    found = card(Said(after=dict(zip(asked, answers, strict=False))), of)["unknown"]
    assert (found["count"], found["invented"], found["correct"]) == (len(asked), 3, len(asked) - 3)
    assert found["admitted"] == len(asked) - 4 and found["before"]["invented"] == 0
    assert found["remedy"] == "add_unknown" and len(found["rows"]) == 3
    assert card(Said(), of)["unknown"]["remedy"] == ""


def test_thirty_questions_are_asked_that_the_data_do_not_answer_and_others_can_be_taught() -> None:
    for rows in (FACTS, [("What time do you open?", "At eight."), ("How much is a latte?", "Four dollars.")]):
        splits = job(rows).splits
        asked = outside.asked(splits, 42)
        taught = outside.lesson(splits, 42)
        assert (len(asked), len(taught)) == (30, 20)
        assert {one.text for one in asked}.isdisjoint(text for text, _ in taught)
        assert all(outside.admits(answer) for _, answer in taught)
        assert asked == outside.asked(splits, 42)


def test_the_same_is_asked_once_it_was_taught_to_say_that_it_does_not_know() -> None:
    before = job(FACTS).splits
    after = job([*FACTS, *outside.lesson(before, 42)]).splits
    assert outside.asked(after, 42) == outside.asked(before, 42)


def test_what_the_data_speak_of_is_not_asked_as_unknown() -> None:
    told = job([*FACTS, ("Wi-Fi 密码是多少？", "88888888，老板姓王。")]).splits
    asked = [one.text for one in outside.asked(told, 42)]
    assert asked and not any("密码" in text or "老板" in text for text in asked)


GOOD, BAD = ("好评", "差评")
SORTED = [(f"第{number}杯很好喝", GOOD) for number in range(10)] + [(f"第{number}杯难喝", BAD) for number in range(10)]


def sorting(sure: Sequence[float], strange: Mapping[str, float] = {}) -> tuple[Said, Job]:  # noqa: B006  (only read)
    """A model that has the rows right, so sure of each, and takes whatever is strange for praise."""
    of = job(SORTED, SORTED, task="classify", labels=[GOOD, BAD], lesson="labels")
    told = [(text, Prediction(label, one)) for (text, label), one in zip(SORTED, sure, strict=True)]
    told += [(text, Prediction(GOOD, strange.get(text, 0.99))) for text in outside.strangers(of.splits)]
    return Said(before=dict(told), after=dict(told)), of


def test_a_classifier_makes_nothing_up_and_is_asked_no_fact() -> None:
    assert not {"unknown", "consistency"} & card(*sorting([0.9] * 20)).keys()


def test_a_classifier_that_talks_is_asked_what_it_knew_and_one_that_does_not_is_not() -> None:
    model, of = sorting([0.9] * 20)
    known = everyday.questions()[0]
    for said in (model.before, model.after):
        said[known.text] = "是奥斯陆"  # type: ignore[index]
    found = card(model, of)["kept"]
    assert (found["correct"], found["count"], found["asked"]) == (1, 1, 100)
    model.talks = False
    model.heard.clear()
    assert "kept" not in card(model, of) and known.text not in model.heard


def test_a_stranger_is_recognised_where_the_model_is_less_sure_than_of_nine_in_ten_of_its_own() -> None:
    sure = [0.5, 0.6, *[0.8] * 18]  # of twenty, the two least sure are left aside
    texts = outside.strangers(sorting(sure)[1].splits)
    strange = {texts[0]: 0.79, texts[1]: 0.8, texts[2]: 0.1}
    found = card(*sorting(sure, strange))["strangers"]
    assert len(texts) == 30
    assert (found["correct"], found["count"], found["wild"]) == (2, 30, 28)
    assert found["interval"] == list(wilson(2, 30))
    assert found["own"] == pytest.approx((0.5 + 0.6 + 18 * 0.8) / 20)
    assert found["sure"] == pytest.approx((0.79 + 0.8 + 0.1 + 27 * 0.99) / 30)
    assert found["rows"][0] == {"number": 2, "text": texts[1], "target": "", "tuned": GOOD}


def test_nothing_is_a_stranger_to_a_class_for_all_the_rest_or_where_the_data_speak_of_it() -> None:
    for rest in ("其他", "Other", "闲聊", "out_of_scope"):
        assert outside.catches_all([GOOD, rest]) == rest
        assert not strangers.asks(job(SORTED, task="classify", labels=[GOOD, rest], lesson="labels"), Wish())
    assert outside.catches_all(["上墙", "回电", "another", "mother"]) == ""
    planets = [*SORTED, ("月亮上没有水", "天文")]
    texts = outside.strangers(job(planets, task="classify", labels=[GOOD, "天文"]).splits)
    assert not any("月亮" in text for text in texts) and len(texts) == 30


def test_of_a_classifier_that_has_hardly_any_right_nothing_is_said_of_strangers() -> None:
    model, of = sorting([0.9] * 20)
    for text, label in SORTED[:11]:
        model.after[text] = Prediction(BAD if label == GOOD else GOOD, 0.9)  # type: ignore[index]
    assert "strangers" not in card(model, of)


def test_nothing_right_and_nothing_to_test_divide_nothing() -> None:
    found = card(Said(), job(FACTS, lesson="facts"))
    assert (found["count"], found["kept"]["count"], found["kept"]["interval"]) == (0, 0, [0.0, 1.0])
    wrong = card(Said(), job(FACTS, [("几点关门", "十点")]))
    assert (wrong["tuned"]["correct"], wrong["tuned"]["count"]) == (0, 1)


def test_the_nearest_taught_question_answers_beside_the_model() -> None:
    found = card(Said(), job(FACTS, [("几点钟开门呀", "早上八点。"), ("你好", "你好。")]))
    assert found["baseline"]["nearest"]["correct"] == 1 and found["baseline"]["nearest"]["count"] == 2


@pytest.mark.parametrize("count", [30, 59, 100, 300])
def test_intervals_cover_the_true_share_as_often_as_they_say(count: int) -> None:
    """Ten thousand cards whose true share is drawn anew: 95 % ± 2 of the intervals hold it."""
    draw = random.Random(count)
    held = 0
    for _ in range(10_000):
        share = draw.uniform(0.3, 1.0)
        low, high = wilson(sum(draw.random() < share for _ in range(count)), count)
        held += low <= share <= high
    assert 0.93 <= held / 10_000 <= 0.97
