"""What is said on stderr while a run learns, and of what it is worth in the end.

Knows no command.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from studio.console import Console, watch
from studio.evaluation.report import Report
from studio.runs import Run


def follow(studio: Any, console: Console, go: Callable[[Callable[[str], None]], Any]) -> None:
    """Runs `go` beside a progress bar; Ctrl-C and its like ask the run to stop and keep what it learned."""
    run = watch(studio, console, go)
    facts = console.training_facts(run)
    if run.status != "failed":
        facts |= {"verdict": judged(console, run)}
    console.result(facts)
    if run.status == "failed":
        raise typer.Exit(1)


def judged(console: Console, run: Run, report: Report | None = None) -> str:
    """Says the verdict with its reason and the next step, as the page does, and returns its key."""
    from studio.lamp import lamp
    from studio.verdicts import light

    found = light(run, report)
    said = lamp(found, console.lang)
    console.light(found.colour, said.name, said.why, said.action)
    return f"verdicts.{found.verdict}"
