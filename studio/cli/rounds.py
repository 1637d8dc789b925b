"""From one run to the next: cards side by side, which model is used, and every row tested once.

Knows nothing of how a run learns.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from studio.cli.app import Home, Json, MethodOption, Model, Sets, app, pairs, studio_at
from studio.console import Console
from studio.contract import Progress


@app.command()
def compare(runs: list[str], home: Home = None, json: Json = False) -> None:
    """Report cards side by side, what differed between the jobs, and which answers got better or worse."""
    from studio import rounds

    console = Console(json)
    with studio_at(home, console) as studio, console.bar("evaluate") as progress:
        for place, run in enumerate(runs):
            if studio.report(run) is None:
                studio.evaluate(run, progress=partial(_share, progress, place, len(runs)))
        console.result(rounds.compare(studio, runs))


def _share(progress: Progress, done: int, of: int, share: float) -> None:
    progress((done + share) / of)


@app.command("add-rows")
def add_rows(dataset: str, file: Path, home: Home = None, json: Json = False) -> None:
    """This week's rows: those of a file added to a dataset, but for what it has already."""
    from dataclasses import asdict

    from studio import rounds

    console = Console(json)
    with studio_at(home, console) as studio:
        console.result({"dataset": dataset, **asdict(rounds.add_file(studio, dataset, file))})


@app.command()
def live(run: str, home: Home = None, json: Json = False) -> None:
    """Makes a run the one that is used of its dataset."""
    from studio import rounds

    console = Console(json)
    with studio_at(home, console) as studio:
        rounds.go_live(studio, run)
        console.result({"run": run, "dataset": studio.run(run).config.dataset, "live": True})


@app.command()
def folds(
    dataset: str,
    parts: Annotated[int, typer.Option("--parts", min=2, max=20, help="How many.")] = 5,
    model: Model = None,
    method: MethodOption = None,
    set_: Sets = None,
    line_up: Annotated[
        bool, typer.Option("--line-up", help="Put the rows with a likely wrong label first in the labelling queue.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Every row tested once by a model that did not learn it: one score, and the labels that are likely wrong."""
    from studio import crosscheck
    from studio.console import failure, watch

    console = Console(json)
    with studio_at(home, console) as studio:
        said = {name: value for name, value in (("model", model), ("method", method)) if value}
        first = crosscheck.plan(studio, dataset, parts, {**said, **pairs(set_)}).config
        for config in crosscheck.configs(first):
            run = watch(studio, console, partial(studio.train, config))
            if not run.has_adapter or run.status != "finished":
                console.say(failure(run, console.lang) if run.status == "failed" else run.status)
                raise typer.Exit(1)
        with console.bar("evaluate") as progress:
            found = crosscheck.joint(studio, run.id, progress)
        lined_up = crosscheck.line_up(studio, found) if line_up else 0
        console.result({"dataset": dataset, **found.as_json(), "lined_up": lined_up})
