"""Nasty projects: what bot builders hand out, and JSON whose rows lie in parts, in pairs or in lists.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

from typing import Any

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case, Pairs
from tests.data.nasty.make import as_json, as_lines

ASKED: Pairs = [
    ("几点关门", "hours"), ("开到几点", "hours"), ("早上几点来", "hours"),
    ("要一杯少糖的", "order"), ("来两杯", "order"), ("不要了", "None"),
]  # fmt: skip
BY_INTENT = {name: [text for text, label in ASKED if label == name] for _, name in ASKED}
ANSWERS = {"hours": ["十点关门。", "晚上十点。"], "order": ["好的，稍等。"], "None": ["没听懂。", "再说一遍？"]}
TOLD: Pairs = [(text, ANSWERS[label][0]) for text, label in ASKED]


def projects() -> list[Case]:
    flat = [{"text": text, "intent": label, "entities": []} for text, label in ASKED]
    marked = [{**flat[0], "entities": [{"start": 0, "end": 2, "entity": "time"}]}, *flat[1:]]
    rasa = {"rasa_nlu_data": {"common_examples": marked, "entity_synonyms": [{"value": "糖", "synonyms": ["甜"]}]}}
    luis = {
        "luis_schema_version": "3.2.0", "intents": [{"name": name} for name in BY_INTENT], "utterances": flat,
        "closedLists": [{"name": "Size", "subLists": [{"canonicalForm": "大", "list": ["大杯"]}]}],
    }  # fmt: skip
    clu = {
        "projectFileVersion": "1",
        "assets": {"intents": [{"category": "hours"}], "utterances": flat, "entities": []},
    }
    watson = {
        "name": "店",
        "intents": _intents("intent", "examples", lambda text: {"text": text}),
        "dialog_nodes": [{"output": {"text": "好的"}, "dialog_node": "a"}],
        "entities": [{"entity": "size", "values": []}],
    }
    alexa = {
        "interactionModel": {
            "languageModel": {
                "invocationName": "店",
                "intents": [{"slots": [], **one} for one in _intents("name", "samples", str)],
            }
        }
    }
    lex = {"resource": {"name": "店", "intents": _intents("name", "sampleUtterances", str)}}
    snips = {
        "language": "zh",
        "intents": {
            name: {"utterances": [{"data": [{"text": text[:2]}, {"text": text[2:], "entity": "x"}]} for text in texts]}
            for name, texts in BY_INTENT.items()
        },
    }
    dialogflow = _intents("displayName", "trainingPhrases", lambda text: {"parts": [{"text": text}], "type": "EXAMPLE"})
    left = [(0, "parts_not_learned")]
    return [
        Case("Rasa's examples", as_json(rasa), ASKED, [*left, (0, "unused_columns")]),
        Case("LUIS", as_json(luis), ASKED, left),
        Case("Conversational Language Understanding", as_json(clu), ASKED),
        Case("Watson's workspace", as_json(watson), ASKED, left),
        Case("Alexa's interaction model", as_json(alexa), ASKED),
        Case("Lex", as_json(lex), ASKED),
        Case("Snips", as_json(snips), ASKED),
        Case("Dialogflow's intents in a list", as_json(dialogflow), ASKED),
    ]  # fmt: skip


def in_yaml() -> list[Case]:
    """The same examples as Rasa has them now."""

    def nlu(*more: str, listed: bool = False) -> bytes:
        lines = ['version: "3.1"', "", "nlu:", "# 店里的话"]
        for name, texts in BY_INTENT.items():
            lines += [f"- intent: {name} ", "  examples: |" if not listed else "  examples:"]
            lines += [f"    - {text}" if not listed else f"    - text: |\n        {text}" for text in texts]
        return "\n".join([*lines, *more]).encode()

    marked = (
        nlu()
        .replace("几点".encode(), "[几点](time)".encode())
        .replace("少糖".encode(), '[少糖]{"entity": "sugar"}'.encode())
    )
    beside = nlu(
        "- synonym: 糖",
        "  examples: |",
        "    - 甜",
        "- lookup: 店",
        "  examples: |",
        "    - 西湖店",
        "stories:",
        "- story: 问",
        "  steps: []",
    )
    bomb = nlu("a: &a [x, x]", "b: &b [*a, *a]", "c: [*b, *b]")
    domain = "version: '3.1'\nintents:\n  - hours\nresponses:\n  utter_hours:\n  - text: 十点\n"
    return [
        Case("Rasa's YAML", nlu(), ASKED),
        Case("Rasa's YAML, one object each", nlu(listed=True), ASKED),
        Case("Rasa's YAML with marks", marked, ASKED, [(0, "entity_marks")]),
        Case("Rasa's YAML with more beside", beside, ASKED, [(0, "parts_not_learned")]),
        Case("YAML that unfolds", bomb, refusal="data.is_other"),
        Case("YAML that is broken", nlu("  - : ["), refusal="data.is_other"),
        Case("a bot's settings in YAML", domain.encode(), refusal="data.is_other"),
        Case("questions above lists", "问：有什么？\n答：有：\n- 茶\n- 点心\n问：nlu:\n答：没有\n".encode(), [("有什么？", "有：\n- 茶\n- 点心"), ("nlu:", "没有")]),
    ]  # fmt: skip


def answered() -> list[Case]:
    one = [(0, "one_of_answers")]
    return [
        Case("intents with responses", as_json({"intents": _answered("tag", "patterns", "responses")}), TOLD, one),
        Case("intents without responses", as_json({"intents": _intents("tag", "patterns", str)}), ASKED),
        Case("an intent that nobody says", as_json({"intents": [*_answered("tag", "patterns", "responses"), {
            "tag": "fallback", "patterns": [""], "responses": ["？"]}]}), TOLD, [(4, "no_text")]),
        Case("QnA Maker", as_json({"qnaDocuments": _answered("id", "questions", "answer", several=False)}), TOLD),
        Case("Botpress", as_json({"qnas": [{"id": one["id"], "data": {
            "action": "text", "questions": {"zh": one["q"]}, "answers": {"zh": one["a"]}}} for one in _answered("id", "q", "a")]}), TOLD, one),
        Case("ways to ask in a list", as_json({"qna": _answered("qid", "q", "a", several=False)}), TOLD),
        Case("ways to ask in lines", as_lines(_answered("id", "questions", "answer", several=False)), TOLD),
        Case("seed tasks", as_lines([{"id": n, "name": f"task_{n}", "instruction": "回答顾客", "is_classification": False,
                                      "instances": [{"input": q, "output": a}]} for n, (q, a) in enumerate(QUESTIONS)]),
             [(f"回答顾客\n{q}", a) for q, a in QUESTIONS]),
    ]  # fmt: skip


def parts() -> list[Case]:
    talks = [[words for pair in QUESTIONS[n : n + 2] for words in pair] for n in (0, 2)] + [list(QUESTIONS[4])]
    before = [("user", QUESTIONS[0][0]), ("assistant", QUESTIONS[0][1])]
    by_label = {label: [text for text, other in REVIEWS if other == label] for _, label in REVIEWS}
    grouped = [(text, label) for label, texts in by_label.items() for text in texts]
    objects = [{"text": text, "label": label} for text, label in REVIEWS]
    nested = [{"question": q, "answer": {"text": a, "by": "店长"}, "said": a} for q, a in QUESTIONS]
    said, held = [(0, "parts")], "瓶"
    return [
        Case("pairs in parts", as_json({"val": REVIEWS[:2], "train": REVIEWS[2:], "oos_test": []}), REVIEWS, said),
        Case("pairs in parts, a label once", as_json({"val": ASKED[5:], "train": ASKED[:5]}), [ASKED[5], *ASKED[:5]], said),
        Case("conversations in parts", as_json({"valid": talks[2:], "train": [*talks[1:2], talks[0]]}),
             [QUESTIONS[4], *QUESTIONS[2:4], *QUESTIONS[:2]], said, context=before),
        Case("parts beside a list of classes", as_json({"train": objects[:4], "test": objects[4:], "classes": ["好评", "差评"]}),
             REVIEWS, [*said, (0, "parts_not_learned")]),
        Case("texts by their class", as_json(by_label), grouped, [(0, "keys_are_labels")]),
        Case("records two levels down", as_json({"data": {"items": objects, "total": 6}}), REVIEWS),
        Case("NaN as a label", as_json([*objects, {"text": held, "label": float("nan")}]), [*REVIEWS, (held, "")]),
        Case("an object among answers", as_json([{"question": q, "answer": {"text": a} if n == 1 else a} for n, (q, a) in enumerate(QUESTIONS)]),
             [QUESTIONS[0], *QUESTIONS[2:]], [(2, "not_words")]),
        Case("an object is no answer", as_json(nested), QUESTIONS, [(0, "unused_columns")]),
    ]  # fmt: skip


def _intents(name: str, ways: str, written: Any) -> list[dict[str, Any]]:
    return [{name: label, ways: [written(text) for text in texts]} for label, texts in BY_INTENT.items()]


def _answered(name: str, ways: str, answer: str, several: bool = True) -> list[dict[str, Any]]:
    return [
        {name: label, ways: texts, answer: ANSWERS[label] if several else ANSWERS[label][0]}
        for label, texts in BY_INTENT.items()
    ]
