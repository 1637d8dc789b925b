"""A GGUF file as a base model: turned once into safetensors by a limited process, and kept beside the other models.

Knows no weights: the child reads the file, and what it wrote is checked as any stranger's folder is.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from studio import commit
from studio.data.reading.read import ask_child
from studio.errors import StudioError
from studio.workspace import GIB, in_words, need_space

FOLDER = ".gguf"  # in the folder of models
MAGIC = b"GGUF"
TIMES = 4  # as large as the file, which as a rule has four bits for a weight, are its weights in sixteen
CPU_SECONDS, WALL_SECONDS = 1800, 3600  # 8B take about two minutes


def is_one(model: str) -> bool:
    """Whether a model is named as a file of this kind."""
    return model.lower().endswith(".gguf")


def place(path: Path, models_dir: Path) -> Path:
    """Where its safetensors lie, or would: known by the file's path, so that they serve on when the file is gone."""
    return models_dir / FOLDER / hashlib.sha256(str(path).encode()).hexdigest()[:16]


def made(path: Path, models_dir: Path) -> bool:
    """Whether what lies there is of the file as it is now, or of one that is gone."""
    folder = place(path, models_dir)
    try:
        facts = commit.facts_of(folder)
    except (OSError, ValueError):
        return False
    return not path.is_file() or facts.get("of") == _state(path)


def turn(path: Path, models_dir: Path) -> Path:
    """The folder with its safetensors, made unless it is there.

    Raises StudioError engine.no_such_file, engine.no_gguf, engine.gguf_fails, engine.gguf_limits, workspace.no_room.
    """
    folder = place(path, models_dir)
    if made(path, models_dir):
        return folder
    _must_be_one(path)
    need_space(models_dir, TIMES * path.stat().st_size / GIB)
    try:
        with commit.committed(folder, of=_state(path)) as draft:
            answer = _asked(path, draft)
            if answer["fails"]:
                raise StudioError("engine.gguf_fails", file=path.name, problem=answer["fails"])
    except OSError as error:
        raise in_words(error, models_dir) or error from error
    return folder


def _asked(path: Path, draft: Path) -> dict[str, str]:
    arguments = [str(path), str(draft), str(CPU_SECONDS)]
    try:
        return ask_child("studio.engine.gguf_child", arguments, path.name, seconds=WALL_SECONDS)
    except StudioError as error:
        if error.key == "data.too_big":  # its limits ended it
            raise StudioError("engine.gguf_limits", file=path.name) from error
        if error.key == "data.unreadable":
            raise StudioError("engine.gguf_fails", file=path.name, problem="…") from error
        raise


def _must_be_one(path: Path) -> None:
    if not path.is_file():
        raise StudioError("engine.no_such_file", file=str(path))
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise StudioError("engine.no_gguf", file=path.name)


def _state(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"
