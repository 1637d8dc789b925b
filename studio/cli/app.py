"""The command line's one application, the options that its commands share, and the way to the studio.

Knows no command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from studio import signals
from studio.console import Console
from studio.errors import StudioError
from studio.formats import FORMATS
from studio.methods import METHODS

app = typer.Typer(
    name="xiaozao",
    help="小灶 Xiaozao: from a spreadsheet to a model of your own. 从一张表格到你自己的模型。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _known_format(value: str) -> str:
    """Wrong usage where there is no such format."""
    if value not in FORMATS:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(FORMATS)}")
    return value


Home = Annotated[Optional[Path], typer.Option("--home", help="The workspace folder. 工作区文件夹。")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout. 只输出一个 JSON。")]
Sets = Annotated[
    Optional[list[str]],
    typer.Option("--set", metavar="KEY=VALUE", help="A setting by its name in RunConfig; may be repeated."),
]
Model = Annotated[Optional[str], typer.Option("--model", help="starter, a folder, or a Hugging Face / ModelScope id.")]
MethodOption = Annotated[Optional[str], typer.Option("--method", help=" or ".join(METHODS))]
FormatOption = typer.Option("--format", metavar=f"[{'|'.join(FORMATS)}]", callback=_known_format)
PresetOption = Annotated[Literal["fast", "balanced", "thorough"], typer.Option("--preset")]
MOST_BYTES = 2**20  # of a text file that a person writes for a command


@contextmanager
def studio_at(home: Path | None, console: Console) -> Iterator[Any]:
    """The façade with the real engine. A StudioError becomes one message and exit code 1."""
    signals.interrupt()
    from studio.assembled import Studio
    from studio.workspace import Workspace, intact

    with console.errors(), intact(Workspace(home).database), Studio(home) as studio:
        yield studio


def pairs(items: list[str] | None) -> dict[str, str]:
    """`key=value` items as a dict. Raises StudioError for one without `=`."""
    found = {}
    for item in items or []:
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise StudioError("cli.not_a_pair", item=item)
        found[key.strip()] = value
    return found


def text_in(path: Path) -> str:
    """Raises StudioError cli.no_file, also for what is no file, or longer than anybody writes by hand."""
    try:
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError("cli.no_file", file=str(path)) from error
    raise StudioError("cli.no_file", file=str(path))
