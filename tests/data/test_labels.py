"""Labels that mean the same get one spelling, and numbers only where words beside them say what they mean."""

from __future__ import annotations

import pytest

from studio.data.intake.labels import respell


@pytest.mark.parametrize(
    ("counts", "changes"),
    [
        ({"好评": 5, "positive": 2, "👍": 1, "5星": 1}, {"positive": "好评", "👍": "好评", "5星": "好评"}),
        ({"好评": 2, "1": 5, "0": 4, "差评": 1}, {"1": "好评", "0": "差评"}),
        ({"好评": 2, "5": 5, "4": 1, "3": 2, "1": 4, "差评": 1}, {"5": "好评", "4": "好评", "1": "差评"}),
        ({"1": 5, "0": 4}, {}),
        ({"1": 5, "2": 4, "退款": 3}, {}),
        ({"Good": 3, "good ": 1, "ＧＯＯＤ": 1}, {"good ": "Good", "ＧＯＯＤ": "Good"}),
        ({"NA": 3, "None": 2, "null": 1, "nan": 1}, {}),
        ({"👍": 5, "👎": 4}, {"👍": "好评", "👎": "差评"}),
        ({"👍": 9, "positive": 1, "👎": 2}, {"👍": "positive", "👎": "negative"}),
        ({"👍": 9, "5星": 1, "差评": 2}, {"👍": "5星"}),
        ({"😊": 9, "👍": 3, "难说": 2}, {"😊": "好评", "👍": "好评"}),
        ({"✓": 5, "×": 4}, {"✓": "是", "×": "否"}),
        ({}, {}),
    ],
)
def test_labels_of_one_sense_become_one(counts: dict[str, int], changes: dict[str, str]) -> None:
    assert respell(counts) == changes
