"""Texts that differ by a few characters are found, short ones that mean something else are left apart."""

from __future__ import annotations

import random
import time

import pytest
from rapidfuzz.distance import Levenshtein

from studio.data.near import ALIKE, LEAST, near_groups, normalise

REVIEW = "这家店的珍珠奶茶真的很好喝，环境干净，服务热情，下次还会再来"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("珍珠煮多久", "珍珠煮多久？"),
        ("ＯＫ  好喝!", "ok好喝"),
        (REVIEW, REVIEW.replace("再来", "来的")),
        (REVIEW, REVIEW + "哦"),
        (
            "The staff were very kind here and the tea was great",
            "the staff were very kind here and the tea was so great!!",
        ),
    ],
)
def test_texts_that_are_alike_share_a_group(one: str, other: str) -> None:
    first, middle, last = near_groups([one, "毫不相干的另外一句话，说的是天气预报", other])
    assert first == last != middle


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("珍珠煮多久", "珍珠要煮多久"),
        ("好喝", "不好喝"),
        ("奶茶真的很好喝，还会再来", "奶茶真的不好喝，不会再来"),
        ("1号店几点开门", "2号店几点开门"),
        (REVIEW, REVIEW[:10] + "排队太久，态度冷淡，再也不会去了"),
        ("the food was good", "the food was not good"),
        ("cup number one was really good", "cup number two was really good"),
    ],
)
def test_short_texts_and_different_ones_stay_apart(one: str, other: str) -> None:
    first, last = near_groups([one, other])
    assert first != last


def test_likeness_goes_on_by_way_of_others() -> None:
    far = REVIEW.replace("干净", "整洁").replace("热情", "周到")
    assert len(set(near_groups([REVIEW, far]))) == 2
    between = REVIEW.replace("干净", "整洁")
    assert len(set(near_groups([REVIEW, between, far]))) == 1


def test_no_text_and_strange_ones_have_groups_too() -> None:
    assert near_groups([]) == []
    assert near_groups(["", "!!!", "  ", "???", "！！！"]) == near_groups(["a", "b", "a", "c", "b"])
    assert near_groups(["\ud800" * 30, "\ud800" * 30 + "！", "😀" * 40, "x" * 40, "x" * 41]) == [0, 1, 2, 3, 3]


def characters(seed: int, count: int, length: int) -> list[str]:
    draw = random.Random(seed)
    return ["".join(chr(draw.randint(0x4E00, 0x5200)) for _ in range(length)) for _ in range(count)]


def test_of_two_thousand_altered_copies_none_is_missed_and_none_invented() -> None:
    draw = random.Random(1)
    texts = characters(0, 2000, 40)
    copies = ["".join(draw.choice("改错别字") if draw.random() < 0.04 else char for char in text) for text in texts]
    groups = near_groups(texts + copies)
    for place, (text, copy) in enumerate(zip(texts, copies, strict=True)):
        near = Levenshtein.normalized_similarity(text, copy) >= ALIKE
        assert (groups[place] == groups[place + 2000]) is near
    assert len(set(groups[:2000])) == 2000


def test_rows_that_all_look_alike_take_no_longer_than_others() -> None:
    """Every pair is a candidate here; comparing them all would take an hour."""
    began = time.perf_counter()
    assert len(set(near_groups([f"亲，您的订单{n}已经发货了，预计三天到达请注意查收" for n in range(20_000)]))) == 1
    assert time.perf_counter() - began < 20


def test_a_text_at_the_least_length_may_be_near_and_one_below_may_not() -> None:
    at, below = characters(2, 1, LEAST)[0], characters(2, 1, LEAST - 1)[0]
    assert len(set(near_groups([at, at[:-1] + "改"]))) == 1
    assert len(set(near_groups([below, below[:-1] + "改"]))) == 2


def test_case_width_spaces_and_punctuation_do_not_count() -> None:
    assert normalise(" Ｔｅａ，好喝！ ") == "tea好喝" and normalise("!! !") == "!!!"
