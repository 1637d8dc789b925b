"""The score falls with trouble and rises with rows, and the advice is what raises it most."""

from __future__ import annotations

import pytest

from studio.data.checkup import KINDS
from studio.data.checkup.score import Counts, advise, score
from tests.data.checked import CLEAN, looked


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_more_rows_in_trouble_never_score_better(kind: str) -> None:
    scores = [score(Counts("chat", {"": 200}, {kind: n})) for n in range(0, 400, 7)]
    assert scores == sorted(scores, reverse=True) and scores[0] == 100


def test_more_rows_of_a_scarce_class_never_score_worse() -> None:
    scores = [score(Counts("classify", {"好评": 80, "差评": 30, "中性": n}, {"duplicate": 5})) for n in range(60)]
    assert scores == sorted(scores) and scores[0] < scores[-1]


def test_the_advice_is_what_raises_the_score_most_and_by_how_much() -> None:
    counts = Counts("classify", {"好评": 80, "差评": 60, "中性": 10}, {"duplicate": 3})
    advice = advise(counts, waiting=50)
    assert advice is not None and advice.key == "label_rows" and advice.details == {"n": 40, "label": "中性"}
    after = Counts("classify", {"好评": 80, "差评": 60, "中性": 50}, {"duplicate": 3})
    assert abs(score(after) - score(counts) - advice.gain) <= 1
    spoiled = advise(Counts("classify", {"好评": 80, "差评": 60}, {"contradiction": 40}), waiting=0)
    assert spoiled is not None and (spoiled.key, spoiled.details["kind"]) == ("mend", "contradiction")


def test_one_class_and_no_label_score_low_whatever_else_is_fine() -> None:
    assert looked(*[(text, "好评") for text, _ in CLEAN]).score <= 30
    assert looked(*[(text, "") for text, _ in CLEAN]).score == 0
