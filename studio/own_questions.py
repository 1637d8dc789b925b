"""Everyday questions of a person's own, which every report card of the workspace asks beside the common hundred.

Knows no run. One line is one question, after a bar its right answer; without one the base's answer is the right one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from studio.errors import StudioError
from studio.workspace import Workspace

MOST = 200
LONGEST = 500  # characters of a line
BARS = str.maketrans({"｜": "|", "\t": "|"})


class OwnQuestions:
    """Kept in a file of the workspace; one that cannot be read holds none, and is written anew with the next."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def listed(self) -> list[tuple[str, str]]:
        """(question, right answer or "")."""
        try:
            found = json.loads(self._workspace.everyday.read_bytes())
            return [(str(text), str(answer)) for text, answer in found]
        except (OSError, ValueError, TypeError):
            return []

    def text(self) -> str:
        """As a person writes them."""
        return "\n".join(f"{text} | {answer}" if answer else text for text, answer in self.listed())

    def write(self, text: str) -> list[tuple[str, str]]:
        """Puts these in the place of those before. Raises StudioError report_card.too_many_questions,
        report_card.question_too_long with the line."""
        found = list(_parsed(text.splitlines()).items())
        if len(found) > MOST:
            raise StudioError("report_card.too_many_questions", count=len(found), most=MOST)
        self._workspace.write(self._workspace.everyday, json.dumps(found, ensure_ascii=False, indent=1).encode())
        return found


def _parsed(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST:
            raise StudioError("report_card.question_too_long", line=number, count=len(line), most=LONGEST)
        question, _, answer = line.translate(BARS).partition("|")
        if question.strip():
            found[question.strip()] = answer.strip()
    return found
