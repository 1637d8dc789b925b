"""What each task asks of a model: one room a task, one row in the table.

Knows no run. Nothing here imports torch until a model is there to be asked: rows are counted without it.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.engine.objectives import chat, classify, prefer
from studio.engine.objectives.objective import Aim, Brought, Examined, Objective

__all__ = ["OBJECTIVES", "Aim", "Brought", "Examined"]

OBJECTIVES: Mapping[str, Objective] = {"classify": classify, "chat": chat, "prefer": prefer}
