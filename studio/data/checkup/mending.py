"""The check-up of a dataset in the store, and one of its findings mended: looked at first, taken back by one undo.

Knows no check and no screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.data.checkup import (
    FIXABLE,
    SPLIT_AGAIN,
    STOPPING,
    Change,
    Checkup,
    Finding,
    changes,
    checkup,
    look_for,
)
from studio.data.checkup.wording import TOKENS
from studio.data.schema import Row
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.data.datastore import DataStore


def examine(
    store: DataStore, dataset: str, progress: Callable[[float], None] = lambda share: None, longest: int = TOKENS
) -> Checkup:
    """For a model that reads `longest` tokens of a row. Raises StudioError data.no_such_dataset."""
    card = store.get(dataset)
    return checkup(_rows(store, dataset), card.task, progress, longest, card.report.allowed)


def preview(
    store: DataStore, dataset: str, kind: str, longest: int = TOKENS
) -> tuple[Finding | None, dict[int, Change]]:
    """The finding as it stands now, and what mending it would change, row by row; nothing is changed yet.

    Raises StudioError checkup.no_such_fix.
    """
    if kind not in FIXABLE:
        raise StudioError("checkup.no_such_fix", kind=kind[:40], kinds=", ".join(sorted(FIXABLE)))
    rows, task = _rows(store, dataset), store.get(dataset).task
    finding = look_for(kind, rows, task, longest)
    return finding, {} if finding is None or kind == SPLIT_AGAIN else changes(finding, rows, task)


def mend(store: DataStore, dataset: str, kind: str, longest: int = TOKENS) -> int:
    """Mends the finding and tells how many rows changed; copies across the split are mended by dividing anew.

    Raises StudioError checkup.no_such_fix.
    """
    finding, wanted = preview(store, dataset, kind, longest)
    if finding is not None and kind == SPLIT_AGAIN:
        store.freeze(dataset)
        return len(finding.rows)
    return store.change(dataset, {number: change for number, change in wanted.items()})


def allow(store: DataStore, dataset: str, kind: str) -> None:
    """Lets a finding that stops the training pass, because it is meant. Raises StudioError checkup.nothing_to_allow."""
    if kind not in STOPPING:
        raise StudioError("checkup.nothing_to_allow", kind=kind[:40], kinds=", ".join(sorted(STOPPING)))
    store.allow(dataset, kind)


def _rows(store: DataStore, dataset: str) -> list[Row]:
    total = store.progress(dataset)[1]
    return store.rows(dataset, limit=max(total, 1))[0]
