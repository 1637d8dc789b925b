"""What people say of a run's answers: votes and corrections told, and made into a dataset.

Knows no training.
"""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from studio.cli.app import Home, Json, app, studio_at
from studio.console import Console

LEARNED = ("prefer", "chat")  # a pair for each vote and correction; a question for each correction


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
    """Votes and corrections on a run's answers; as a dataset of pairs or of questions with --learn."""
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
            **{task: learning.facts(one) for task, one in found.items()},
        }
        if learn:
            called = name or say("judging.made_name", console.lang, when=time.strftime("%m-%d %H:%M"))
            facts["dataset"] = studio.judging.learn(run, learn, called).id
    console.result(facts)
