"""Handbooks that are kept, and the questions and answers that can be drafted from a document.

Knows no model.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from studio.cli.app import Home, Json, app, studio_at
from studio.console import Console


@app.command()
def handbooks(
    add: Annotated[
        Optional[Path], typer.Option("--add", help="Keep this document: docx, pdf, md, txt, html, xlsx.")
    ] = None,
    delete: Annotated[Optional[str], typer.Option("--delete", help="Delete the handbook of this id.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The handbooks that are kept, for `ask --handbook ID` and `evaluate --handbook ID`."""
    console = Console(json)
    with studio_at(home, console) as studio:
        shelf = studio.looking_up.shelf
        if add is not None:
            shelf.add(add)
        if delete is not None:
            shelf.delete(shelf.get(delete).id)
        console.result({"handbooks": [asdict(one) for one in shelf.list()]})


@app.command()
def drafts(
    file: Path,
    add: Annotated[bool, typer.Option("--add", help="Make a dataset of all of them.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Questions and answers that rules copy out of a document, each with its passage."""
    from studio.handbook.drafts import drafts as drafted
    from studio.handbook.reading import read
    from studio.words import say

    console = Console(json)
    with studio_at(home, console) as studio:
        passages = read(file).passages
        found = drafted(passages)
        told = {one.number: one for one in passages}
        facts: dict[str, Any] = {
            "drafts": [
                {**asdict(one), "text": told[one.passage].told, "place": told[one.passage].place} for one in found
            ]
        }
        if not found:
            console.note("handbook.no_drafts")
        elif add:
            name = say("handbook.data_name", console.lang, name=file.name)
            pairs = [(one.question, one.answer) for one in found]
            facts["dataset"] = studio.data.add_rows(name, "chat", pairs).id
    console.result(facts)
