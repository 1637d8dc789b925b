"""The tutorial says what the page's help says, and its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.make import HERE, STEPS, text
from studio.words import LANGS, Lang, catalogue

HEADER = (Path(__file__).parents[1] / "studio" / "ui" / "header.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGS)
def test_the_tutorial_is_as_the_words_make_it(lang: Lang) -> None:
    assert (HERE / "tutorial" / f"{lang}.md").read_text(encoding="utf-8") == text(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_each_picture_of_it_is_there(lang: Lang) -> None:
    pictures = re.findall(r"\((\.\./images/\S+)\)", text(lang))
    assert len(pictures) >= len(STEPS)
    assert [place for place in pictures if not (HERE / "tutorial" / place).is_file()] == []


def test_help_and_tutorial_tell_the_same_steps_in_the_same_order() -> None:
    told = HEADER[HEADER.index("const steps = {") :]
    assert re.findall(r'"(\w+)"', told[: told.index("};")]) == list(STEPS)
    assert {key for key in catalogue("zh") if key.startswith("story.") and key.endswith("_title")} == {
        f"story.{step}_title" for step in STEPS
    }
