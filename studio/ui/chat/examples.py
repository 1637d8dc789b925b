"""Questions to try a run with: rows that it did not learn from.

Knows no widget.
"""

from __future__ import annotations

from studio.errors import StudioError
from studio.runs import Run
from studio.ui.kit.page import Page

MOST = 5
LONGEST = 80  # characters; longer rows make no good button


def examples_of(page: Page, run: Run) -> list[str]:
    """Up to MOST different texts of the test rows, else of the validation rows; none where they are gone."""
    try:
        splits = page.studio.lessons(run.id)
    except StudioError:
        return []
    texts = dict.fromkeys(example.text for example in splits.test or splits.validation)
    return [text for text in texts if len(text) <= LONGEST][:MOST]
