"""More ways to ask: rules that keep the meaning, give nothing twice and know when they have nothing to give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.data.near import normalise
from studio.data.teaching.templates import MOST, phrasings, request


@pytest.mark.parametrize(
    ("question", "some"),
    [
        ("少糖怎么做", {"少糖怎么弄", "少糖要怎么做", "少糖如何做", "请问少糖怎么做"}),
        ("珍珠要煮多久？", {"珍珠要煮多长时间", "珍珠煮得花多少时间", "请问珍珠要煮多久"}),
        ("你们几点开门呀", {"你们什么时候开门", "几点开门"}),
        ("可以开发票吗", {"能不能开发票", "可不可以开发票"}),
        ("有没有热的", {"有热的吗"}),
        ("会员卡怎么办理", {"会员卡如何办理"}),
        ("How long do you boil the pearls?", {"How many minutes do you boil the pearls?"}),
        ("What time do you open?", {"When do you open?", "Excuse me, what time do you open?"}),
        ("how much is a large cup", {"What does a large cup cost?"}),
        ("六寸蛋糕怎么卖", {"想要六寸蛋糕，得花多少", "6寸蛋糕怎么卖", "六寸蛋糕报个价呗", "六寸蛋糕贵不贵"}),
        ("可以送货上门吗", {"能送过来吗", "不方便过去取，能帮我拿过来吗"}),
        ("营业时间", {"几点开几点关"}),
        ("会员价", {"会员能便宜多少"}),
        ("Opening hours", {"What time do you open and close?"}),
    ],
)
def test_a_question_has_other_forms_with_the_same_meaning(question: str, some: set[str]) -> None:
    assert some <= set(phrasings(question, most=3 * MOST))


def test_ten_phrasings_come_of_a_common_question() -> None:
    for question in ("珍珠要煮多久", "大杯多少钱", "How do I clean the machine?"):
        assert len(phrasings(question)) >= 8


@pytest.mark.parametrize(
    "said", ["", "   ", "？？", "很好喝，下次还来", "The tea was great", "怎" * 61, "第一行怎么\n第二行"]
)
def test_what_is_no_question_gets_no_phrasings(said: str) -> None:
    assert phrasings(said) == []


def test_what_the_dataset_has_is_not_offered_again() -> None:
    assert "少糖怎么弄" not in phrasings("少糖怎么做", ["少糖 怎么弄？"])


@given(
    st.one_of(
        st.text(max_size=70),
        st.lists(st.sampled_from(["怎么", "吗", "能不能", "有", "what", "is", " ", "(", "\\1", "{1}"])).map("".join),
    )
)
def test_any_text_gets_a_few_different_ones(text: str) -> None:
    found = phrasings(text)
    assert len(found) <= MOST
    assert all(one.strip() for one in found)
    assert len({normalise(one) for one in (*found, text)}) == len(found) + 1


def test_a_topic_that_is_not_named_leaves_no_gap() -> None:
    for question in ("可以退款吗", "几点开门", "Returns", "Do you have any discounts?"):
        for one in phrasings(question, most=30):
            assert one[0] not in "，, "
            assert "  " not in one
            assert " ," not in one


def test_every_language_of_the_page_has_a_bare_topic() -> None:
    for topic in ("营业时间", "退款规则", "会员价", "停车", "WiFi", "Opening hours", "Parking", "Return policy"):
        assert len(phrasings(topic)) >= 5, topic


@pytest.mark.parametrize("question", ["営業時間は何時からですか？", "¿Cuánto cuesta el corte?", "How much is it?"])
def test_a_model_is_asked_in_chinese_for_other_words_of_chinese_questions_only(question: str) -> None:
    assert "own language" in request(question)
    assert request("几点开门").startswith("把下面")
