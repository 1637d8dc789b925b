"""Records that hold a conversation: as a list of turns, as a tree of messages, turn by turn under numbers, as one text.

Knows no preference and no labelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from studio.data.reading.headers import role_of
from studio.data.reading.shapes.replies import question, replies
from studio.data.reading.shapes.shape import Cells, Record, Shaped, cell, cells
from studio.data.reading.shapes.speakers import speaker_of
from studio.data.reading.shapes.tagged import tagged
from studio.data.reading.shapes.turns import MEDIA, NO, Turn, name_of, plain_turn, turns_in, words_of

TURNS = (
    "messages", "conversations", "conversation", "dialog", "dialogue", "contents", "turns", "chat", "chat_messages",
    "chat_history", "dialogs", "utterances", "transcript", "对话", "对话内容", "聊天记录",
)  # fmt: skip
PAIRED = ("items", "data", "history")  # names that hold conversations and much else: only where speakers are named
SYSTEM = ("system", "system_prompt", "systemInstruction", "system_instruction", "meta_instruction", "prefix")
PICTURES = {f"{name}{plural}": mark for name, mark in MEDIA.items() for plural in ("", "s")}
JUDGED = ("kto_tag", "desirable", "is_good", "accepted", "thumbs_up")
CHILDREN, PARENT = "replies", "parent"


def turns_of(record: Record) -> tuple[list[Turn] | None, str]:
    """The turns that a record holds under one of its keys, and that key; ("", None) where there are none."""
    for name in TURNS:
        held = record.get(name)
        if isinstance(held, dict) and held and all(isinstance(one, dict) for one in held.values()):
            held = list(held.values())  # {"1": {"role": …}, "2": …}
        if isinstance(held, list) and (turns := turns_in(held)):
            return turns, name
    if len(record) > 1 and _sentences(record):
        return turns_in(record["data"]), "data"
    open_keys = {name: held for name, held in record.items() if not _before(record, name)}
    for name, held in open_keys.items():
        if _named_pairs(held) and (turns := turns_in(held)):
            return turns, name
    for name, held in open_keys.items():
        named = isinstance(held, list) and held and all(isinstance(one, dict) for one in held)
        if named and (name in PAIRED or len(held) > 1) and _spoken(held) and (turns := turns_in(held)):
            return turns, name
    return None, ""


def _before(record: Record, name: str) -> bool:
    """Whether a key holds what was said before the question and the answer that stand beside it."""
    roles = {key: (role_of(key) or ("",))[0] for key in record}
    return (
        roles[name] == "history" and {"prompt", "reply"} & {role for key, role in roles.items() if key != name} != set()
    )


def _sentences(record: Record) -> bool:
    """UltraChat: `{"id": …, "data": [question, answer, question, answer]}`."""
    held = record.get("data")
    return isinstance(held, list) and len(held) > 1 and all(isinstance(one, str) for one in held)


def _spoken(held: list[Any]) -> bool:
    """Whether these are turns whose speakers are known, one who asks among them."""
    turns = turns_in(held) or []
    heads = {str(one.get("role") or one.get("from") or one.get("speaker") or one.get("sender")) for one in held}
    return any(turn.speaker == "user" for turn in turns) and all(map(speaker_of, heads))


def _named_pairs(held: Any) -> bool:
    """ABCD: `[["agent", "Hi!"], ["customer", …], ["action", …]]`, each with a speaker who is known."""
    pairs = isinstance(held, list) and all(isinstance(one, list) and len(one) == 2 for one in held)
    heads = {one[0] for one in held if isinstance(one[0], str)} if pairs else set()
    speakers = {speaker_of(head) for head in heads}
    return {"user", "assistant"} <= speakers and None not in speakers


def _copies(record: Record, taken: str) -> int:
    """Whether another key holds a conversation as well, turn for turn the one that is taken: 1 or 0."""
    lengths = [len(held) for key, held in record.items() if key != taken and isinstance(held, list) and _talk(held)]
    return int(len(record[taken]) in lengths)


def _talk(held: list[Any]) -> bool:
    return _named_pairs(held) or (bool(held) and all(isinstance(one, dict) and name_of(one) for one in held))


def system_of(record: Record) -> str:
    """What the assistant is told, where the record says so beside the turns."""
    return next((words_of(record[name]).strip() for name in SYSTEM if record.get(name)), "")


def talk(record: Record, turns: list[Turn]) -> Shaped:
    """A conversation's rows, its pictures marked, and whether people liked it: of one that they did not, what was said
    last is what they judged, and nothing else of it is an answer to learn."""
    mark = next((mark for name, mark in PICTURES.items() if record.get(name)), "")
    if mark and not any(mark in turn.words for turn in turns):
        first = next((place for place, turn in enumerate(turns) if turn.speaker == "user"), None)
        if first is not None:
            turns = [*turns[:first], replace(turns[first], words=f"{mark}\n{turns[first].words}"), *turns[first + 1 :]]
    found = replies(turns, system_of(record))
    name = next((name for name in (*JUDGED, "label") if _judged(record, name)), "")
    if not name:
        return found
    kept = found.rows[-1:] if _judged(record, name) == "no" else found.rows
    return replace(found, rows=[{**row, name: cell(record[name])} for row in kept])


def _judged(record: Record, name: str) -> str:
    """What a judgement of this name that the record holds says, "yes" or "no": LLaMA-Factory's `kto_tag`, TRL's
    `label`; a label that is 0, or a word, may be a class of its own."""
    value = record.get(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str) or name == "label":
        return ""
    return "no" if value.casefold() in NO else "yes"


def listed(record: Record) -> Shaped | None:
    turns, name = turns_of(record)
    if turns is not None:
        found = talk(record, turns)
        copies = _copies(record, name)
        return replace(found, counted={**found.counted, "data.second_copy": copies}) if copies else found
    unknown = next((name for name in TURNS if isinstance(record.get(name), list) and record[name]), None)
    heads = [one for one in record[unknown] if isinstance(one, dict)] if unknown else []
    if heads and any("role" in one or "from" in one or "speaker" in one for one in heads):
        return Shaped((), dropped="data.unknown_speakers")
    return None


def numbered(record: Record) -> Shaped | None:
    """MOSS: `{"chat": {"turn_1": {"Human": …, "MOSS": …}}}`."""
    chat = record.get("chat")
    if not isinstance(chat, dict) or not chat or not all(isinstance(turn, dict) for turn in chat.values()):
        return None
    turns: list[Turn] = []
    for turn in chat.values():
        used = any(_moss(turn.get(key)) not in ("", "None") for key in ("Commands", "Tool Responses"))
        thought = _moss(turn.get("Inner Thoughts")).removesuffix("None")
        turns += [Turn("user", _moss(turn.get("Human"))), *([Turn("tool", "")] if used else [])]
        turns.append(Turn("assistant", _moss(turn.get("MOSS")), thought))
    return talk(record, turns)


def _moss(text: Any) -> str:
    """`<|Human|>: 你好<eoh>` → 你好."""
    return cell(text).partition("|>:")[2].rpartition("<")[0].strip() if "|>:" in cell(text) else cell(text).strip()


def mapped(record: Record) -> Shaped | None:
    """ChatGPT's and DeepSeek's own export: a tree under `mapping`, of which the branch that was shown last is read."""
    mapping = record.get("mapping")
    if not isinstance(mapping, dict) or not all(isinstance(node, dict) for node in mapping.values()):
        return None
    leaves = [key for key, node in mapping.items() if not node.get("children")]
    node = record.get("current_node") or (leaves[-1] if leaves else None)
    branch: list[Any] = []
    seen: set[str] = set()
    while isinstance(node, str) and node in mapping and node not in seen:
        seen.add(node)
        branch.append(mapping[node].get("message"))
        node = mapping[node].get(PARENT)
    messages = [message for message in reversed(branch) if isinstance(message, dict)]
    shown = [one for message in messages for one in _fragments(message) if words_of(one).strip()]
    turns = turns_in(shown)
    if not turns:
        return Shaped((), dropped="data.not_a_record")
    found = talk(record, turns)
    others = len(leaves) - 1
    return replace(found, counted={**found.counted, "data.other_branches": others}) if others > 0 else found


def _fragments(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A message as it is; DeepSeek's as one for each of its fragments."""
    fragments = message.get("fragments")
    if not isinstance(fragments, list):
        return [message]
    kinds = {"REQUEST": "user", "RESPONSE": "assistant"}
    said = [one for one in fragments if isinstance(one, dict)]
    thought = "\n".join(cell(one.get("content")) for one in said if one.get("type") == "THINK")
    turns = [
        {"role": kinds[str(one["type"])], "content": one.get("content")} for one in said if one.get("type") in kinds
    ]
    return [{**turn, "reasoning": thought} if turn["role"] == "assistant" else turn for turn in turns]


def tree(record: Record) -> Shaped | None:
    """OpenAssistant: a question with its replies, each with its own; the best reply is learned, then what followed."""
    root = record.get("prompt", record)
    if not isinstance(root, dict) or not isinstance(root.get(CHILDREN), list) or "text" not in root:
        return None
    turns: list[Turn] = []
    others = 0
    node: Any = root
    while isinstance(node, dict):
        speaker = speaker_of(str(node.get("role", ""))) or ("assistant" if len(turns) % 2 else "user")
        turns.append(plain_turn(speaker, cell(node.get("text"))))
        below = [one for one in node.get(CHILDREN) or () if isinstance(one, dict) and not one.get("deleted")]
        others += max(0, len(below) - 1)
        before = node.get("role")
        node = min(below, key=lambda one: (_rank(one), one.get("role") == before), default=None)
    found = talk(record, turns)
    return replace(found, counted={**found.counted, "data.other_branches": others}) if others else found


def _rank(node: Mapping[str, Any]) -> float:
    """0 is best; one without a rank comes last."""
    rank = str(node.get("rank"))
    return float(rank) if rank.replace(".", "", 1).isdigit() else float("inf")


def in_tags(record: Record) -> Shaped | None:
    """A whole conversation in one text with tags, or the question of a pair with the turns before it in tags."""
    texts = {str(key): value for key, value in record.items() if isinstance(value, str) and value.strip()}
    asked = [name for name in texts if (claimed := role_of(name)) and claimed[0] == "prompt"]
    claims = {claimed[0] for name in texts if (claimed := role_of(name))}
    answered = "reply" in claims
    if "label" in claims and not answered:
        return None  # conversations that are put into classes
    for name in asked if answered else texts:
        turns = tagged(texts[name])
        if not turns or not any(turn.speaker == "user" for turn in turns):
            continue
        if not answered:
            return talk(record, turns) if any(turn.speaker == "assistant" for turn in turns) else None
        return Shaped([_question(record, name, turns)]) if _asks(turns) else None
    return None


def _asks(turns: Iterable[Turn]) -> bool:
    """Whether the last that is said is a question."""
    said = [turn for turn in turns if turn.words]
    return bool(said) and said[-1].speaker == "user"


def _question(record: Record, name: str, turns: list[Turn]) -> Cells:
    """The record with the last question under `name`, and with the turns before it as its history."""
    found = question([turn for turn in turns if turn.words])
    added = {key: found[key] for key in ("system", "history") if found[key]}
    return {**cells(record), name: found["prompt"], **added}
