"""The machine and the workspace: what is there, what is missing, what was lost.

Knows no dataset and no run.
"""

from __future__ import annotations

from typing import Any

from studio.cli.app import Home, Json, app, studio_at
from studio.console import Console


@app.command()
def doctor(home: Home = None, json: Json = False) -> None:
    """What this machine has, what is missing, and how to mend it."""
    console = Console(json)
    with studio_at(home, console) as studio:
        machine = studio.machine()
        problems = [
            {"key": p["key"], **{lang: console.words(p, lang) for lang in ("zh", "en")}}
            for p in (*machine.problems, *_lost(studio))
        ]
        console.result(
            {
                "device": machine.device,
                "name": machine.name,
                "memory_gib": round(machine.memory_gib, 2),
                "free_gib": round(machine.free_gib, 2),
                "cores": machine.cores,
                "versions": dict(machine.versions),
                "home": str(studio.workspace.home),
                "problems": problems,
            }
        )


def _lost(studio: Any) -> list[dict[str, Any]]:
    """What is on the disk and in no list, as a problem."""
    lost = studio.lost()
    return [{"key": "workspace.lost", "uploads": len(lost.uploads), "runs": len(lost.runs)}] if lost else []


@app.command()
def rebuild(home: Home = None, json: Json = False) -> None:
    """After the database was lost or damaged: puts a damaged one aside, lists uploads and runs on the disk again."""
    from studio.workspace import Workspace, put_aside

    console = Console(json)
    with console.errors():
        aside = put_aside(Workspace(home).database)
    with studio_at(home, console) as studio:
        made = studio.rebuild()
        console.result(
            {
                "put_aside": str(aside) if aside else "",
                "datasets": list(made.datasets),
                "runs": list(made.runs),
                "unreadable": {
                    str(studio.workspace.upload_dir(upload)): {lang: why.say(lang) for lang in ("zh", "en")}
                    for upload, why in made.unreadable.items()
                },
            }
        )


@app.command()
def backups(home: Home = None, json: Json = False) -> None:
    """The copies of the database that the studio made while nothing else was done."""
    from studio import backups as made
    from studio.workspace import Workspace

    console = Console(json)
    with console.errors():
        console.result({"backups": [vars(one) for one in made.listed(Workspace(home))]})


@app.command()
def restore(name: str, home: Home = None, json: Json = False) -> None:
    """Puts a copy of the database, by its name in `backups`, in the place of the present one, which is kept."""
    from studio import backups as made
    from studio.workspace import Workspace

    console = Console(json)
    with console.errors():
        kept = made.restore(Workspace(home), name)
    with studio_at(home, console) as studio:
        lost = studio.lost()
        facts = {"uploads": len(lost.uploads), "runs": len(lost.runs)} if lost else {"uploads": 0, "runs": 0}
        console.result({"restored": name, "kept": kept, "lost": facts})
