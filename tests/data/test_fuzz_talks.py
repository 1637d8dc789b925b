"""Whatever a record holds under the names that tools use, it is read or left alone: no value breaks the reader."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.data.reading.records import read_json
from studio.data.reading.shapes import shaped
from studio.data.reading.shapes.conversations import SYSTEM, TURNS
from studio.data.reading.shapes.preferences import CHOSEN, MANY, RANKS, SCORES
from studio.data.reading.shapes.tagged import tagged
from studio.data.reading.shapes.turns import CALLS, MEDIA, SAYS, SPEAKS, THINKS, WEIGHTS
from studio.errors import StudioError
from studio.words import LANGS

INNER = [*SPEAKS, *SAYS, *THINKS, *CALLS, *WEIGHTS, *MEDIA, "type", "human", "assistant", "question", "answer",
"text", "rank",
         "score", "parts", "role", "replies", "parent", "children", "message", "fragments", "content_type",
         "selected"]  # fmt: skip
OUTER = [*TURNS, *SYSTEM, *CHOSEN, *CHOSEN.values(), *MANY, *SCORES, *RANKS, "prompt", "completion", "mapping",
"current_node",
         "winner", "conversation_a", "conversation_b", "input", "instruction", "question", "label", "data",
         "annotations",
         "fields", "responses", "history", "text", "images", "kto_tag", "items"]  # fmt: skip
WORDS = st.sampled_from(["", "好", "user", "assistant", "gpt", "system", "tool", "客服", "<think>",
"Human: 好\nAssistant: 好", "0", "1.5",
                         "[INST] 好 [/INST] 好", "model_a", "a", "b", "text", "image_url"])  # fmt: skip
PLAIN = st.none() | st.booleans() | WORDS
VALUES = st.recursive(
    PLAIN,
    lambda held: (
        st.lists(held, max_size=3) | st.dictionaries(st.sampled_from(INNER) | st.sampled_from("ab"), held, max_size=4)
    ),
    max_leaves=12,
)
RECORDS = st.dictionaries(st.sampled_from(OUTER), VALUES, max_size=4)


def check(record: dict[str, Any]) -> None:
    found = shaped(record)
    for row in found.rows if found else ():
        assert all(isinstance(name, str) and isinstance(value, str) for name, value in row.items())


@settings(max_examples=400, deadline=None)
@given(RECORDS)
def test_any_record_is_rows_of_text_or_left_alone(record: dict[str, Any]) -> None:
    check(record)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(TURNS), st.lists(st.dictionaries(st.sampled_from(INNER), VALUES, max_size=4), max_size=4), RECORDS
)
def test_any_turns_are_rows_of_text_or_left_alone(name: str, turns: list[Any], record: dict[str, Any]) -> None:
    check({**record, name: turns})


@settings(max_examples=200, deadline=None)
@given(st.lists(RECORDS | VALUES, max_size=4))
def test_any_json_is_read_or_refused_in_words(data: list[Any]) -> None:
    try:
        read_json(json.dumps(data, ensure_ascii=False), "utf-8")
    except StudioError as error:
        said = StudioError(error.key, **{"file": "f", **error.details})
        assert all(said.say(lang) for lang in LANGS)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["<|im_start|>user\n", "<|im_end|>", "[INST]", "[/INST]", "<<SYS>>", "</s>",
"Human:", "问：", "好", "\n",
                                 "### Response:\n", "<|user|>", "USER: ", "ASSISTANT: ", "<think>",
                                 "</think>"]), max_size=12))  # fmt: skip
def test_any_text_with_tags_is_turns_or_left_alone(pieces: list[str]) -> None:
    turns = tagged("".join(pieces))
    assert turns is None or any(turn.words for turn in turns)
