"""A record with several ways to say one thing: a bot's intent with its examples, an answer with its questions.

Knows no file, and nothing of what stands beside it in a bot's project.
"""

from __future__ import annotations

from typing import Any

from studio.data.reading.headers import role_of
from studio.data.reading.shapes.shape import Cells, Record, Shaped, cells

WAYS = (
    "patterns", "examples", "samples", "sampleUtterances", "sample_utterances", "utterances", "trainingPhrases",
    "training_phrases", "phrases", "userSays", "questions", "question", "queries", "q", "问法", "例句", "说法",
)  # fmt: skip
INTENTS = ("intent", "tag", "displayName", "intentName", "意图")
NAMES = (*INTENTS, "name", "label", "category", "标签")
SPOKEN = ("utterances",)  # may be a conversation as well: an intent beside it says that it is none
SAID = ("text", "utterance", "query", "speech", "phrase", "value")
PIECES = ("parts", "data")  # of one sentence, where words in it are marked


def ways(record: Record) -> Shaped | None:
    """A row for each way, with the first of the answers, or with the name of what is meant; None for other records."""
    asked = _asked(record)
    answered = next((str(key) for key in record if _claims(key, "reply")), None)
    intent = next((name for name in NAMES if isinstance(record.get(name), str)), None)
    if asked is None or (answered is None and intent is None):
        return None
    said, answers = phrases(record[asked]) or [], phrases(record.get(answered)) if answered else []
    if answers is None:
        return None
    rest: Cells = cells({key: held for key, held in record.items() if key not in (asked, answered, intent)})
    if intent:
        rest[intent if _claims(intent, "label") else "intent"] = record[intent]
    if not said:
        return Shaped((), dropped="data.no_text")
    if answered is None:
        return Shaped([{"text": way, **rest} for way in said])
    asks = asked if _claims(asked, "prompt") else "question"
    answer = {answered: answers[0] if answers else ""}
    further = len(answers) - 1
    counted = {"data.one_of_answers": further} if further > 0 else {}
    return Shaped([{asks: way, **answer, **rest} for way in said], counted=counted)


def _asked(record: Record) -> str | None:
    """The key of the ways; none where a question stands there by itself."""
    if any(isinstance(held, str) and held.strip() and _claims(key, "prompt", "text") for key, held in record.items()):
        return None
    for name in (*WAYS, *(str(key) for key in record if _claims(key, "prompt"))):
        held = record.get(name)
        if name in SPOKEN and not any(isinstance(record.get(intent), str) for intent in INTENTS):
            continue
        if isinstance(held, list | dict) and phrases(held) is not None:
            return name
    return None


def phrases(held: Any) -> list[str] | None:
    """The sentences in a list, or in an object of lists by their language; None where it holds anything else."""
    if isinstance(held, str):
        return [held] if held.strip() else []
    if isinstance(held, dict):
        lists = [phrases(one) if isinstance(one, list | str) else None for one in held.values()]
        return [way for one in lists if one is not None for way in one] if held and None not in lists else None
    if not isinstance(held, list):
        return None
    said = [_sentence(one) for one in held]
    return None if None in said else list(dict.fromkeys(way.strip() for way in said if way and way.strip()))


def _sentence(one: Any) -> str | None:
    if isinstance(one, str):
        return one
    if not isinstance(one, dict):
        return None
    for name in PIECES:
        if isinstance(one.get(name), list):
            pieces = [_sentence(piece) for piece in one[name]]
            return None if None in pieces else "".join(piece or "" for piece in pieces)
    return next((one[name] for name in SAID if isinstance(one.get(name), str)), None)


def _claims(name: Any, *roles: str) -> bool:
    claimed = role_of(str(name))
    return claimed is not None and claimed[0] in roles
