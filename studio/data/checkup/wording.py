"""What is wrong with the words of a row: too few, too many, the same in every row, foreign, garbled, or not for people.

Knows no fix beyond the cleaned text; a row is looked at as it is written, with its answer and what was said before.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from studio.data.checkup.finding import Finding, Severity
from studio.data.near import normalise
from studio.data.schema import Row
from studio.data.unsaid import says_nothing
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task

TOKENS = 2048  # that a run reads of a row at most, with its answer
LETTERS = 2  # fewer say nothing
REPEATED = 0.2  # share of the rows with the same phrase that makes it boilerplate
REPEATED_REPLY = 0.5  # in answers a shop may repeat itself
REPEATED_ROWS = 10
PHRASE = 6  # tokens of a phrase worth naming
FOREIGN = 0.05  # share of rows in a script below which it is learned by nobody

CONTROL = re.compile(
    r"<\|[A-Za-z][\w ]{0,40}\|>|<｜[^<>｜]{1,40}｜>|\[/?INST\]|<</?SYS>>|</?s>|<(?:bos|eos|pad|unk|mask)>"
    r"|\[(?:CLS|SEP|PAD|UNK|MASK|BOS|EOS)\]|</?(?:think|tool_call|tool_response|start_of_turn|end_of_turn)>"
)
BLOCK = re.compile(r"\s*<(?:br|/p|/div|/li|/tr|/h[1-6])\s*/?>\s*", re.IGNORECASE)
TAG = re.compile(
    r"</?(?:p|br|hr|div|span|a|b|i|u|em|strong|font|img|ul|ol|li|table|tr|td|th|tbody|h[1-6]|script|style|iframe|input|button|label|section|video)"
    r"(?:\s[^<>]{0,300})?/?>|<!--.{0,300}?-->|<!DOCTYPE[^<>]{0,100}>",
    re.IGNORECASE | re.DOTALL,
)
ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|ldquo|rdquo|hellip|mdash|middot|yen|copy|#\d{2,6}|#x[0-9a-fA-F]{2,5});"
)
GARBLED = re.compile(
    "\ufffd|锟斤拷|烫烫烫|屯屯屯|Ã[\x80-\xbf©¨¤¶¼]|â€[™œ“”\x9d¦]|ï¼[\x80-\xbfŒ]|(?:[åæçèé][\x80-\xbf‹-›ˆ-˜€‚„…†‡Š‰Žž\xa0-\xbf]{2}){2}"
)
SCRIPTS = {
    "han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
    "kana": re.compile("[\u3041-\u309f\u30a1-\u30fa]"),
    "hangul": re.compile("[\uac00-\ud7af]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
    "thai": re.compile("[\u0e00-\u0e7f]"),
}
ENOUGH = {"han": 4, "kana": 3, "latin": 16}  # letters of a script that make a text, not a name or an OK; others 6
_ADDRESS = re.compile(r"https?://\S+|[\w.+-]{1,64}@\S+", re.ASCII)
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_CLAUSE = re.compile(r"[\n。！？!?；;，,~～|｜【】\[\]()（）…—]+|\s{2,}|\.\s")
_EMPTY_BRACKETS = re.compile(r"【\s*】|（\s*）|\(\s*\)|\[\s*\]")


def tokens(text: str) -> int:
    """About how many tokens a text takes, rather more than fewer: one for a Chinese character, one for three others.

    (Qwen's tokenizer takes about 0.7 for a Chinese character and one for 4 letters of English.)
    """
    wide = len(_WIDE.findall(text))
    return wide + (len(text) - wide + 2) // 3


def row_tokens(row: Row) -> int:
    return tokens(row.text) + tokens(row.target) + sum(tokens(turn.content) for turn in row.context)


def lengths(longest: int) -> Callable[[Sequence[Row], Task], Iterator[Finding]]:
    """Texts without words, and rows that a model would read only a part of: it reads `longest` tokens."""

    def look(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
        short = tuple(row.number for row in rows if sum(char.isalnum() for char in row.text) < LETTERS)
        if short:
            yield Finding("too_short", "info", short)
        long = tuple(row.number for row in rows if row_tokens(row) > longest)
        if long:
            yield Finding("too_long", "warning", long, details={"limit": longest})

    return look


def default_texts(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    """What a platform writes in place of a customer who wrote nothing."""
    found = tuple(row.number for row in rows if says_nothing(row.text))
    if found:
        yield Finding("default_text", "warning", found)


def boilerplate(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    """Phrases that a large share of different texts, or of different answers, have in common."""
    yield from _phrases("boilerplate", "warning", [(row.number, row.text) for row in rows], REPEATED)
    if TASKS[task].talks:
        replies = [(row.number, row.target) for row in rows if row.target]
        yield from _phrases("boilerplate_reply", "info", replies, REPEATED_REPLY)


def _phrases(kind: str, severity: Severity, texts: Sequence[tuple[int, str]], share: float) -> Iterator[Finding]:
    different = {normalise(text): text for _, text in texts}
    common = Counter(phrase for text in different.values() for phrase in _parts(text))
    least = max(REPEATED_ROWS, share * len(different))
    phrases = [phrase for phrase, count in common.most_common(20) if count >= least]
    rows = tuple(number for number, text in texts if not _parts(text).isdisjoint(phrases))
    if rows:
        yield Finding(kind, severity, rows, details={"phrases": phrases, "phrase": phrases[0][:40]})


def _parts(text: str) -> set[str]:
    """The phrases that are part of a text, not the whole of it."""
    whole = text.strip()
    parts = {part.strip() for part in _CLAUSE.split(text)}
    return {part for part in parts if part != whole and tokens(part) >= PHRASE}


def without_phrases(text: str, phrases: Sequence[str]) -> str:
    """The text without the phrases that it has a share in, and what would be left dangling of its punctuation."""
    for phrase in _parts(text).intersection(phrases):
        text = re.sub(r"[，,、\s]*" + re.escape(phrase) + r"[，,。.!！~～]?", "", text)
    return _EMPTY_BRACKETS.sub("", text).strip(" \t\n，,、")


def languages(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    """Rows whose text, or whose answer, is in another script than nearly all others."""
    foreign = {*_foreign([(row.number, row.text) for row in rows])}
    if TASKS[task].talks:
        foreign |= {*_foreign([(row.number, row.target) for row in rows])}
    if foreign:
        yield Finding("wrong_language", "warning", tuple(sorted(foreign)))


def _foreign(texts: Sequence[tuple[int, str]]) -> Iterator[int]:
    written = {number: script for number, text in texts if (script := script_of(text))}
    counts = Counter(written.values())
    yield from (number for number, script in written.items() if counts[script] < FOREIGN * len(written))


def script_of(text: str) -> str:
    """The script that a text is written in; "" for one that is too short to tell or mixed."""
    text = _ADDRESS.sub("", TAG.sub("", text))
    counts = {name: len(letters.findall(text)) for name, letters in SCRIPTS.items()}
    if counts["kana"] * 5 >= counts["han"] and counts["kana"] >= ENOUGH["kana"]:
        counts["kana"] += counts["han"]  # Japanese has both
    name = max(counts, key=lambda one: counts[one])
    if counts["han"] >= ENOUGH["han"] and counts["han"] * 4 >= counts["latin"] and name == "latin":
        return "han"  # Chinese with names in Latin letters
    return name if counts[name] >= ENOUGH.get(name, 6) else ""


def garbled(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    found = tuple(row.number for row in rows if GARBLED.search(row.text) or GARBLED.search(row.target))
    if found:
        yield Finding("garbled", "warning", found)


def without_control(text: str) -> str:
    return _tidy(CONTROL.sub("", text)) if CONTROL.search(text) else text


def without_html(text: str) -> str:
    """Tags away, entities as the characters that they stand for."""
    if not (TAG.search(text) or ENTITY.search(text)):
        return text
    plain = ENTITY.sub(lambda found: html.unescape(found[0]), TAG.sub("", BLOCK.sub("\n", text)))
    return _tidy(plain.replace("\xa0", " "))


def _tidy(text: str) -> str:
    return re.sub(r"[ \t]{2,}", " ", text).strip()
