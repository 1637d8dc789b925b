"""In which settings runs differ from one another, those that decide nothing in any of them left out.

Knows no run's curves and no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio.config import RunConfig


def differing(configs: Sequence[RunConfig]) -> Mapping[str, tuple[Any, ...]]:
    """Setting → its value in each, of those settings that are not the same in all; None where it is not one of a run's
    method or task. The dataset and its version stand among them."""
    deciding = [config.deciding for config in configs]
    names = dict.fromkeys(name for settings in deciding for name in settings)
    values = {name: tuple(settings.get(name) for settings in deciding) for name in names}
    return {name: found for name, found in values.items() if len(set(found)) > 1}
