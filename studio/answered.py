"""What became of a table that was answered: how many rows, which answers, and what else is to be known, in words.

Knows no file and no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.words import Lang, say


@dataclass(frozen=True)
class Sheet:
    """What became of one sheet, "" where a file has none.

    `columns` were asked; none of them was known by its name where they were `guessed`. `missing` were asked in training
    and are not here. `left_out`: why rows were not answered, {"reason": sentence, "count": rows, … details of one}.
    `skipped`: why the sheet stays as it is, {"reason": sentence, … details}; empty where it does not.
    """

    sheet: str
    columns: tuple[str, ...] = ()
    guessed: bool = False
    missing: tuple[str, ...] = ()
    rows: int = 0
    answered: int = 0
    blank: int = 0
    left_out: tuple[Mapping[str, Any], ...] = ()
    skipped: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """A table that was answered. `answers`: how often each was given, most often first. `lost`: what the new file has
    not got, sentences of predict.toml. `wanted`: the columns that asked in training."""

    rows: int
    answered: int
    blank: int
    answers: Mapping[str, int]
    sheets: tuple[Sheet, ...]
    lost: tuple[Mapping[str, Any], ...] = ()
    wanted: tuple[str, ...] = ()

    def remarks(self, lang: Lang) -> list[str]:
        """What else is to be known of it, a sentence each."""
        said: dict[str, list[str]] = {}  # sentence → the sheets of which it is true
        for sheet in self.sheets:
            for line in self._of_sheet(sheet, lang):
                said.setdefault(line, []).append(sheet.sheet)
        asked = sum(not sheet.skipped for sheet in self.sheets)
        found = [line if len(of) == asked else f"{'、'.join(of)}: {line}" for line, of in said.items()]
        skipped = [(sheet.sheet, sheet.skipped) for sheet in self.sheets if sheet.skipped]
        left = [say("predict.skipped", lang, sheet=name, why=_said(why, lang)) for name, why in skipped]
        return [*found, *left, *(_said(one, lang) for one in self.lost)]

    def _of_sheet(self, sheet: Sheet, lang: Lang) -> Iterator[str]:
        if sheet.guessed:
            wanted, columns = "、".join(self.wanted), "、".join(sheet.columns)
            yield say("predict.guessed", lang, wanted=wanted, columns=columns)
        elif sheet.missing:
            yield say("predict.missing", lang, missing="、".join(sheet.missing))
        for entry in sheet.left_out:
            yield say("predict.left_out", lang, count=entry["count"], why=_said(entry, lang))


def _said(sentence: Mapping[str, Any], lang: Lang) -> str:
    """A {"key" or "reason": …, details …} as a sentence."""
    details = {name: value for name, value in sentence.items() if name not in ("key", "reason")}
    return say(sentence.get("reason") or sentence["key"], lang, **details)
