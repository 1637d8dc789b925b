"""The projects of bot builders: where in each the examples lie, and what stands beside them that no model learns.

Knows no file and no role: parsed JSON comes in, records and the names of what is left come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio.data.reading.shapes.ways import ways

# The way from the top to the list of examples, or to the object of them by their names.
PATHS: Mapping[str, tuple[str, ...]] = {
    "Rasa": ("rasa_nlu_data", "common_examples"),
    "LUIS": ("utterances",),
    "Conversational Language Understanding": ("assets", "utterances"),
    "Watson, Snips and intents.json": ("intents",),
    "Watson's newer export": ("workspace", "intents"),
    "Alexa": ("interactionModel", "languageModel", "intents"),
    "Alexa's older export": ("languageModel", "intents"),
    "Lex": ("resource", "intents"),
    "QnA Maker": ("qnaDocuments",),
    "QnA Maker's REST answer": ("qnADocuments",),
    "QnA Maker's older export": ("qnaPairs",),
    "QnA Maker's update": ("add", "qnaList"),
    "QnA Maker's list": ("qnaList",),
    "Botpress": ("qnas",),
    "QnABot": ("qna",),
}
NAMED = ("intents",)  # beside the examples, no more than the names that these have
SAYS = ("text", "query")


def bot(data: Mapping[str, Any]) -> tuple[Sequence[Any], tuple[str, ...]] | None:
    """The examples of a bot's project and the names of what else it holds; None where it is none."""
    for path in PATHS.values():
        node: Any = data
        beside: list[str] = []
        for step in path:
            if not isinstance(node, dict) or step not in node:
                break
            beside += [key for key, held in node.items() if key != step and held and isinstance(held, list | dict)]
            node = node[step]
        else:
            entries = _entries(node)
            if entries and all(isinstance(one, dict) for one in entries) and any(map(_is_example, entries)):
                return entries, tuple(name for name in beside if name not in NAMED)
    return None


def _entries(node: Any) -> Sequence[Any]:
    """A list's entries, or those of an object with the name of each; what stands under `data` is the entry itself."""
    if isinstance(node, dict):
        node = [{"intent": name, **held} for name, held in node.items() if isinstance(held, dict)]
    if not isinstance(node, list):
        return []
    return [one["data"] if isinstance(one, dict) and isinstance(one.get("data"), dict) else one for one in node]


def _is_example(entry: Mapping[str, Any]) -> bool:
    said = any(isinstance(entry.get(name), str) for name in SAYS)
    return (said and isinstance(entry.get("intent", entry.get("intentName")), str)) or ways(entry) is not None
