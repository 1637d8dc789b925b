"""What of a stranger's model folder may be opened at all: regular files of bounded size, and no word that names code.

Knows no weights and no kind of model.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.errors import StudioError

MAX_JSON = 64 * 2**20  # bytes; the largest tokenizer.json in use is a third of this
READ = (".json", ".txt", ".model", ".jinja")  # what the libraries read whole, besides weights
ATTENTION = ("eager", "sdpa", None)  # any other names a kernel that a hub would be asked for
CODE = ("trust_remote_code", "custom_generate", "use_kernels", "kernel_config")  # what asks for code, if it is set


def check(folder: Path) -> None:
    """Raises StudioError where a file that the libraries would read is none, is too large, lies elsewhere, or asks for
    code."""
    for path in read(folder):
        _must_be_plain(path, folder)
        if path.suffix == ".json" and path.name not in ("tokenizer.json", "vocab.json"):
            refuse_code(read_json(path), path.name)


def read(folder: Path) -> Iterator[Path]:
    """What the libraries would read in a model's folder, by its names, which are sorted."""
    with os.scandir(folder) as found:
        names = sorted(one.name for one in found)
    for name in names:
        if name.endswith((*READ, ".safetensors")):
            yield folder / name
        elif name in ("additional_chat_templates", "chat_templates") and (folder / name).is_dir():
            yield from sorted((folder / name).glob("*.jinja"))


def _must_be_plain(path: Path, folder: Path) -> None:
    """A link may lead to a file of this folder, or to where a hub's own cache keeps what its snapshots show."""
    try:
        real, found = path.resolve(strict=True), path.stat()
    except (OSError, RuntimeError) as error:  # leads nowhere, or in a circle
        raise StudioError("engine.not_a_file", file=path.name) from error
    kept = folder.parent.parent / "blobs"
    if not stat.S_ISREG(found.st_mode) or not any(real.is_relative_to(one.resolve()) for one in (folder, kept)):
        raise StudioError("engine.not_a_file", file=path.name)
    if path.suffix in READ and found.st_size > MAX_JSON:
        raise StudioError("engine.too_large_file", file=path.name, most=MAX_JSON // 2**20)


def refuse_code(value: Any, name: str) -> None:
    """Raises StudioError when anything, at any depth, asks for code that came with the model or lies at a hub."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            named = (value for key, value in one.items() if _chooses(str(key)))
            if any(one.get(key) for key in CODE) or any(not _known(value) for value in named):
                raise StudioError("engine.wants_code", file=name)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _chooses(key: str) -> bool:
    """Whether a setting says which code does a model's work."""
    return ("attn_implementation" in key or "experts_implementation" in key) and "autoset" not in key


def _known(implementation: Any) -> bool:
    """One of transformers' own, alone or for each part of a model."""
    if isinstance(implementation, dict):
        return all(value in ATTENTION for value in implementation.values() if isinstance(value, (str, type(None))))
    return implementation in ATTENTION if isinstance(implementation, (str, type(None))) else False


def read_json(path: Path) -> Any:
    """A JSON file of bounded size. Raises StudioError when it is none."""
    try:
        if path.stat().st_size > MAX_JSON:
            raise StudioError("engine.too_large_file", file=path.name, most=MAX_JSON // 2**20)
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise StudioError("engine.damaged", file=path.name) from error
