"""What a run is worth and what it is good for: its report card, its answers, its model to take home.

Knows no training.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from studio.cli.app import FormatOption, Home, Json, app, studio_at
from studio.cli.follow import judged
from studio.console import Console
from studio.evaluation.measures import MEASURES
from studio.formats import FORMATS
from studio.tasks import TASKS


@app.command(epilog="Measures, by their names in the JSON: " + ", ".join(MEASURES))
def evaluate(
    run: str,
    file: Annotated[Optional[Path], typer.Option("--file", help="Test on the rows of this file instead.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The report card: base, tuned and baseline on the test split."""
    from studio.evaluation import report as reports

    console = Console(json)
    with studio_at(home, console) as studio, console.bar("evaluate") as progress:
        report = studio.evaluate(run, file=file, progress=progress)
        known = studio.run(run)
    judged(console, known, reports.of(report))
    console.result({"run": run, **report})


@app.command()
def predict(
    run: str,
    source: Path,
    out: Path,
    by: Annotated[
        Literal["model", "simple", "together"],
        typer.Option("--by", help="Who answers: the model, the report's simple method, or both with one vote."),
    ] = "model",
    home: Home = None,
    json: Json = False,
) -> None:
    """A table in, the same table out, with the answers in columns added at the right."""
    import time

    from studio.predict import Answerer, predict_file

    console, began = Console(json), time.monotonic()
    with studio_at(home, console) as studio, console.bar("predict") as progress:
        count = predict_file(Answerer(studio, run, by), source, out, progress)
    console.result({"run": run, "rows": count, "seconds": round(time.monotonic() - began, 2), "out": str(out)})


@app.command()
def ask(
    run: str,
    question: str,
    base: Annotated[bool, typer.Option("--base", help="Ask the untouched base instead.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """One answer, or one label with its probabilities."""
    console = Console(json)
    with studio_at(home, console) as studio:
        if TASKS[studio.run(run).config.task].labelled:
            prediction = studio.classify(run, [question], tuned=not base)[0]
            answer = {"label": prediction.answer, "probabilities": dict(prediction.probabilities)}
        else:
            answer = {"answer": studio.ask(run, question, tuned=not base)}
    console.result({"run": run, **answer})


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
