"""The two languages say the same things, and nothing is asked for that they do not have."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from studio.config import RunConfig
from studio.words import LANGS, catalogue, say

SOURCE = Path(__file__).parents[1] / "studio"
HAN = re.compile(r"[\u4e00-\u9fff]")
SAYS_ITS_OWN_NAME = {"小灶", "中文"}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()


@pytest.mark.parametrize("key", sorted(catalogue("zh")))
def test_a_sentence_has_the_same_placeholders_in_both_languages(key: str) -> None:
    assert placeholders(catalogue("zh")[key]) == placeholders(catalogue("en")[key])


def test_every_sentence_that_an_error_names_exists() -> None:
    named = {
        key
        for path in SOURCE.rglob("*.py")
        for key in re.findall(r'StudioError\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert named <= catalogue("zh").keys()


def test_a_detail_may_differ_between_the_languages() -> None:
    problems = {"zh": "学习遍数 = 0", "en": "Epochs = 0"}
    assert say("config.refused", "zh", problems=problems).endswith("学习遍数 = 0")
    assert say("config.refused", "en", problems=problems).endswith("Epochs = 0")


def test_every_knob_speaks_both_languages_and_no_word_is_left_of_one_that_went() -> None:
    knobs = RunConfig.knobs()
    units = {f"knobs.unit_{knob.unit}" for knob in knobs.values() if knob.unit}
    wanted = units | {f"knobs.{name}{part}" for name in knobs for part in ("", "_help")}
    for lang in LANGS:
        words = {key: word for key, word in catalogue(lang).items() if key.startswith("knobs.")}
        assert words.keys() == wanted and all(words.values())
        for key, word in words.items():
            assert bool(HAN.search(word)) == (lang == "zh"), key
