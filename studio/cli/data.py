"""Files into datasets, and what can be done with their rows.

Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from studio.cli.app import Home, Json, Sets, app, pairs, studio_at
from studio.console import Console
from studio.data.reading.public import Wanted
from studio.errors import StudioError
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.data.labelling.names import Named
    from studio.data.schema import Dataset, Example, Row

HUB = "hub:"  # begins what names a public data set and no file


@app.command("import")
def import_file(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="One file, or several with the same columns; or hub:OWNER/NAME, a public data set of a hub.",
        ),
    ],
    task: Annotated[
        Optional[str], typer.Option(help="classify, chat, or prefer: which of two answers is better")
    ] = None,
    text: Annotated[
        Optional[list[str]], typer.Option(help="The column with the text or question; may be repeated.")
    ] = None,
    label: Annotated[Optional[str], typer.Option(help="The column with the label or answer.")] = None,
    worse: Annotated[Optional[str], typer.Option(help="The column with the worse answer, to learn to prefer.")] = None,
    sheet: Annotated[Optional[str], typer.Option(help="The sheet of a workbook.")] = None,
    encoding: Annotated[
        Optional[str], typer.Option(help="Of a text file: utf-8, gb18030, big5 … Decided by its content if not given.")
    ] = None,
    leave_merged: Annotated[
        bool, typer.Option("--leave-merged", help="Do not fill merged cells of a workbook downwards.")
    ] = False,
    normalise_labels: Annotated[bool, typer.Option("--normalise-labels", help="positive, 👍, 5星 → 好评 …")] = False,
    name_labels: Annotated[
        Optional[str], typer.Option("--name-labels", metavar="1=好评,0=差评", help="What labels are to be called.")
    ] = None,
    config: Annotated[Optional[str], typer.Option(help="Of a public data set: which of its sets.")] = None,
    split: Annotated[Optional[str], typer.Option(help="Of a public data set: which part; train if not given.")] = None,
    lesson: Annotated[
        Optional[str], typer.Option(help="What questions and answers teach: facts or manner. Guessed if not given.")
    ] = None,
    set_: Sets = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Files, or a public data set, into a dataset. --set name=… --set author=… fill placeholders like {{name}}."""
    from studio.data.intake.labels import respell

    console = Console(json)
    with studio_at(home, console) as studio:
        asking, answering = TASKS[task or "classify"].roles  # the others are understood as these are
        roles = {column: asking for column in text or []} | ({label: answering} if label else {})
        roles |= {worse: "rejected"} if worse else {}
        if any(file.as_posix().startswith(HUB) for file in files):
            if sheet or encoding or leave_merged or normalise_labels:
                raise StudioError("public.not_of_hub")
            dataset = studio.data.add_public(_public(files, config, split), task=task, roles=roles)
        elif config or split:
            raise StudioError("public.not_of_files")
        else:
            dataset = studio.data.add(
                files, task=task, roles=roles, sheet=sheet, encoding=encoding, fill_merged=not leave_merged,
                normalise_labels=normalise_labels,
            )  # fmt: skip
        if names := pairs(set_):
            maker = names.get("author") or names.get("maker") or ""
            studio.data.fill(dataset.id, names.get("name", ""), maker)
        if lesson:
            studio.data.teach(dataset.id, lesson)
        if name_labels:
            studio.data.labelling.rename(dataset.id, pairs(re.split("[,，]", name_labels)))
        report = dataset.report
        labels = studio.data.labelling.names(dataset.id) if TASKS[dataset.task].labelled else []
        _tell(console, dataset, labels)
        console.result(
            {
                "dataset": dataset.id,
                "task": dataset.task,
                "lesson": studio.data.lesson(dataset.id),
                "rows": report.rows,
                "unlabelled": report.unlabelled,
                "columns": list(report.columns),
                "roles": dict(report.roles),
                "encoding": report.encoding,
                "labels": {one.label: one.rows for one in labels},
                "codes": {one.label: one.guess for one in labels if one.code},  # what they probably stand for
                "repaired": [dict(entry) for entry in report.repaired],
                "dropped": [dict(entry) for entry in report.dropped],
                "notes": [dict(entry) for entry in report.notes],
                "respellings": respell(report.labels),  # what --normalise-labels would change
            }
        )


def _tell(console: Console, dataset: Dataset, labels: Sequence[Named]) -> None:
    """What a person should know of a file that was read, in sentences: how it was understood, and what is missing."""
    for entry in dataset.report.notes:
        console.note(entry["reason"], **{name: value for name, value in entry.items() if name != "reason"})
    if codes := [one for one in labels if one.code]:
        example = " ".join(f"{one.label}={one.guess or '…'}" for one in codes)
        listed = "、".join(one.label for one in codes)
        console.note("label.codes_hint", codes=listed, dataset=dataset.id, example=example)


def _public(files: list[Path], config: str | None, split: str | None) -> Wanted:
    """Which public data set is meant. Raises StudioError public.alone."""
    if len(files) > 1:
        raise StudioError("public.alone")
    return Wanted(files[0].as_posix().removeprefix(HUB), config or "", split or "")


@app.command()
def rows(
    dataset: str,
    split: Annotated[Optional[Literal["train", "validation", "test"]], typer.Option()] = None,
    version: Annotated[Optional[int], typer.Option(help="A frozen version instead of the rows as they stand.")] = None,
    fold: Annotated[Optional[str], typer.Option(metavar="I/K", help="With --split: fold I of K is the test.")] = None,
    full: Annotated[bool, typer.Option("--full", help="With the system text and the earlier turns of each.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """A dataset's canonical rows: text and label, prompt and reply, or prompt, better and worse reply; with --full all
    that is read."""
    from studio.data.store.folds import fold_of
    from studio.data.store.versions import rows_of

    console = Console(json)
    with studio_at(home, console) as studio:
        if split or version is not None:
            splits = studio.data.splits(dataset, version, fold=fold_of(fold) if fold else None)
            found: Sequence[Example | Row] = getattr(splits, split) if split else rows_of(splits)
        else:
            total = studio.data.progress(dataset)[1]
            found = studio.data.rows(dataset, limit=max(total, 1))[0]
        beside = "liked" if any(row.liked for row in found) else "rejected"
        compares = TASKS[studio.data.get(dataset).task].compares
        said = ("text", "target", beside) if compares else ("text", "target")
        listed = [_whole(row, said) if full else [getattr(row, name) for name in said] for row in found]
        console.result({"dataset": dataset, "rows": listed})


def _whole(row: Example | Row, said: Sequence[str]) -> dict[str, Any]:
    """All that a model reads and learns of a row: only the reply is learned, or that it is better than the other."""
    system = "\n\n".join(turn.content for turn in row.context if turn.role == "system")
    turns = [{"role": turn.role, "content": turn.content} for turn in row.context if turn.role != "system"]
    return {"number": row.number, "system": system, "history": turns, **{name: getattr(row, name) for name in said}}


@app.command()
def versions(dataset: str, home: Home = None, json: Json = False) -> None:
    """A dataset's frozen versions, newest first, each with the runs that learned from it."""
    console = Console(json)
    with studio_at(home, console) as studio:
        learned = [(run.config.dataset_version, run.id) for run in studio.runs_of(dataset)]
        listed = [
            {
                "version": card.number,
                "created": card.created,
                "rows": card.rows,
                "labels": dict(card.labels),
                "parts": dict(card.parts),
                "runs": [run for version, run in learned if version == card.number],
            }
            for card in studio.data.versions(dataset)
        ]
        console.result({"dataset": dataset, "versions": listed})


@app.command("export-data")
def export_data(
    dataset: str,
    out: Annotated[Path, typer.Option("--out", help="A new file; for datasets a new folder, or a zip.")],
    format: Annotated[
        Literal["xlsx", "csv", "tsv", "jsonl", "parquet", "datasets"],
        typer.Option("--format", help="datasets: a folder that the library of that name opens."),
    ] = "xlsx",
    version: Annotated[Optional[int], typer.Option(help="A frozen version instead of the rows as they stand.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """A version of a dataset, with the part that each row is in, as a table or as a `datasets` folder."""
    from studio import exporting

    console = Console(json)
    with studio_at(home, console) as studio:
        written = exporting.export_data(studio, dataset, format, out, version)
    console.result({"dataset": dataset, "format": format, **written})
