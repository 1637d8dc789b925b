"""A model that is asked nothing twice: what a model answered is kept in a file, and only what is new is asked.

Knows no measure and no run. An answer is found again by whose it is (the adapter), what was asked and how it was drawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from studio.contract import Answers, Prediction, Progress, no_progress
from studio.data import asking
from studio.data.asking import Conversation
from studio.data.schema import Example, Message

AT_ONCE = 256  # answers, after which they are on the disk
Ask = Callable[[list[int], Progress], Sequence[Any]]


class Remembered:
    """`whose`: what an answer depends on besides its question, so that the answers of another adapter are not taken for
    this one's. What cannot be read in the file is asked anew; where it cannot be written, all is asked every time."""

    def __init__(self, session: Answers, file: Path, whose: str) -> None:
        self._session, self._file, self._whose = session, file, whose
        self.talks = session.talks
        self._known = _read(file)

    def classify(
        self, conversations: Sequence[Conversation], tuned: bool, progress: Progress = no_progress
    ) -> list[Prediction]:
        def ask(places: list[int], told: Progress) -> Sequence[Any]:
            return self._session.classify([conversations[place] for place in places], tuned, told)

        asked = [_written("classify", tuned, said) for said in conversations]
        return [PREDICTION.validate_python(one) for one in self._each(asked, ask, progress)]

    def answers(
        self, examples: Sequence[Example], tuned: bool, longest: int, progress: Progress = no_progress
    ) -> list[str]:
        """What a row's right answer is does not change what is said, only how soon."""

        def ask(places: list[int], told: Progress) -> Sequence[Any]:
            return self._session.answers([examples[place] for place in places], tuned, longest, told)

        return self._each([_written(longest, tuned, asking.of(one)) for one in examples], ask, progress)

    def leanings(self, examples: Sequence[Example], tuned: bool, progress: Progress = no_progress) -> list[float]:
        def ask(places: list[int], told: Progress) -> Sequence[Any]:
            return self._session.leanings([examples[place] for place in places], tuned, told)

        pairs = [_written((one.target, one.rejected), tuned, asking.of(one)) for one in examples]
        return self._each(pairs, ask, progress)

    def _each(self, asked: Sequence[str], ask: Ask, progress: Progress) -> list[Any]:
        """The answer to each question, of which every new one is asked once."""
        keys = [hashlib.sha256(f"{self._whose}\n{one}".encode()).hexdigest()[:32] for one in asked]
        first = {key: place for place, key in reversed(list(enumerate(keys))) if key not in self._known}
        new = sorted(first.values())
        for start in range(0, len(new), AT_ONCE):
            places = new[start : start + AT_ONCE]
            done, part = start / len(new), len(places) / len(new)
            found = ask(places, lambda share, done=done, part=part: progress(done + part * share))  # type: ignore[misc]
            self._keep({keys[place]: PLAIN.dump_python(one) for place, one in zip(places, found, strict=True)})
        progress(1.0)
        return [self._known[key] for key in keys]

    def _keep(self, found: dict[str, Any]) -> None:
        self._known |= found
        lines = ("\n" + json.dumps([key, value], ensure_ascii=False) for key, value in found.items())
        with suppress(OSError), self._file.open("a", encoding="utf-8") as file:  # the card is worth more than this
            file.write("".join(lines))


PREDICTION = TypeAdapter(Prediction)
PLAIN: TypeAdapter[Any] = TypeAdapter(Any)


def _written(how: Any, tuned: bool, said: Sequence[Message]) -> str:
    return json.dumps([how, tuned, [[one.role, one.content] for one in said]], ensure_ascii=False)


def _read(file: Path) -> dict[str, Any]:
    """A line that a crash cut off, or that is of another time, is passed over."""
    known: dict[str, Any] = {}
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return known
    for line in lines:
        with suppress(ValueError):
            match json.loads(line):
                case [str(key), value]:
                    known[key] = value
    return known
