"""`job.yaml`, the settings of a run on the disk: numbered by format, brought forward by named patches as it is read.

Knows no run and none of its other files. Reading never writes; a file keeps its format until somebody saves it anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from studio import plain_yaml
from studio.config import RunConfig
from studio.errors import StudioError

Values = dict[str, Any]
MOST = 100_000  # characters of a file
# Patch n makes of a file of format n + 1 one of format n + 2: what a renamed setting was called, what an absent one
# meant. One that was ever released is never changed; a new setting whose default is "off" needs none.
PATCHES: tuple[Callable[[Values], Values], ...] = ()


def present() -> int:
    """The format that is written; files without a number are of format 1."""
    return len(PATCHES) + 1


@dataclass(frozen=True)
class JobFile:
    """Settings as this version understands them, and of a newer format those that it does not, kept as they are."""

    config: RunConfig
    format: int = field(default_factory=present)
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        values = {"format": self.format, **self.config.model_dump(), **self.unknown}
        return yaml.safe_dump(values, allow_unicode=True, sort_keys=False)

    @property
    def unknown_names(self) -> str:
        return ", ".join(self.unknown)[:200]

    def to_train(self) -> RunConfig:
        """The settings, if all are known: to learn by some of them would be another run than was asked for.

        Raises StudioError config.newer_job.
        """
        if self.unknown:
            raise StudioError("config.newer_job", settings=self.unknown_names)
        return self.config


def read(text: str) -> JobFile:
    """Reads a file of any format. Raises StudioError when it is no job, or one of a known format with unknown keys."""
    values = _parsed(text)
    number = values.pop("format", 1)
    if type(number) is not int or number < 1:
        raise StudioError("config.not_yaml", problem=f"format: {number}"[:80])
    for patch in PATCHES[number - 1 :]:
        values = patch(values)
    if number <= present():
        return JobFile(RunConfig.of(values))
    known = {name: value for name, value in values.items() if name in RunConfig.model_fields}
    return JobFile(RunConfig.of(known), number, {str(key): values[key] for key in values if key not in known})


def read_file(path: Path) -> JobFile:
    """The same of a file, however long. Raises OSError where there is none."""
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open(encoding="utf-8", errors="replace") as file:
        return read(file.read(MOST + 1))


def _parsed(text: str) -> Values:
    try:
        values = plain_yaml.load(text, MOST)
    except ValueError as error:
        raise StudioError("config.not_yaml", problem=str(error)) from error
    if not isinstance(values, dict):
        raise StudioError("config.not_yaml", problem=type(values).__name__)
    return values
