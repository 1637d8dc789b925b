"""The report of a run as a file: gathers what it is made of, and writes it in one of the formats of the table.

Knows no page and no terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from studio.card_lines import judged_line
from studio.data.schema import Splits
from studio.errors import StudioError
from studio.printing import page, word
from studio.printing.content import Told, sheet
from studio.printing.sheet import Sheet
from studio.words import Lang

if TYPE_CHECKING:
    from studio.studio import Studio

# by the ending of a file
PRINTS: Mapping[str, Callable[[Sheet], bytes]] = {".html": page.write, ".docx": word.write}


def printed(studio: Studio, run: str, ending: str, lang: Lang) -> tuple[str, bytes]:
    """The file's name and content. Raises StudioError printing.no_report for a run that was not tested,
    printing.no_such_format."""
    if ending not in PRINTS:
        raise StudioError("printing.no_such_format", ending=ending or "–", endings=" ".join(PRINTS))
    made = sheet(told(studio, run, lang), lang)
    return f"{made.name}{ending}", PRINTS[ending](made)


def told(studio: Studio, run: str, lang: Lang) -> Told:
    """What the report of a run is made of, with the newest earlier run of its dataset that was tested."""
    known, report = studio.run(run), studio.report(run)
    if report is None:
        raise StudioError("printing.no_report", name=known.dataset_name)
    people = judged_line(studio, known, lang)
    for one in studio.runs_of(known.config.dataset):
        earlier = one.created < known.created and one.config.task == known.config.task
        before = studio.report(one.id) if earlier else None
        if before is not None:
            return Told(known, report, _rows(studio, run), one, before, _rows(studio, one.id), people)
    return Told(known, report, _rows(studio, run), people=people)


def _rows(studio: Studio, run: str) -> Splits | None:
    """What a run learned; None where its rows are gone."""
    try:
        return studio.lessons(run)
    except StudioError:
        return None
