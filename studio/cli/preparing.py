"""What is decided about a dataset before it is learned: its labels' names, what it teaches, its exam, its check-up.

Knows no file and no model.
"""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from studio.cli.app import Home, Json, app, pairs, studio_at
from studio.console import Console


@app.command("name-labels")
def name_labels(
    dataset: str,
    names: Annotated[list[str], typer.Argument(metavar="1=好评 0=差评 …")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Calls a dataset's labels otherwise. Runs that learned the old names keep them."""
    console = Console(json)
    with studio_at(home, console) as studio:
        changed = studio.data.labelling.rename(dataset, pairs(names))
        found = studio.data.labelling.names(dataset)
        console.result({"dataset": dataset, "changed": changed, "labels": {one.label: one.rows for one in found}})


@app.command()
def teach(
    dataset: str,
    lesson: Annotated[str, typer.Argument(help="facts or manner")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Says what a dataset teaches: facts, all learned and asked for in other words, or a manner of speaking."""
    console = Console(json)
    with studio_at(home, console) as studio:
        studio.data.teach(dataset, lesson)
        console.result({"dataset": dataset, "lesson": studio.data.lesson(dataset)})


@app.command()
def exam(
    dataset: str,
    write: Annotated[
        Optional[tuple[int, str]],
        typer.Option("--write", metavar="NUMBER QUESTION", help="Ask for the fact of this row in these words, too."),
    ] = None,
    strike: Annotated[
        Optional[tuple[int, str]],
        typer.Option("--strike", metavar="NUMBER QUESTION", help="Do not ask this question of the row."),
    ] = None,
    by_model: Annotated[
        int,
        typer.Option(
            "--by-model", metavar="N", min=0, help="N more questions for each fact, from the newest run's base model."
        ),
    ] = 0,
    home: Home = None,
    json: Json = False,
) -> None:
    """The exam of a dataset of facts: questions in other words, none of which is learned; struck ones have no part."""
    console = Console(json)
    with studio_at(home, console) as studio:
        if write:
            studio.data.write_question(dataset, *write)
        if strike:
            studio.data.strike(dataset, *strike)
        if by_model > 0:
            _ask_model(studio, dataset, by_model)
        found = studio.data.exam_of(dataset)
        listed = [*found.asked, *((example, None) for example in found.struck)]
        questions = [
            {
                "number": example.number,
                "question": example.text,
                "answer": example.target,
                "origin": example.origin,
                "part": part,
                "struck": part is None,
            }
            for example, part in listed
        ]
        console.result({"dataset": dataset, "lesson": studio.data.lesson(dataset), "questions": questions})


def _ask_model(studio: Any, dataset: str, count: int) -> None:
    """Writes up to `count` questions for each fact that a model thought of. Raises StudioError table.no_real_model."""
    from studio.data.near import normalise

    known = studio.data.known_texts(dataset)
    for rows in studio.data.facts_of(dataset):
        fresh = [text for text in studio.rephrase(rows[0].text) if normalise(text) not in known]
        for text in fresh[:count]:
            studio.data.write_question(dataset, rows[0].number, text)


@app.command()
def check(
    dataset: str,
    fix: Annotated[
        Optional[str], typer.Option("--fix", metavar="KIND", help="Mend the findings of this kind first.")
    ] = None,
    model: Annotated[
        Optional[str], typer.Option(help="Whose limit of a row's length counts; else the one last chosen.")
    ] = None,
    allow: Annotated[
        Optional[str],
        typer.Option("--allow", metavar="KIND", help="Let this kind of finding pass that stops training."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The check-up: duplicates, contradictions, leakage, imbalance, personal data, and a score from 0 to 100."""
    from studio.data.checkup.mending import allow as let_pass
    from studio.data.checkup.mending import examine, mend

    console = Console(json)
    with studio_at(home, console) as studio:
        longest = studio.reads(dataset, model)
        fixed = {"fixed": {"kind": fix, "rows": mend(studio.data, dataset, fix, longest)}} if fix else {}
        if allow:
            let_pass(studio.data, dataset, allow)
        seen = examine(studio.data, dataset, longest=longest)
        console.result(
            {
                "dataset": dataset,
                **fixed,
                "score": seen.score,
                "advice": seen.advice.say(console.lang) if seen.advice else "",
                "findings": [finding.as_json() for finding in seen.findings],
            }
        )
