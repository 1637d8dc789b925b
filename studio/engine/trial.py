"""A stranger's tokenizer and chat template tried on short texts in a limited process, before this one opens them.

Knows no model. What is tried, and how, is the child's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from studio import commit
from studio.assets import STARTER_DIR
from studio.data.reading.read import ask_child
from studio.engine.folder import READ, read
from studio.errors import StudioError

NAMES = (
    "tokenizer",
    "added_tokens",
    "chat_template",
    "additional_chat_templates",
    "spiece",
    "sentencepiece",
    "vocab",
    "merges",
)
CPU_SECONDS = 10  # the largest tokenizer in use is read in two
WALL_SECONDS = 120  # of two cores that others use, too; the child's own limit is of the processor


@dataclass(frozen=True)
class Words:
    """The files of a folder that become tokenizer and template, known by what is in them."""

    digest: str
    folder: Path = field(compare=False)


def must_end(folder: Path) -> None:
    """Raises StudioError engine.never_ends where short texts take more than seconds, or all of the memory, and
    engine.too_many_tokens where the vocabulary does.

    Once for each content while the studio runs. What is broken is not told here, but when it is opened.
    """
    if folder == STARTER_DIR:
        return
    digest = hashlib.sha256()
    for path in read(folder):
        if path.suffix in READ and path.relative_to(folder).parts[0].startswith(NAMES):
            digest.update(f"{path.name} {commit.sha256(path)}\n".encode())
    _tried(Words(digest.hexdigest(), folder))


@cache
def _tried(words: Words) -> None:
    try:
        ask_child(
            "studio.engine.trial_child", [str(words.folder), str(CPU_SECONDS)], words.folder.name, seconds=WALL_SECONDS
        )
    except StudioError as error:
        if error.key == "data.unreadable":  # broken in a way that is told where it is opened
            return
        if error.key != "data.too_big":
            raise
        raise StudioError("engine.never_ends", folder=str(words.folder)) from error
