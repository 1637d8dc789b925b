"""问：… 答：… and Q: … A: …, as people write questions and answers into a text.

Knows no separator and no other text.
"""

from __future__ import annotations

import re

from studio.data.reading.grid import MAX_ROWS, Grid
from studio.data.reading.headers import known
from studio.data.reading.texts.asking import rules
from studio.errors import StudioError

NUMBERED = r"[ \t\u3000>*#-]*(?:\d{1,4}\s*[.、)）:：]\s*)?\**[【\[(（]?\s*"
ASKERS = r"问题?|提问|客人?|顾客|客户|用户|买家|問題?|Q|Question|User|Customer"
ANSWERERS = r"答案?|回答|回复|店家|商家|客服|掌柜|老板|卖家|助手|A|Answer|Assistant|Bot"
END = r"\s*\d{0,4}\s*[】\])）]?\**\s*[:：]\**\s*"
ASKED = re.compile(rf"{NUMBERED}(?:{ASKERS}){END}", re.IGNORECASE)
ANSWERED = re.compile(rf"{NUMBERED}(?:{ANSWERERS}){END}", re.IGNORECASE)
ANSWERED_INSIDE = re.compile(rf"[\s。？！?!；;]\s*(?:{ANSWERERS})\s*[:：]\s*", re.IGNORECASE)
MOST_TITLES = 5  # lines above the first question
NEAR = 6  # lines below a separator
LONGEST_TITLE = 40  # characters


def read_marked(text: str, encoding: str) -> Grid | None:
    """问：… 答：… or Q: … A: … as questions and answers of one or more lines; None for any other text."""
    lines = text.split("\n")
    full = [i for i, line in enumerate(lines) if line.strip()]
    first = next((i for i in full[: MOST_TITLES + 1] if ASKED.match(lines[i])), None)
    if first is None or not any(ANSWERED.match(line) or ANSWERED_INSIDE.search(line) for line in lines):
        return None
    if any(known(cell) for i in full if i < first for cell in re.split(r"[,;\t|]", lines[i])[1:]):
        return None  # a table whose first cell begins like a question
    grid = Grid((), "txt", encoding, columns=["question", "answer"])
    grid.dropped += [
        {"row": i + 1, "reason": "data.title_row", "text": lines[i].strip()[:80]} for i in full if i < first
    ]
    lines, between = _parted(lines, first)
    grid.dropped += [{"row": i + 1, "reason": "data.heading", "text": text[:80]} for i, text in between]
    rows, numbers = _dialogue(lines, first)
    grid.cells, grid.numbers = [["\n".join(part).strip() for part in row] for row in rows], numbers
    answered = sum(1 for _, answer in grid.cells if answer)
    return grid if answered > len(rows) / 2 else None


def _parted(lines: list[str], first: int) -> tuple[list[str], list[tuple[int, str]]]:
    """The lines without separators and without the titles that stand behind one and above a question; and these.

    Words behind a separator that lead to no question go on with the answer; ~~~ around words is a fence and stays.
    """
    kept, titles = list(lines), list[tuple[int, str]]()
    for i in [i for i in range(first, len(lines)) if rules(lines[i])]:
        below = [j for j in range(i + 1, min(i + 1 + NEAR, len(lines))) if lines[j].strip()][:3]
        marked = next((n for n, j in enumerate(below) if _marked(lines[j]) or rules(lines[j])), None)
        ends = marked == 0 or not below
        if "~" in lines[i] and (not ends or _fenced(kept, i)):
            continue
        kept[i] = ""
        if marked == 1 and len(lines[below[0]]) <= LONGEST_TITLE and lines[below[0]].strip()[-1] not in "。.！!":
            titles.append((below[0], lines[below[0]].strip()))
            kept[below[0]] = ""
    return kept, titles


def _marked(line: str) -> bool:
    return bool(ASKED.match(line) or ANSWERED.match(line))


def _fenced(lines: list[str], i: int) -> bool:
    """Whether line `i` closes a block that a line like it opened in the same answer."""
    above = lines[max((j for j in range(i) if _marked(lines[j])), default=0) : i]
    return sum("~" in line and rules(line) for line in above) % 2 == 1


def _dialogue(lines: list[str], first: int) -> tuple[list[tuple[list[str], list[str]]], list[int]]:
    """(lines of the question, lines of the answer) and the line where each begins."""
    rows: list[tuple[list[str], list[str]]] = []
    numbers: list[int] = []
    answering = False
    for i, line in enumerate(lines[first:], first):
        if asked := ASKED.match(line):
            line, answering = line[asked.end() :], False
            rows.append(([], []))
            numbers.append(i + 1)
            below = next((later for later in lines[i + 1 : i + 3] if later.strip()), "")
            if (inside := ANSWERED_INSIDE.search(line)) and not ANSWERED.match(below):
                rows[-1][0].append(line[: inside.start() + 1].strip())
                line, answering = line[inside.end() :], True
        elif answered := ANSWERED.match(line):
            line, answering = line[answered.end() :], True
        rows[-1][answering].append(line.rstrip())
        if len(rows) > MAX_ROWS:
            raise StudioError("data.too_many_rows", rows=len(rows), limit=MAX_ROWS)
    return rows, numbers
