"""What a dataset teaches, and the exam of one that teaches facts: questions to strike, to reword and to write.

Knows no layout: `exam.js` shows what these functions return, each change on the disk before they do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import gradio as gr

from studio.data.schema import Example, Part
from studio.data.teaching.exam import Exam
from studio.ui.data.table import model_phrasings
from studio.ui.kit.assets import read, script
from studio.ui.kit.i18n import t
from studio.ui.kit.page import Page, served

PAGE_FACTS = 50
ORIGINS = ("own", "rule", "written")  # in this order below each fact
Asked = Mapping[str, Any]


def lesson() -> gr.Radio:
    """Facts or manner, for a dataset of questions and answers."""
    choices = [(t(f"exam.lesson_{name}"), name) for name in ("facts", "manner")]
    return gr.Radio(
        choices, label=t("exam.lesson"), info=t("exam.lesson_help"), visible=False, interactive=True, elem_id="lesson"
    )  # fmt: skip


def exam(studio: Any) -> gr.HTML:
    """Its value is {"dataset": id}, or None where there is no exam to show."""
    handlers = (exam_page, strike_question, reword_question, write_question, model_phrasings)
    return gr.HTML(
        value=None, html_template=read("data/exam.html"), js_on_load=script("data/exam.js"), elem_id="exam",
        server_functions=[served(studio, handler) for handler in handlers],
    )  # fmt: skip


def exam_page(page: Page, asked: Asked) -> dict[str, Any]:
    """A page of the facts, or with `bare` of those that no question asks for; and how many questions there are."""
    facts = _facts(page, asked["dataset"])
    wanted = [fact for fact in facts if not asked["bare"] or not _asked(fact)]
    last = max(0, (len(wanted) - 1) // PAGE_FACTS)
    place = min(max(int(asked["page"]), 0), last)
    shown = wanted[place * PAGE_FACTS : (place + 1) * PAGE_FACTS]
    return {"facts": shown, "page": place, "total": len(wanted), "size": PAGE_FACTS, "counts": _counts(facts)}


def strike_question(page: Page, asked: Asked) -> dict[str, Any]:
    """Takes a question out, or with `kept` back in."""
    page.studio.data.strike(asked["dataset"], int(asked["number"]), asked["text"], kept=bool(asked["kept"]))
    return _changed(page, asked)


def reword_question(page: Page, asked: Asked) -> dict[str, Any]:
    """Puts `new` in the place of `text`. Raises StudioError as `write_question` does, and then nothing has changed."""
    page.studio.data.write_question(asked["dataset"], int(asked["number"]), asked["new"])
    page.studio.data.strike(asked["dataset"], int(asked["number"]), asked["text"])
    return _changed(page, asked)


def write_question(page: Page, asked: Asked) -> dict[str, Any]:
    """One more question for a fact. Raises StudioError data.empty_text, split.question_is_taught."""
    page.studio.data.write_question(asked["dataset"], int(asked["number"]), asked["text"])
    return _changed(page, asked)


def _changed(page: Page, asked: Asked) -> dict[str, Any]:
    """The fact that a change was about, as it stands now."""
    facts = _facts(page, asked["dataset"])
    number = int(asked["number"])
    return {"fact": next(fact for fact in facts if number in fact["rows"]), "counts": _counts(facts)}


def _facts(page: Page, dataset: str) -> list[dict[str, Any]]:
    """Every fact as it is taught, with what the exam asks of it and what was struck, each question in its place."""
    exam = page.studio.data.exam_of(dataset)
    questions = _questions(exam)
    found = []
    for rows in page.studio.data.facts_of(dataset):
        taught = [row for row in rows if row.number not in exam.held]
        mine = [question for row in rows for question in questions.get(row.number, ())]
        found.append(
            {
                "number": taught[0].number,
                "rows": [row.number for row in rows],
                "text": taught[0].text,
                "ways": len(taught),
                "answer": taught[0].target,
                "questions": sorted(mine, key=_place),
            }
        )
    return found


def _questions(exam: Exam) -> dict[int, list[dict[str, Any]]]:
    """Row number → its questions; a struck one is in no part."""
    found: dict[int, list[dict[str, Any]]] = {}
    listed: list[tuple[Example, Part | None]] = [*exam.asked, *((one, None) for one in exam.struck)]
    for one, part in listed:
        question = {"number": one.number, "text": one.text, "origin": one.origin, "part": part}
        found.setdefault(one.number, []).append(question)
    return found


def _place(question: Mapping[str, Any]) -> tuple[int, int, str]:
    """The same before and after it is struck; what a person wrote stands in the order in which it was written."""
    origin = question["origin"]
    return ORIGINS.index(origin), question["number"], "" if origin == "written" else question["text"]


def _asked(fact: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [question for question in fact["questions"] if question["part"]]


def _counts(facts: list[dict[str, Any]]) -> dict[str, int]:
    """How many questions are in each part and of each origin, and how many facts nothing asks for."""
    asked = [question for fact in facts for question in _asked(fact)]
    found = Counter([question["part"] for question in asked] + [question["origin"] for question in asked])
    names = ("validation", "test", *ORIGINS)
    return {**{name: found[name] for name in names}, "bare": sum(not _asked(fact) for fact in facts)}
