"""One record as another tool wrote it, as rows of ours: conversations, preferences, Label Studio, Argilla, Kiln.

Knows no file and no role: a record comes in as parsed JSON, rows of named cells come out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.data.reading.headers import role_of

Cells = dict[str, str]
TURNS = ("messages", "conversations", "conversation", "dialog", "dialogue", "contents", "turns")
SPEAKERS = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user", "customer": "user", "用户": "user", "顾客": "user", "客户": "user",
    "assistant": "assistant", "gpt": "assistant", "bot": "assistant", "model": "assistant", "chatgpt": "assistant",
    "助手": "assistant", "客服": "assistant", "机器人": "assistant",
}  # fmt: skip
CHAT_COLUMNS = ["system", "history", "prompt", "reply"]
NOT_ANSWERS = ("discarded", "draft", "cancelled")
PLAIN_NAMES = {"choices": "label", "rating": "label", "taxonomy": "label", "text": "reply", "number": "label"}


@dataclass(frozen=True)
class Shaped:
    """The rows of a record, and what is to be said about it: keys of sentences, or empty."""

    rows: Sequence[Cells]
    dropped: str = ""
    repaired: str = ""
    note: str = ""  # said once for the whole file


def shaped(record: Mapping[str, Any]) -> Shaped | None:
    """The record's rows when it has the shape of a tool that we know, else None."""
    if False in (record.get("kto_tag"), record.get("label")) and _turns_of(record) or record.get("kto_tag") is False:
        return Shaped((), dropped="data.rejected_answer")
    for shape in (_preference, _conversation_record, _label_studio, _argilla, _argilla_flat, _argilla_old, _kiln):
        found = shape(record)
        if found is not None:
            return found
    return None


def cell(value: Any) -> str:
    """A JSON value as a cell's text."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case {"choices": [*choices]} if len(value) == 1:
            return "、".join(map(cell, choices))
        case _:
            return json.dumps(value, ensure_ascii=False, default=str)


# conversations


def _turns_of(record: Mapping[str, Any]) -> list[Any] | None:
    for name in TURNS:
        if isinstance(record.get(name), list):
            return list(record[name])
    return None


def _conversation_record(record: Mapping[str, Any]) -> Shaped | None:
    turns = _turns_of(record)
    if turns is None:
        return None
    system = record.get("system") or record.get("systemInstruction") or record.get("system_prompt") or ""
    return Shaped(_replies(_speech(turns), _words(system) or cell(system)))


def _preference(record: Mapping[str, Any]) -> Shaped | None:
    """The chosen answer with what it answers: LLaMA-Factory, TRL and OpenAI write it in ways of their own."""
    if "preferred_output" in record:
        asked = record.get("input")
        before = asked.get("messages") if isinstance(asked, dict) else None
        return _chosen(before or [], record["preferred_output"], "")
    turns = _turns_of(record)
    chosen, prompt = record.get("chosen"), record.get("prompt")
    if turns is not None and chosen is not None:
        return _chosen(turns, chosen, cell(record.get("system", "")))
    if isinstance(chosen, list):
        asked = prompt if isinstance(prompt, list) else []
        if not asked and isinstance(prompt, str) and len(_speech(chosen)) == 1:
            asked = [{"role": "user", "content": prompt}]
        return _chosen(asked, chosen, "")
    if isinstance(prompt, list) and isinstance(record.get("completion"), list):
        return Shaped(_replies(_speech([*prompt, *record["completion"]]), ""))
    if isinstance(chosen, str) and "rejected" in record:
        return Shaped([{str(key): cell(value) for key, value in record.items()}], note="data.chosen_only")
    return None


def _chosen(before: list[Any], chosen: Any, system: str) -> Shaped:
    said = _speech([*before, *(chosen if isinstance(chosen, list) else [chosen])])
    if isinstance(chosen, str):
        said.append(("assistant", chosen))
    return Shaped(_replies(said, system)[-1:], note="data.chosen_only")


def _speech(turns: Iterable[Any]) -> list[tuple[str, str]]:
    """(speaker, words) of each turn; a tool's turns and whatever else is no speech are left out."""
    said: list[tuple[str, str]] = []
    for turn in turns:
        if not isinstance(turn, dict):
            continue
        speaker = SPEAKERS.get(str(turn.get("role", turn.get("from", ""))).casefold())
        words = _words(turn)
        if speaker and words is not None:
            said.append((speaker, words))
        elif speaker is None and "role" not in turn and "from" not in turn:  # {"human": …, "assistant": …}
            named = [(SPEAKERS.get(str(key).casefold()), value) for key, value in turn.items()]
            said += [(who, value) for who, value in named if who and isinstance(value, str)]
    return said


def _words(turn: Any) -> str | None:
    """What was said, in OpenAI's, ShareGPT's or Gemini's way; a call of a tool is its arguments."""
    if not isinstance(turn, dict):
        return None
    content = turn.get("content", turn.get("value", turn.get("parts")))
    if isinstance(content, list):
        content = "\n".join(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part)
    if content is None and isinstance(turn.get("tool_calls"), list):
        calls = [call.get("function") for call in turn["tool_calls"] if isinstance(call, dict)]
        content = "\n".join(cell(call.get("arguments")) for call in calls if isinstance(call, dict)) or None
    return content if isinstance(content, str) else None


def _replies(said: Sequence[tuple[str, str]], system: str) -> list[Cells]:
    """Each reply with what was said before it."""
    rows: list[Cells] = []
    history: list[tuple[str, str]] = []
    for speaker, words in said:
        if speaker == "system":
            system = words
            continue
        if speaker == "assistant" and history and history[-1][0] == "user":
            rows.append(_row(system, history, words))
        history.append((speaker, words))
    if not rows and history and history[-1][0] == "user":  # a question nobody has answered yet
        rows.append(_row(system, history, ""))
    return rows


def _row(system: str, history: Sequence[tuple[str, str]], reply: str) -> Cells:
    before = json.dumps(history[:-1], ensure_ascii=False) if history[:-1] else ""
    return dict(zip(CHAT_COLUMNS, (system, before, history[-1][1], reply), strict=True))


# tools for labelling


def _label_studio(record: Mapping[str, Any]) -> Shaped | None:
    given = record.get("annotations", record.get("completions"))
    if not isinstance(record.get("data"), dict) or not isinstance(given, list):
        return None
    cells = {str(key): cell(value) for key, value in record["data"].items()}
    given = [one for one in given if isinstance(one, dict) and not one.get("was_cancelled")]
    given = [one for one in given if one.get("ground_truth")] or given
    answers: dict[str, list[str]] = {}
    for one in given:
        for result in one.get("result") or ():
            if isinstance(result, dict) and (found := _result(result)):
                answers.setdefault(found[0], []).append(found[1])
    return _agreed(cells, answers)


def _result(result: Mapping[str, Any]) -> tuple[str, str] | None:
    """A Label Studio result as the column that it fills and its value; None for spans and boxes."""
    value, kind = result.get("value"), str(result.get("type"))
    kind = {"textarea": "text"}.get(kind, kind)
    if not isinstance(value, dict) or kind not in PLAIN_NAMES or kind not in value:
        return None
    name, held = str(result.get("from_name", "")), value[kind]
    if isinstance(held, list):
        parts = [" / ".join(map(cell, part)) if isinstance(part, list) else cell(part) for part in held]
        held = ("\n" if kind == "text" else "、").join(parts)
    return (name if role_of(name) else PLAIN_NAMES[kind]), cell(held)


def _argilla(record: Mapping[str, Any]) -> Shaped | None:
    if not isinstance(record.get("fields"), dict) or "responses" not in record:
        return None
    answers: dict[str, list[str]] = {}
    for question, value in _responses(record["responses"]):
        answers.setdefault(question, []).append(value)
    return _agreed({str(key): cell(value) for key, value in record["fields"].items()}, answers)


def _responses(responses: Any) -> Iterable[tuple[str, str]]:
    """(question, value): `{question: [{value, status}]}` in Argilla 2, `[{values: {question: {value}}}]` in 1."""
    if isinstance(responses, dict):
        for question, given in responses.items():
            yield from ((str(question), value) for value in _submitted(given))
    elif isinstance(responses, list):
        for one in responses:
            if isinstance(one, dict) and one.get("status") not in NOT_ANSWERS and isinstance(one.get("values"), dict):
                for question, held in one["values"].items():
                    yield str(question), cell(held.get("value") if isinstance(held, dict) else held)


def _submitted(given: Any) -> list[str]:
    answers = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return [_choice(one.get("value")) for one in answers if one.get("status") not in NOT_ANSWERS]


def _choice(value: Any) -> str:
    return "、".join(map(cell, value)) if isinstance(value, list) else cell(value)


def _argilla_flat(record: Mapping[str, Any]) -> Shaped | None:
    """As Argilla hands it to pandas and Hugging Face: `label.responses`, or `label` as a list of answers."""
    answers: dict[str, list[str]] = {}
    for key, value in record.items():
        if key.endswith(".responses") and isinstance(value, list | None):
            status = record.get(f"{key}.status")
            kept = zip(value or (), status if isinstance(status, list) else [""] * len(value or ()), strict=False)
            answers[key.removesuffix(".responses")] = [_choice(one) for one, state in kept if state not in NOT_ANSWERS]
        elif (
            isinstance(value, list)
            and value
            and all(isinstance(v, dict) and {"user_id", "value"} <= set(v) for v in value)
        ):
            answers[key] = _submitted(value)
    if not answers:
        return None
    parts = (".responses", ".suggestion", "-suggestion")
    others = {k: cell(v) for k, v in record.items() if k not in answers and not any(part in k for part in parts)}
    return _agreed(others, answers)


def _argilla_old(record: Mapping[str, Any]) -> Shaped | None:
    if "annotation" not in record or not {"prediction", "inputs", "annotation_agent"} & record.keys():
        return None
    inputs = record.get("inputs")
    cells = {str(k): cell(v) for k, v in inputs.items()} if isinstance(inputs, dict) else {}
    if isinstance(record.get("text"), str) and record["text"] not in cells.values():
        cells["text"] = record["text"]
    return _agreed(cells, {"label": [_choice(record["annotation"])]})


def _agreed(cells: Cells, answers: Mapping[str, Sequence[str]]) -> Shaped:
    """One row with the answer that most people gave; where they are divided it stays open, and the report says so."""
    divided = False
    for name, given in answers.items():
        counts = Counter(value for value in given if value).most_common(2)
        tied = len(counts) == 2 and counts[0][1] == counts[1][1]
        divided |= tied
        cells[name if name not in cells else f"{name} label"] = counts[0][0] if counts and not tied else ""
    return Shaped([cells], repaired="data.annotators_disagree" if divided else "")


def _kiln(record: Mapping[str, Any]) -> Shaped | None:
    """A Kiln task run; a repaired answer is better than the first one."""
    held = record.get("repaired_output") or record.get("output")
    if not isinstance(held, dict) or not isinstance(held.get("output"), str) or "input" not in record:
        return None
    return Shaped([{"prompt": cell(record["input"]), "reply": held["output"]}])
