"""Runs, from the plan to the list of them.

Knows nothing of what a run is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from studio.cli.app import Home, Json, MethodOption, Model, PresetOption, Sets, app, pairs, studio_at
from studio.cli.follow import follow
from studio.config import RunConfig
from studio.console import Console
from studio.errors import StudioError

FromOption = Annotated[
    Optional[str],
    typer.Option("--from", metavar="RUN", help="Go on from what this run learned: the new rows beside some old ones."),
]

MinutesOption = Annotated[
    float, typer.Option("--minutes", min=0, help="How long it may take: as few passes as end in time, one at least.")
]
FitOption = Annotated[
    bool, typer.Option("--fit", help="Change as little as makes it fit into the free memory, and say what.")
]


@dataclass(frozen=True)
class Wish:
    """What a person has of time and memory."""

    preset: str
    minutes: float
    fit: bool


@app.command()
def plan(
    dataset: str,
    model: Model = None,
    method: MethodOption = None,
    preset: PresetOption = "balanced",
    set_: Sets = None,
    goes_on: FromOption = None,
    minutes: MinutesOption = 0,
    fit: FitOption = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """The settings that the data ask for and what they will take; nothing is started."""
    from dataclasses import asdict

    console = Console(json)
    with studio_at(home, console) as studio:
        wish = Wish(preset, minutes, fit)
        made = _plan(studio, dataset, _changes(model, method, goes_on, set_), wish, console)
        console.result(
            {
                "config": made.config.model_dump(),
                "reasons": made.reasons,
                "steps": made.estimate.steps,
                "estimate": asdict(made.estimate),
                "tokens": asdict(made.counts),
                "rows": made.rows,
                "asked": asdict(made.asked),
                "sentence": made.sentence,
            }
        )


@app.command()
def train(
    dataset: Annotated[str, typer.Argument(metavar="DATASET or JOB.yaml")],
    model: Model = None,
    method: MethodOption = None,
    preset: PresetOption = "balanced",
    set_: Sets = None,
    goes_on: FromOption = None,
    minutes: MinutesOption = 0,
    fit: FitOption = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """A run, to its end. Ctrl-C keeps what was learned and stops."""
    console = Console(json)
    with studio_at(home, console) as studio:
        if dataset.endswith((".yaml", ".yml")):
            config = _job(Path(dataset))
            changes = _changes(model, method, goes_on, set_)
            config = config.with_changes(changes) if changes else config
            config = studio.fitted(studio.plan_for(config)).config if fit else config
        else:
            wish = Wish(preset, minutes, fit)
            config = _plan(studio, dataset, _changes(model, method, goes_on, set_), wish, console).config
        follow(studio, console, lambda started: studio.train(config, started))


@app.command()
def resume(run: str, home: Home = None, json: Json = False) -> None:
    """A run goes on from its last whole checkpoint, to its end."""
    console = Console(json)
    with studio_at(home, console) as studio:

        def go(started: Callable[[str], None]) -> None:
            started(run)
            studio.resume(run, here=True)

        follow(studio, console, go)


@app.command()
def stop(run: str, home: Home = None, json: Json = False) -> None:
    """Asks a run to finish its step, keep what it learned, and end."""
    console = Console(json)
    with studio_at(home, console) as studio:
        studio.stop(run)
        console.result({"run": run, "status": studio.run(run).status})


@app.command()
def runs(home: Home = None, json: Json = False) -> None:
    """All runs, newest first, then those that cannot be read."""
    from studio.console import damaged_facts, run_facts

    console = Console(json)
    with studio_at(home, console) as studio:
        whole, damaged = studio.listed()
        console.result({"runs": [*map(run_facts, whole), *map(damaged_facts, damaged)]})


def _job(path: Path) -> RunConfig:
    """The settings in a file. Raises StudioError cli.no_file, and what is wrong with them."""
    from studio import jobfile

    try:
        return jobfile.read_file(path).to_train()
    except OSError as error:
        raise StudioError("cli.no_file", file=str(path)) from error


def _changes(model: str | None, method: str | None, goes_on: str | None, set_: list[str] | None) -> dict[str, str]:
    """The settings that were said, by their names in RunConfig."""
    said = {"model": model, "method": method, "continues": goes_on}
    return {**{name: value for name, value in said.items() if value}, **pairs(set_)}


def _plan(studio: Any, dataset: str, changes: dict[str, str], wish: Wish, console: Console) -> Any:
    with console.bar("model") as progress:
        made = studio.plan(dataset, preset=wish.preset, changes=changes, minutes=wish.minutes, progress=progress)
    made = studio.fitted(made, wish.preset) if wish.fit else made
    if made.fitted:
        console.note("fitting.what", said=made.fitted)
    return made
