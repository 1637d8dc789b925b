"""Whatever JSON holds, its lists and objects are never learned as if somebody had said them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from studio.data.intake.intake import Wish, understand
from studio.data.reading.child import tabulate_file
from studio.errors import StudioError

KEYS = (
    "intents", "utterances", "rasa_nlu_data", "common_examples", "tag", "patterns", "responses", "text", "intent",
    "label", "questions", "answer", "data", "train", "test", "examples", "instances", "instruction", "input", "output",
    "_task_hash", "messages", "role", "content", "qnas", "annotations", "id", "parent_id", "inbound", "entities",
)  # fmt: skip
WORDS = ("几点开门？", "hi there", "accept", "reject", "user", "agent", "好评", "", None, 1, True, float("nan"))
FILES = 400


def test_no_list_or_object_is_learned(tmp_path: Path) -> None:
    chance = random.Random(5)
    path = tmp_path / "x.json"
    understood = 0
    for _ in range(FILES):
        path.write_text(json.dumps(_file(chance)), encoding="utf-8")
        try:
            examples, _ = understand(tabulate_file(path), Wish(), "x.json")
        except StudioError as error:
            assert StudioError(error.key, **{"file": "x.json", **error.details}).say("zh")
            continue
        understood += 1
        assert not [text for one in examples for text in (one.text, one.target) if _structured(text)]
    assert understood > FILES / 10


def _file(chance: random.Random) -> Any:
    keys = chance.sample(KEYS, 2)
    records = [[{key: _value(chance, 2) for key in chance.sample(KEYS, 4)} for _ in range(4)] for _ in keys]
    return chance.choice((records[0], dict(zip(keys, records, strict=True)), _value(chance, 5)))


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.random()
    if depth == 0 or kind < 0.4:
        return chance.choice(WORDS)
    if kind < 0.7:
        return [_value(chance, depth - 1) for _ in range(chance.randint(0, 4))]
    return {chance.choice(KEYS): _value(chance, depth - 1) for _ in range(chance.randint(0, 5))}


def _structured(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list | dict)
    except ValueError:
        return False
