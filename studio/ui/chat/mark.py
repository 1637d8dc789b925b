"""Answers marked by criteria on the page, one at a time, and the same as an Excel file, out and back in.

Knows no rule of marking: `mark.js` shows what these functions return.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.judging import told
from studio.judging.marking import Paper
from studio.judging.marks import CRITERIA
from studio.judging.opinions import named
from studio.ui.kit.page import Page

Asked = Mapping[str, Any]


def paper_next(page: Page, asked: Asked) -> dict[str, Any]:
    """An answer to be marked by a judge, None where none is left."""
    judging = page.studio.judging
    return _paper(page, asked, judging.marking.next(judging.contest(asked["run"], asked["against"]), asked["who"]))


def paper_mark(page: Page, asked: Asked) -> dict[str, Any]:
    """Notes the marks of an answer, also of a run that was deleted meanwhile; then as `paper_next`."""
    marks = {name: int(asked["marks"][name]) for name in CRITERIA}
    page.studio.judging.marking.give(str(asked["code"]), asked["who"], marks)
    return paper_next(page, asked)


def _paper(page: Page, asked: Asked, paper: Paper | None) -> dict[str, Any]:
    """Nothing in it tells whose answer it is."""
    judging = page.studio.judging
    marks = judging.ledger.marks(judging.contest(asked["run"], asked["against"]))
    count = len({(one.match, one.of) for one in marks if one.judge == named(asked["who"])})
    return {"paper": paper and asdict(paper), "count": count}


def sheet_out(page: Page, asked: Asked) -> dict[str, str]:
    """A scoring sheet as a file to be saved."""
    judging = page.studio.judging
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        judging.marking.sheet(judging.contest(asked["run"], asked["against"]), path, page.lang)
        name = f"{page.say('judging.sheet')}.xlsx"
        return {"name": name, "content": base64.b64encode(path.read_bytes()).decode()}


def sheet_back(page: Page, asked: Asked) -> dict[str, Any]:
    """Notes what stands in a sheet that somebody filled in. Raises StudioError as `Marking.take`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{Path(str(asked['name'])).suffix[:6]}"
        path.write_bytes(base64.b64decode(asked["content"]))
        taken = page.studio.judging.marking.take(path, asked["who"], str(asked["name"])[:80])
    problems = [page.say(**one) for one in taken.problems]
    return {"words": told.taken(taken, asked["who"], page.lang), "problems": problems}
