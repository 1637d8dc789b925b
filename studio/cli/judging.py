"""What people and other models say of a run's answers: votes as a dataset, scoring sheets, a model that judges.

Knows no training.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Optional, get_args

import typer

from studio.cli.app import Home, Json, app, studio_at
from studio.console import Console
from studio.errors import StudioError
from studio.judging.opinions import Kind

LEARNED = get_args(Kind)  # a pair for each vote and correction; a row for each thumb; a question for each correction


def _known(value: str | None) -> str | None:
    """Wrong usage where nothing of that name can be made of votes."""
    if value is not None and value not in LEARNED:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(LEARNED)}")
    return value


@app.command()
def votes(
    run: str,
    learn: Annotated[
        Optional[str],
        typer.Option("--learn", metavar=f"[{'|'.join(LEARNED)}]", callback=_known, help="Make a dataset of it."),
    ] = None,
    name: Annotated[Optional[str], typer.Option("--name", help="What the dataset is called.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Votes, thumbs and corrections on a run's answers; as a dataset of pairs, thumbs or questions with --learn."""
    import time

    from studio.judging import learning, told
    from studio.words import say

    console = Console(json)
    with studio_at(home, console) as studio:
        found = studio.judging.learnable(run)
        said = studio.judging.facts(run)
        if not said and not any(one.rows or one.left_out for one in found.values()):
            studio.run(run)  # raises where there is no such run
        for one in found.values():
            console.say(told.learnable(one, console.lang))
        facts = {
            "run": run,
            "judged": said.get("judged", []),
            **{kind: learning.facts(one) for kind, one in found.items()},
        }
        if learn:
            called = name or say("judging.made_name", console.lang, when=time.strftime("%m-%d %H:%M"))
            facts["dataset"] = studio.judging.learn(run, learn, called).id
    console.result(facts)


@app.command()
def sheet(
    run: str,
    out: Annotated[Path, typer.Argument(help="An xlsx file, which is written over.")],
    against: Annotated[str, typer.Option("--against", help="Another run instead of the run's own base.")] = "",
    questions: Annotated[
        int, typer.Option("--questions", min=1, max=100, help="How many, each with two answers.")
    ] = 20,
    home: Home = None,
    json: Json = False,
) -> None:
    """A scoring sheet: unnamed answers of a run and of its base, to be marked 1 to 5 by whoever gets it."""
    console = Console(json)
    with studio_at(home, console) as studio:
        contest = studio.judging.contest(run, against)
        answers = studio.judging.marking.sheet(contest, out, console.lang, questions)
    console.result({"run": run, "against": against or "base", "answers": answers, "out": str(out)})


@app.command()
def marks(
    sheet: Annotated[Path, typer.Argument(help="A scoring sheet that somebody filled in.")],
    by: Annotated[str, typer.Option("--by", help="Who gave the marks.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Notes the marks of a filled-in scoring sheet; `evaluate` and `votes` tell what they come to."""
    from studio.judging import told

    console = Console(json)
    with studio_at(home, console) as studio:
        taken = studio.judging.marking.take(sheet, by)
    console.say(told.taken(taken, by, console.lang))
    for one in taken.problems:
        console.say(console.words(one))
    problems = [{"row": one.get("row"), "problem": console.words(one)} for one in taken.problems]
    counted = {"marks": taken.marks, "answers": taken.answers, "blank": taken.blank}
    console.result({"by": by, **counted, "problems": problems})


@dataclass(frozen=True)
class Wanted:
    """Which model is to judge a run's answers, and on how many questions."""

    url: str
    model: str | None
    questions: int


def judged_by_model(studio: Any, console: Console, run: str, wanted: Wanted) -> dict[str, Any]:
    """Has another model judge, after its prompt and its cost are told; asks first where somebody sits there to answer.
    What was said of the run, for its report card."""
    import sys

    from studio.judging import by_model, told
    from studio.judging.client import Client, address, key
    from studio.words import say

    judging, at = studio.judging, address(wanted.url)
    contest = judging.contest(run)
    client = Client(at, wanted.model or "", key())
    if not wanted.model:
        found = client.models()
        if len(found) != 1:
            raise StudioError("judging.which_model", host=at.host, models="、".join(found[:20]) or "…")
        client = Client(at, found[0], key())
    with console.bar("answers") as progress:
        judging.ready(contest, wanted.questions, progress)
    lang = by_model.language_of(judging.ledger.matches(contest))
    cost = judging.cost(contest, client.name, wanted.questions)
    if cost.calls:
        console.note("judging.prompt_said")
        console.say(by_model.prompt(lang))
        console.note("judging.cost", judge=client.name, calls=f"{cost.calls:,}", tokens=f"{cost.tokens:,}")
        watched = sys.stdin.isatty() and sys.stderr.isatty()
        if watched and not typer.confirm(say("judging.go_on", console.lang), err=True):
            raise typer.Exit(1)
        with console.bar("judge") as progress:
            judging.ask_model(contest, client, wanted.questions, progress)
    else:
        console.note("judging.cost_none", judge=client.name)
    for line in told.models(judging.by_models(contest), say("judging.base", console.lang), console.lang):
        console.say(line)
    told_of: dict[str, Any] = judging.facts(run)
    return told_of
