"""What is done with runs that are there: names, notes, curves, the log, the queue, the disk.

Knows nothing of what a run is worth.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from studio.cli.app import Home, Json, app, studio_at
from studio.console import Console
from studio.errors import StudioError


@app.command()
def name(
    run: str,
    text: Annotated[str, typer.Argument(metavar="TEXT", help='What to call it; "" takes the name away.')],
    note: Annotated[Optional[str], typer.Option(help="What you want to remember of it.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Calls a run by a name."""
    console = Console(json)
    with studio_at(home, console) as studio:
        studio.keeping.name(run, text, note)
        found = studio.run(run)
        console.result({"run": run, "name": found.name, "note": found.note})


@app.command()
def curves(
    run: str,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="csv, png, svg or html, by its ending.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """A run's curves as a table, a picture, or a page."""
    from studio import pictures

    console = Console(json)
    with studio_at(home, console) as studio:
        content = pictures.made(studio.run(run), out.suffix[1:].lower(), console.lang)
        try:
            out.write_bytes(content)
        except OSError as error:
            raise StudioError("curves.not_written", file=str(out), problem=error.strerror or str(error)) from error
        console.result({"run": run, "path": str(out), "bytes": len(content)})


@app.command()
def log(
    run: str,
    search: Annotated[str, typer.Option(help="Only lines with all of these words.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """All that a run reported, line by line."""
    from dataclasses import asdict

    from studio import chronicle

    console = Console(json)
    with studio_at(home, console) as studio:
        found = chronicle.lines(studio.keeping.facts(run), console.lang, search)
        if json:
            console.result({"run": run, "lines": [asdict(line) for line in found]})
            return
        for line in found:
            typer.echo(f"{line.when}  {line.text}")


@app.command()
def pause(run: str, home: Home = None, json: Json = False) -> None:
    """A run rests where it stands, and those that wait with it, until `resume`."""
    console = Console(json)
    with studio_at(home, console) as studio:
        studio.waiting.pause(run)
        console.result({"run": run, "status": studio.run(run).status})


@app.command()
def queue(
    move: Annotated[Optional[str], typer.Option(metavar="RUN", help="Changes places with its neighbour.")] = None,
    by: Annotated[Literal["up", "down"], typer.Option(help="Which neighbour.")] = "up",
    hold: Annotated[Optional[bool], typer.Option("--hold/--go", help="Begin none that waits, or go on.")] = None,
    past_failures: Annotated[
        Optional[bool], typer.Option(help="Whether the next is begun when one has failed.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The runs that wait for `serve` to train them, the next one first."""
    console = Console(json)
    with studio_at(home, console) as studio:
        waiting = studio.waiting
        if move is not None:
            studio.run(move)
            waiting.move(move, {"up": -1, "down": 1}[by])
        if hold is not None:
            waiting.hold(hold)
        if past_failures is not None:
            waiting.go_past_failures(past_failures)
        rules = waiting.rules()
        console.result({"waiting": waiting.order(), "held": rules.held, "past_failures": rules.past_failures})


@app.command()
def disk(
    clear: Annotated[bool, typer.Option("--clear", help="Remove what finished runs need no more.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """The bytes that each run takes on the disk, and how many of them it needs no more."""
    from dataclasses import asdict

    console = Console(json)
    with studio_at(home, console) as studio:
        used = studio.keeping.used()
        freed = studio.keeping.clear([one.run for one in used]) if clear else 0
        runs = [asdict(one) for one in (studio.keeping.used() if clear else used)]
        console.result({"runs": runs, "bytes": sum(one["bytes"] for one in runs), "freed": freed})
