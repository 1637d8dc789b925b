"""The report of a run on paper.

Knows no model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.app import Home, Json, app, studio_at
from studio.console import Console
from studio.errors import StudioError


@app.command()
def report(
    run: str,
    out: Annotated[Path, typer.Argument(help="A .html file, which a browser prints or saves as PDF, or a .docx file.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """The report to hand in: data, settings, curves, scores, wrong answers and what was done about them, next step."""
    from studio.printing.printing import printed

    console = Console(json)
    with studio_at(home, console) as studio:
        _, content = printed(studio, run, out.suffix.casefold(), console.lang)
        try:
            out.write_bytes(content)
        except OSError as error:
            raise StudioError("printing.not_written", path=str(out), problem=error.strerror or str(error)) from error
    console.result({"run": run, "path": str(out), "bytes": len(content)})
