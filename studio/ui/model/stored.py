"""The models that were downloaded, with the disk that each takes, and how one is removed: after a second click.

Knows no layout: `stored.js` shows what these functions return.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.stored import Lying
from studio.ui.kit.page import Page
from studio.ui.kit.units import weight


def stored_models(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """All, the largest first, and how much they take together."""
    known = page.studio.stored.all()
    total = weight(sum(one.model.bytes for one in known))
    return {
        "models": [_row(page, one) for one in known],
        "total": page.say("stored.total", n=len(known), size=total) if known else page.say("stored.none"),
    }


def delete_model(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Removes one. Raises StudioError as `Stored.delete`."""
    gone = page.studio.stored.delete(str(asked["model"])).model
    return {"words": page.say("stored.deleted", model=gone.model, size=weight(gone.bytes)), **stored_models(page, {})}


def _row(page: Page, one: Lying) -> dict[str, Any]:
    said = [] if one.model.whole else [page.say("stored.half")]
    said += [page.say("stored.needed_by", n=len(one.runs))] if one.runs else []
    return {
        "model": one.model.model,
        "size": weight(one.model.bytes),
        "whole": one.model.whole,
        "words": page.say("stored.between").join(said),
    }
