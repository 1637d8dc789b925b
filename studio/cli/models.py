"""Base models: what is here, and the download of one.

Knows no dataset and no run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from studio.cli.app import Home, Json, app, studio_at, text_in
from studio.console import Console

HubOption = Annotated[
    Optional[Literal["hugging_face", "hf_mirror", "model_scope"]],
    typer.Option("--from", help="Which hub; without it the first that answers and has the model."),
]
TOKEN = "XIAOZAO_HUB_TOKEN"  # noqa: S105  (the name of a variable)


@app.command()
def fetch(
    model: Annotated[str, typer.Argument(metavar="ORG/NAME")],
    hub: HubOption = None,
    token_file: Annotated[
        Optional[Path],
        typer.Option("--token-file", metavar="F", help=f"Holds the token of a gated model; or the variable {TOKEN}."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Downloads a model from a hub, or turns a GGUF file into safetensors. Ctrl-C stops a download; the same command
    goes on from there."""
    from studio.contract import Source

    console = Console(json)
    with studio_at(home, console) as studio:
        source = Source(hub, _token(token_file))
        try:
            with console.bytes(model) as told:
                folder = studio.engine.download(model, studio.workspace.models, source, told)
        except KeyboardInterrupt:
            console.note("cli.fetch_stopped", model=model)
            raise
        console.result({"model": model, "folder": str(folder), "bytes": _size(folder)})


@app.command()
def models(
    delete: Annotated[
        Optional[str],
        typer.Option("--delete", metavar="ORG/NAME", help="Removes a downloaded model, or what is here of one."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The models that are on this machine, those whose download is not complete, and GGUF files not used yet."""
    console = Console(json)
    with studio_at(home, console) as studio:
        if delete is not None:
            gone = studio.stored.delete(delete)
            if gone.runs:
                console.note("stored.runs_without", n=len(gone.runs))
            console.result({"deleted": delete, "bytes": gone.model.bytes, "runs": [run.id for run in gone.runs]})
            return
        sizes = {one.model.model: one.model.bytes for one in studio.stored.all()}
        cards: list[dict[str, Any]] = [
            {
                "model": card.id,
                "parameters": card.parameters,
                "size_gib": round(card.size_gib, 3),
                **({"bytes": sizes[card.id]} if card.id in sizes else {}),
            }
            for card in studio.choosing.here()
        ]
        unready = studio.choosing.unready()
        console.result({"models": cards, "incomplete": dict(unready.partly), "gguf": list(unready.packed)})


def _token(path: Path | None) -> str:
    """Raises StudioError cli.no_file."""
    return os.environ.get(TOKEN, "") if path is None else text_in(path).strip()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
