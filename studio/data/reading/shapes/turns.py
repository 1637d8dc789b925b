"""The turns of a conversation, in the ways of OpenAI, ShareGPT, Gemini, Anthropic, Firefly and their kin, and as pairs.

Knows no record: a list of parsed JSON comes in, turns come out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from studio.data.reading.headers import role_of
from studio.data.reading.shapes.shape import cell
from studio.data.reading.shapes.speakers import Speaker, cast, speaker_of
from studio.data.thoughts import parted

SPEAKS = ("role", "from", "speaker", "sender", "author", "who", "user_type", "type", "name", "角色", "发言人", "说话人")
SAYS = ("content", "value", "text", "message", "utterance", "parts", "words", "msg", "body", "data", "内容", "消息")
THINKS = ("reasoning_content", "reasoning", "thinking", "thoughts", "thought", "think", "Inner Thoughts")
CALLS = ("tool_calls", "function_call", "functionCall", "tool_call_id")
WEIGHTS = ("weight", "train", "training", "loss", "trainable", "learn", "loss_weight", "loss_scale")
NO = frozenset({"false", "0", "0.0", "no", "off"})
# A part that is no text, by its type or by its key; the mark stands where it stood.
MEDIA = {"image": "<image>", "audio": "<audio>", "video": "<video>"}
MEDIA_MARK = re.compile(r"<(?:image|video|audio|img|\|image_pad\||\|video_pad\||\|audio\|)>|<img>.*?</img>")
_MEDIA_KEYS = {
    **{key: MEDIA["image"] for key in ("image", "image_url", "inlineData", "inline_data", "fileData", "file_data")},
    **{key: MEDIA["audio"] for key in ("audio", "audio_url", "input_audio")},
    **{key: MEDIA["video"] for key in ("video", "video_url")},
    "file": MEDIA["image"], "document": MEDIA["image"], "input_image": MEDIA["image"],
}  # fmt: skip
TOOL_MARK = re.compile(
    r"</?tool_(?:call|response)s?>|\[TOOL_CALLS\]|\[TOOL_RESULTS\]|✿(?:FUNCTION|RESULT)✿|<function_call>"
)
_TOOL_PARTS = ("tool_use", "tool_result", "functionCall", "functionResponse", "function_call", "function_response")


@dataclass(frozen=True)
class Turn:
    """What one speaker says. `learned` is False where the file says that it is not to be learned."""

    speaker: Speaker
    words: str
    thought: str = ""
    learned: bool = True


def turns_in(said: Sequence[Any]) -> list[Turn] | None:
    """The turns of a list; None where it is no conversation, or where nobody can tell who speaks."""
    if not said:
        return None
    if all(isinstance(one, str) for one in said):  # they speak by turns, the first asks
        return [Turn("assistant" if place % 2 else "user", one.strip()) for place, one in enumerate(said)]
    if all(isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in said):
        return _pairs(said)
    if not all(isinstance(one, dict) for one in said):
        return None
    named = [name_of(one) for one in said]
    if not any(named):
        pairs = [_named(one) for one in said]
        if all(pairs):
            return [turn for pair in pairs for turn in pair]
        return turns_in([words_of(one) for one in said]) if all(_bare(one) for one in said) else None
    roles = cast([name for name in named if name])
    if roles is None or not all(named):
        return None
    return [_turn(one, roles[name]) for one, name in zip(said, named, strict=True) if name]


def _bare(turn: Mapping[str, Any]) -> bool:
    """Whether it holds words, and says nothing of who speaks them."""
    return any(isinstance(turn.get(key), str) for key in SAYS)


def name_of(turn: Mapping[str, Any]) -> str:
    """The name of who speaks; a key that may hold something else counts only where it holds a speaker's name."""
    for key in SPEAKS:
        value = turn.get(key)
        if isinstance(value, dict):
            value = value.get("role") or value.get("name")
        if isinstance(value, str) and value and (key in SPEAKS[:6] or speaker_of(value)):
            return value
    return ""


def plain_turn(speaker: Speaker, said: str, learned: bool = True) -> Turn:
    """A turn whose thought, where there is one, stands before the words."""
    thought, words = parted(said) if speaker == "assistant" else ("", said)
    if TOOL_MARK.search(words):
        return Turn("tool", "")
    return Turn(speaker, words.strip(), thought, learned)


def words_of(turn: Any) -> str:
    """What a turn, a list of parts or a text says; pictures and sounds are marks in it."""
    match turn:
        case str():
            return turn
        case list():
            parts = [_part(part) for part in turn]
            return "\n".join(part for part in parts if part)
        case dict():
            return next((words_of(turn[key]) for key in SAYS if turn.get(key) is not None), "")
        case None:
            return ""
        case _:
            return cell(turn)


def weighs(turn: Mapping[str, Any]) -> bool:
    """Whether the file lets it be learned."""
    return not any(_denied(turn[key]) for key in WEIGHTS if key in turn)


def _denied(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().casefold() in NO)


def _turn(turn: Mapping[str, Any], speaker: Speaker) -> Turn:
    content = next((turn[key] for key in SAYS if turn.get(key) is not None), None)
    parts = content if isinstance(content, list) else [content]
    called = any(turn.get(key) for key in CALLS) or any(_is_tool(part) for part in parts)
    if called:
        return Turn("tool", "")
    thought = next((words_of(turn[key]) for key in THINKS if turn.get(key)), "")
    thought = thought or "\n".join(
        words_of(part.get("thinking") or part.get("text"))
        for part in parts
        if isinstance(part, dict) and (part.get("type") == "thinking" or part.get("thought") is True)
    )
    plain = plain_turn(speaker, words_of(turn), weighs(turn))
    return replace(plain, thought=thought or plain.thought) if plain.speaker == "assistant" else plain


def _part(part: Any) -> str:
    """A part's text, or the mark of a picture, a sound or a film."""
    if not isinstance(part, dict):
        return words_of(part)
    if part.get("type") in ("thinking", "redacted_thinking") or part.get("thought") is True:
        return ""
    for key in _MEDIA_KEYS:
        if part.get("type") == key or str(part.get("content_type")).startswith(f"{key}_") or key in part:
            return _MEDIA_KEYS[key]
    return next((words_of(part[key]) for key in ("text", *SAYS) if part.get(key) is not None), "")


def _is_tool(part: Any) -> bool:
    return isinstance(part, dict) and (part.get("type") in _TOOL_PARTS or any(key in part for key in _TOOL_PARTS))


def _pairs(said: Sequence[Sequence[str]]) -> list[Turn]:
    """`[speaker, words]` where every first says who speaks, else `[question, answer]`."""
    speakers = [speaker_of(first) for first, _ in said]
    if all(speakers):
        return [plain_turn(speaker, words) for speaker, (_, words) in zip(speakers, said, strict=True) if speaker]
    return [turn for asked, answer in said for turn in (plain_turn("user", asked), plain_turn("assistant", answer))]


def _named(turn: Mapping[str, Any]) -> list[Turn]:
    """`{"human": …, "assistant": …}` or `{"question": …, "answer": …}` in the order in which they stand."""
    roles: dict[str, Speaker] = {"prompt": "user", "reply": "assistant"}
    found: list[Turn] = []
    for key, value in turn.items():
        claimed = role_of(str(key))
        speaker = speaker_of(str(key)) or (roles.get(claimed[0]) if claimed else None)
        if speaker and isinstance(value, str):
            found.append(plain_turn(speaker, value, weighs(turn)))
    return found
