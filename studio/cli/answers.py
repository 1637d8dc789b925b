"""What a run is worth and what it is good for: its report card, its answers, its model to take home.

Knows no training.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from studio.cli.app import FormatOption, Home, Json, app, studio_at, text_in
from studio.console import Console
from studio.errors import StudioError
from studio.evaluation.measures import MEASURES
from studio.formats import FORMATS
from studio.tasks import TASKS

Base = Annotated[bool, typer.Option("--base", help="Ask the untouched base instead.")]
SystemOption = Annotated[
    Optional[str], typer.Option("--system", help="The system text to ask below instead of the run's own.")
]

HandbookOption = Annotated[
    Optional[str],
    typer.Option("--handbook", help="A document to look the answer up in: docx, pdf, md, txt, html, xlsx; or its id."),
]


@app.command(epilog="Measures, by their names in the JSON: " + ", ".join(MEASURES))
def evaluate(
    run: str,
    file: Annotated[Optional[Path], typer.Option("--file", help="Test on the rows of this file instead.")] = None,
    everyday: Annotated[
        Optional[Path],
        typer.Option(help="A text file of your own everyday questions, one a line: question | answer. Kept for later."),
    ] = None,
    schema: Annotated[Optional[Path], typer.Option(help="The JSON Schema that answers in JSON should keep to.")] = None,
    add_unknown: Annotated[
        bool, typer.Option("--add-unknown", help="Add rows to the dataset that say 'I don't know' where it cannot.")
    ] = False,
    judge: Annotated[
        Optional[str], typer.Option("--judge", metavar="URL", help="Have the model at this OpenAI address judge, too.")
    ] = None,
    judge_model: Annotated[Optional[str], typer.Option("--judge-model", help="As that server calls it.")] = None,
    judge_questions: Annotated[int, typer.Option("--judge-questions", min=1, max=100, help="How many it judges.")] = 30,
    handbook: Annotated[
        Optional[str],
        typer.Option(help="Compare with looking things up in this document, or in the kept one of this id."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The report card: base, tuned and baseline on the test split; what was kept, what is made up, how it speaks."""
    from studio.card_lines import card_lines, judged_line, lights
    from studio.cli.judging import Wanted, judged_by_model
    from studio.evaluation import report as reports
    from studio.findings import lines
    from studio.judging.client import address
    from studio.own_questions import OwnQuestions
    from studio.remedies import REMEDIES

    console, added = Console(json), {}
    with studio_at(home, console) as studio:
        if judge:
            address(judge)  # before anything takes its time
        if everyday is not None:
            OwnQuestions(studio.workspace).write(text_in(everyday))
        keeps_to = _schema(schema) if schema else None
        if add_unknown:
            added = {"added": REMEDIES["add_unknown"](studio, run)}
        with console.bar("evaluate") as progress:
            report = studio.evaluate(run, file=file, schema=keeps_to, handbook=handbook, progress=progress)
        known = studio.run(run)
        if judge:
            added |= judged_by_model(studio, console, run, Wanted(judge, judge_model, judge_questions))
        read, people = reports.of(report), judged_line(studio, known, console.lang)
    for line in (*card_lines(known, read, console.lang), *((people[0],) if people else ())):
        console.light(line.lamp.colour, line.name, line.lamp.why, line.lamp.action)
    for said in lines(read, console.lang):
        console.say(said)
    console.result({"run": run, **report, **added, "lights": lights(known, read)})


def _schema(path: Path) -> Any:
    """A JSON Schema. Raises StudioError cli.no_file, cli.no_schema with what is wrong with it."""
    from json import loads

    from jsonschema import Draft202012Validator, SchemaError

    try:
        found = loads(text_in(path))
        Draft202012Validator.check_schema(found)
    except (ValueError, RecursionError, SchemaError) as error:
        raise StudioError("cli.no_schema", file=str(path), why=str(error).splitlines()[0][:200]) from error
    return found


@app.command()
def predict(
    run: str,
    source: Path,
    out: Path,
    by: Annotated[
        Literal["model", "simple", "together"],
        typer.Option("--by", help="Who answers: the model, the report's simple method, or both with one vote."),
    ] = "model",
    text: Annotated[
        Optional[list[str]],
        typer.Option(help="The column with the question, if not as in training; may be repeated."),
    ] = None,
    system: SystemOption = None,
    encoding: Annotated[Optional[str], typer.Option(help="Of a text file, if its content does not tell.")] = None,
    leave_merged: Annotated[
        bool, typer.Option("--leave-merged", help="Do not read merged cells of a workbook as filled downwards.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """A table in, the same table out, with the answers in columns added at the right of each sheet."""
    import time
    from dataclasses import asdict

    from studio.data.schema import Reading
    from studio.predict import Answerer, Wish, predict_file

    console, began = Console(json), time.monotonic()
    wish = Wish(tuple(text or ()), system, Reading(encoding=encoding, fill_merged=not leave_merged))
    with studio_at(home, console) as studio, console.bar("predict") as progress:
        found = predict_file(Answerer(studio, run, by), source, out, progress, console.lang, wish)
    for remark in found.remarks(console.lang):
        console.say(remark)
    facts = {name: value for name, value in asdict(found).items() if name != "wanted"}
    console.result({"run": run, **facts, "seconds": round(time.monotonic() - began, 2), "out": str(out)})


@app.command()
def ask(
    run: str,
    question: str,
    base: Base = False,
    system: SystemOption = None,
    handbook: HandbookOption = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """One answer, or one label with its probabilities."""
    console = Console(json)
    with studio_at(home, console) as studio:
        if handbook:
            found, said = studio.looking_up.answer(run, question, handbook, tuned=not base, system=system)
            if not found.sources:
                console.note(f"handbook.{found.outcome}")
            answer = {"answer": said, "sources": [source_facts(one) for one in found.sources]}
        elif TASKS[studio.run(run).config.task].labelled:
            prediction = studio.classify(run, [question], tuned=not base, system=system)[0]
            if not prediction.answer:
                console.note("cli.not_taught")
            answer = {"label": prediction.answer, "probabilities": dict(prediction.probabilities)}
        else:
            answer = {"answer": studio.ask(run, question, tuned=not base, system=system), "sources": []}
    console.result({"run": run, **answer})


def source_facts(passage: Any) -> dict[str, Any]:
    """A passage that an answer was looked up in, as JSON."""
    return {"passage": passage.number, "under": list(passage.under), "place": passage.place, "text": passage.text}


@app.command()
def chat(
    run: str,
    base: Base = False,
    system: SystemOption = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """A conversation in the terminal: a line is a question, an empty line or the end of the input ends it."""
    import sys

    from studio.data import asking
    from studio.data.schema import Message

    console = Console(json)
    turns: list[tuple[str, str]] = []
    with studio_at(home, console) as studio:
        if not TASKS[studio.run(run).config.task].talks:
            raise StudioError("cli.does_not_talk", run=run)
        said = asking.typed("", studio.system(run) if system is None else system)[:-1]
        console.note("cli.talk")
        for line in iter(sys.stdin.readline, ""):
            if not line.strip():
                break
            said.append(Message("user", line.strip()))
            answer = studio.replies(run, [said], tuned=not base)[0]
            said.append(Message("assistant", answer))
            turns.append((line.strip(), answer))
            if not json:
                sys.stdout.write(f"{answer}\n")
                sys.stdout.flush()
    if json:
        console.result({"run": run, "turns": turns})


@app.command()
def export(
    run: str,
    out: Annotated[Path, typer.Option("--out", help="A new folder, or a zip when it ends in .zip.")],
    format: Annotated[str, FormatOption] = next(iter(FORMATS)),
    home: Home = None,
    json: Json = False,
) -> None:
    """The merged model or the adapter, verified, as a folder or a zip."""
    from dataclasses import asdict

    from studio.exporting import export_to

    console = Console(json)
    with studio_at(home, console) as studio, console.bar("export") as progress:
        result = export_to(studio, run, format, out, progress)
    console.result({"run": run, "format": format, **asdict(result)})
