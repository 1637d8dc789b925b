"""A conversation as rows: each answer with what was said before it, and what is left out of it counted.

Knows no file's way to write a conversation.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from studio.data.reading.shapes.shape import Cells, Shaped
from studio.data.reading.shapes.turns import Turn
from studio.data.thoughts import written

CHAT_COLUMNS = ("system", "history", "prompt", "reply")


def replies(turns: Iterable[Turn], system: str = "") -> Shaped:
    """A row for each answer that can be learned.

    An answer after a tool was used stands on what the tool said, which no model is shown here: it is left out, and so
    is one that the file marks. What a file marks stays in what was said before.
    """
    rows: list[Cells] = []
    history: list[tuple[str, str]] = []
    counted: Counter[str] = Counter()
    tool = False
    said = list(turns)
    counted["data.notes_in_talk"] = sum(turn.speaker == "note" for turn in said)
    for turn in merged(said):
        asked = bool(history) and history[-1][0] == "user"
        match turn.speaker:
            case "system":
                system = turn.words
                continue
            case "tool":
                tool = True
                continue
            case "assistant" if asked and tool:
                counted["data.after_tool"] += 1
            case "assistant" if asked and not turn.learned:
                counted["data.not_to_learn"] += 1
            case "assistant" if asked and turn.words:
                rows.append(row(system, history, written(turn.thought, turn.words)))
        if turn.words:
            history.append((turn.speaker, turn.words))
    if history and history[-1][0] == "user" and not tool:
        if not rows and not +counted:  # a question nobody has answered yet
            return Shaped([row(system, history, "")])
        counted["data.unanswered"] += 1
    why = next(iter(+counted), "") if not rows else ""
    return Shaped(rows, dropped=why, counted=+counted)


def question(turns: Iterable[Turn]) -> Cells:
    """What is asked last, without an answer, with all that was said before it."""
    said = merged(turns)
    assert said[-1].speaker == "user"
    system = "\n\n".join(turn.words for turn in said if turn.speaker == "system")
    return row(system, [(turn.speaker, turn.words) for turn in said if turn.speaker in ("user", "assistant")], "")


def merged(turns: Iterable[Turn]) -> list[Turn]:
    """What one speaker says in a row is one turn; it is learned where all of it is to be. Notes are said by nobody."""
    spoken = (turn for turn in turns if turn.speaker != "note")
    groups = [list(said) for _, said in groupby(spoken, key=lambda turn: turn.speaker)]
    return [
        Turn(
            said[0].speaker,
            "\n".join(turn.words for turn in said if turn.words),
            "\n".join(turn.thought for turn in said if turn.thought),
            all(turn.learned for turn in said),
        )
        for said in groups
    ]


def row(system: str, history: Sequence[tuple[str, str]], reply: str) -> Cells:
    """`history` ends with the question."""
    before = json.dumps(history[:-1], ensure_ascii=False) if history[:-1] else ""
    return dict(zip(CHAT_COLUMNS, (system, before, history[-1][1], reply), strict=True))
