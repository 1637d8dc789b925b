"""A question with answers to choose from: each in a column of its own or all in one, the right one told by its letter.

Knows no task: what is asked gets its choices below it, and the answer the words of what its letter stands for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from studio.data.intake.arranged import Arranged
from studio.data.intake.looks import look
from studio.data.intake.offered import LETTERS, NAMED, Offered, parted, separate
from studio.data.intake.one_hot import MARKS
from studio.data.intake.together import ABOUT
from studio.data.reading.headers import plain, role_of
from studio.data.schema import Table
from studio.tasks import Role

_SIGN = r"(?P<sign>[a-h]|[0-8]|[一二三四五六七八])"
_NAMED = (re.compile(rf"(?P<stem>.*?){_SIGN}"), re.compile(rf"{_SIGN}(?P<stem>选项|選項|项|备选项|答案|option|choice)"))
SIGNS = {sign: n for signs in (LETTERS.casefold(), "一二三四五六七八") for n, sign in enumerate(signs, 1)}
STEMS = frozenset({
    "", "项", "选项", "備選", "备选", "备选项", "备选答案", "候选", "候选项", "選項", "option", "opt", "choice",
})  # fmt: skip
LISTS = STEMS - {""} | {"options", "choices", "candidates", "endings"}
# What heads the right one, the surest first.
ANSWERS = (
    "正确答案", "标准答案", "参考答案", "正确选项", "答案", "正确项", "正解", "正確答案",
    "correctanswer", "correctoption", "answerkey", "answer", "correct", "answers", "ans", "key",
    "gold", "label", "target",
)  # fmt: skip
RIGHTLY = re.compile(r"correct|right|true|正确|正解|答案")  # within a longer name of such a column
FEWEST = 3  # bare letters that head columns of choices; two could be anything
TOLD = 0.8  # of the answers to rows with choices, the share that names some of them


@dataclass(frozen=True)
class Bank:
    """The places of its columns. `choices`: one for each, or one in which all stand. `answer`: None if none."""

    asked: tuple[int, ...]
    choices: tuple[int, ...]
    answer: int | None


def choices(table: Table) -> Arranged | None:
    """The table with its choices as `A. …` and its answers as the lines of those that are right; None for others.

    An answer that names no choice stays as it is, as that to a question without choices does.
    """
    bank = _unnamed(table) if _without_header(table) else _named(table)
    if bank is None:
        return None
    table = _answers_in_place(table, bank)
    offers = [_offered(row, bank.choices) for row in table.rows]
    answer = _answer(table, bank, offers)
    if answer is None:
        return None
    columns, place = _with_answers(table, bank, answer)
    rows: list[tuple[str, ...]] = []
    for row, offer, told in zip(table.rows, offers, answer, strict=True):
        cells = [*row, *[""] * (len(columns) - len(row))]
        lines = [offer.line(n) if text else "" for n, text in enumerate(offer.texts)]
        for j, cell in _written(bank.choices, lines):
            cells[j] = cell
        if place is not None:
            cells[place] = told
        rows.append(tuple(cells))
    roles: dict[str, Role] = dict.fromkeys([columns[j] for j in (*bank.asked, *bank.choices)], "prompt")
    if place is not None:
        roles[columns[place]] = "reply"
    several = sum(len([text for text in offer.texts if text]) > 1 for offer in offers)
    note = {"reason": "data.choices", "columns": "、".join(columns[j] for j in bank.choices)[:300], "n": several}
    return Arranged(replace(table, columns=columns, rows=tuple(rows), notes=(*table.notes, note)), roles)


def _answers_in_place(table: Table, bank: Bank) -> Table:
    """A question with but one thing beside it and no answer has its answer there."""
    if bank.answer is None or len(bank.choices) == 1:
        return table
    rows: list[tuple[str, ...]] = []
    for row in table.rows:
        told = [j for j in bank.choices if row[j].strip()]
        if len(told) == 1 and not row[bank.answer].strip():
            moved = {told[0]: "", bank.answer: row[told[0]]}
            rows.append(tuple(moved.get(j, cell) for j, cell in enumerate(row)))
        else:
            rows.append(row)
    return replace(table, rows=tuple(rows))


def _with_answers(table: Table, bank: Bank, answers: Sequence[str]) -> tuple[tuple[str, ...], int | None]:
    """The columns, with one for what is marked as right among the choices, and the place of the one that answers."""
    if bank.answer is not None or not any(answers):
        return table.columns, bank.answer
    name = "answer" if all(name.isascii() for name in table.columns) else "答案"
    return (*table.columns, name), len(table.columns)


def _without_header(table: Table) -> bool:
    return any(entry["reason"] == "data.no_header" for entry in table.repaired)


def _named(table: Table) -> Bank | None:
    """By the names of the columns."""
    held = _by_sign(table.columns) or _of_lists(table)
    if all(row[j].strip().casefold() in MARKS for j in held for row in table.rows):  # classes, or there is none
        return None
    words = [plain(name) for name in table.columns]
    answering = [words.index(word) for word in ANSWERS if word in words and words.index(word) not in held]
    answering += [j for j, word in enumerate(words) if j not in (*held, *answering) and RIGHTLY.search(word)]
    answer = next((j for j in answering if any(row[j].strip() for row in table.rows)), None)
    if not _surely(table.columns[held[0]]) and (answer is None or _measured(table, held, answer)):
        return None
    asked = _asked(table, {*held, *answering})
    return Bank(asked, held, answer) if asked else None


def _by_sign(names: Sequence[str]) -> tuple[int, ...]:
    """The columns 选项A, 选项B …, A选项, option_1, answer_a …, or A, B, C …, in the order of their signs."""
    stems: dict[str, dict[int, int]] = {}
    for j, name in enumerate(names):
        found = next((one for way in _NAMED if (one := way.fullmatch(plain(name)))), None)
        if found and (found["stem"] or (found["sign"].isascii() and found["sign"].isalpha())):
            sign = found["sign"]
            stems.setdefault(found["stem"], {})[SIGNS.get(sign) or int(sign)] = j
    for stem, places in stems.items():
        signs = sorted(places)
        in_order = signs[0] <= 1 and signs == [*range(signs[0], signs[-1] + 1)]
        if in_order and len(signs) >= (2 if stem in STEMS and stem else FEWEST):
            return tuple(places[sign] for sign in signs[: len(LETTERS)])
    return ()


def _surely(name: str) -> bool:
    """Whether a column is called a choice, and not only one of several with letters or numbers."""
    return any(word in plain(name) for word in STEMS if word) or plain(name) in LISTS


def _measured(table: Table, held: Sequence[int], answer: int) -> bool:
    """Whether a number judges what was measured or counted, feature_1, feature_2 …, and names none of it."""
    counted = plain(table.columns[held[0]])[-1:].isdecimal() or any(look(table, j).numeric for j in held)
    return counted and look(table, answer).numeric


def _of_lists(table: Table) -> tuple[int, ...]:
    """The column in which all choices of a row stand."""
    for j, name in enumerate(table.columns):
        cells = [row[j] for row in table.rows if row[j].strip()]
        if plain(name) in LISTS and cells and sum(len(parted(cell).texts) > 1 for cell in cells) >= TOLD * len(cells):
            return (j,)
    return ()


def _asked(table: Table, taken: set[int]) -> tuple[int, ...]:
    """The column that asks, which is one of prose, and those that it asks about."""
    rest = [j for j in range(len(table.columns)) if j not in taken]
    prose = {j: seen for j in rest if (seen := look(table, j)).prose}
    about = [j for j in rest if plain(table.columns[j]) in ABOUT and any(row[j].strip() for row in table.rows)]
    asking = [j for j in prose if j not in about]
    if not asking:
        return ()

    def asks(j: int) -> tuple[bool, float]:
        return (role_of(table.columns[j]) or ("",))[0] in ("prompt", "text"), prose[j].length

    return (max(asking, key=asks), *about)


def _unnamed(table: Table) -> Bank | None:
    """Without a header: a question, its choices, and a column of letters that never name one that is not there."""
    for j in range(len(table.columns) - 1, 2, -1):
        cells = [cell for row in table.rows if (cell := unicodedata.normalize("NFKC", row[j]).strip())]
        found = [NAMED.fullmatch(cell) for cell in cells]
        if not cells or not all(found):
            continue
        most = 1 + max(LETTERS.index(letter) for one in found if one for letter in one["held"] if letter in LETTERS)
        first = j - most
        if most >= FEWEST and first >= 1 and look(table, first - 1).prose:
            return Bank((first - 1,), tuple(range(first, j)), j)
    return None


def _answer(table: Table, bank: Bank, offers: Sequence[Offered]) -> list[str] | None:
    """Row by row the lines of what is right; None where the answers are no names of choices."""
    if bank.answer is None:
        return [offer.lines(offer.right) for offer in offers]
    cells = [row[bank.answer].strip() for row in table.rows]
    first = _first_number([cell for cell, offer in zip(cells, offers, strict=True) if offer.texts], offers)
    named = [offer.named(cell, first) for cell, offer in zip(cells, offers, strict=True)]
    chosen = [bool(found) for cell, offer, found in zip(cells, offers, named, strict=True) if cell and any(offer.texts)]
    if any(cells) and not (chosen and sum(chosen) >= TOLD * len(chosen)):
        return None
    return [offer.lines(found) or cell for cell, offer, found in zip(cells, offers, named, strict=True)]


def _first_number(cells: Sequence[str], offers: Sequence[Offered]) -> int | None:
    """The number that stands for the first choice, 0 or 1, where all answers are numbers that tell it."""
    if not cells or not all(cell.isdecimal() for cell in cells):
        return None
    numbers = {int(cell) for cell in cells}
    if min(numbers) == 0:
        return 0
    return 1 if max(numbers) == max(len(offer.texts) for offer in offers) else None


def _written(places: Sequence[int], lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    if len(places) == 1:
        yield places[0], "\n".join(line for line in lines if line)
    else:
        yield from zip(places, lines, strict=True)


def _offered(row: Sequence[str], places: Sequence[int]) -> Offered:
    return parted(row[places[0]]) if len(places) == 1 else separate([row[j] for j in places])
