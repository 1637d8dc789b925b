"""What a finding of the report card can be mended with in one step, by its name: rows added to the dataset.

Knows no measure and no screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.data.near import normalise
from studio.errors import StudioError
from studio.evaluation import outside
from studio.studio import Studio
from studio.tasks import TASKS


def add_unknown(studio: Studio, run: str) -> int:
    """Adds questions that the dataset of a run does not answer, with the answer that one does not know; how many rows.

    They are other questions than a report card asks, and of one group, so that all of them are taught. Raises
    StudioError data.no_such_dataset, report_card.unknown_added where it has them, report_card.says_nothing where a run
    answers in no words of its own.
    """
    config = studio.run(run).config
    if not TASKS[config.task].talks or TASKS[config.task].compares:
        raise StudioError("report_card.says_nothing")
    known = studio.data.known_texts(config.dataset)
    rows = [row for row in outside.lesson(studio.lessons(run), config.seed) if normalise(row[0]) not in known]
    if not rows:
        raise StudioError("report_card.unknown_added", name=studio.data.get(config.dataset).name)
    (first, answer), *others = rows
    row = studio.data.insert(config.dataset, first, answer)
    return 1 + studio.data.insert_like(config.dataset, row.number, [text for text, _ in others])


REMEDIES: Mapping[str, Callable[[Studio, str], int]] = {"add_unknown": add_unknown}
