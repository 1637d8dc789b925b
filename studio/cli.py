"""The same façade from a terminal: `xiaozao COMMAND`, one JSON object with `--json`, progress on stderr.

Knows no engine detail: it parses words, calls the façade, prints the answer.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from studio.console import Console, watch
from studio.errors import StudioError
from studio.evaluation.report import Report
from studio.runs import Run

app = typer.Typer(
    name="xiaozao",
    help="小灶 Xiaozao: from a spreadsheet to a model of your own. 从一张表格到你自己的模型。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Home = Annotated[Optional[Path], typer.Option("--home", help="The workspace folder. 工作区文件夹。")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout. 只输出一个 JSON。")]
Sets = Annotated[
    Optional[list[str]],
    typer.Option("--set", metavar="KEY=VALUE", help="A setting by its name in RunConfig; may be repeated."),
]
Model = Annotated[Optional[str], typer.Option("--model", help="starter, a folder, or a Hugging Face / ModelScope id.")]
MethodOption = Annotated[Optional[str], typer.Option("--method", help="lora or qlora")]
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (named in the message only; the user chose it)
PresetOption = Annotated[Literal["fast", "balanced", "thorough"], typer.Option("--preset")]


@contextmanager
def _studio(home: Path | None, console: Console) -> Iterator[Any]:
    """The façade with the real engine. A StudioError becomes one message and exit code 1."""
    from studio.assembled import Studio
    from studio.workspace import Workspace, intact

    with console.errors(), intact(Workspace(home).database), Studio(home) as studio:
        yield studio


@app.command()
def doctor(home: Home = None, json: Json = False) -> None:
    """What this machine has, what is missing, and how to mend it."""
    console = Console(json)
    with _studio(home, console) as studio:
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
    with _studio(home, console) as studio:
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


@app.command("import")
def import_file(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="One file, or several with the same columns.")],
    task: Annotated[Optional[str], typer.Option(help="classify or chat")] = None,
    text: Annotated[
        Optional[list[str]], typer.Option(help="The column with the text or question; may be repeated.")
    ] = None,
    label: Annotated[Optional[str], typer.Option(help="The column with the label or answer.")] = None,
    sheet: Annotated[Optional[str], typer.Option(help="The sheet of a workbook.")] = None,
    encoding: Annotated[
        Optional[str], typer.Option(help="Of a text file: utf-8, gb18030, big5 … Decided by its content if not given.")
    ] = None,
    leave_merged: Annotated[
        bool, typer.Option("--leave-merged", help="Do not fill merged cells of a workbook downwards.")
    ] = False,
    normalise_labels: Annotated[bool, typer.Option("--normalise-labels", help="positive, 👍, 5星 → 好评 …")] = False,
    lesson: Annotated[
        Optional[str], typer.Option(help="What questions and answers teach: facts or manner. Guessed if not given.")
    ] = None,
    set_: Sets = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Files into a dataset. --set name=… --set author=… fill {{name}} and {{author}} placeholders."""
    from studio.data.intake.labels import respell

    console = Console(json)
    with _studio(home, console) as studio:
        roles = {**{column: "prompt" if task == "chat" else "text" for column in text or []}}
        if label:
            roles[label] = "reply" if task == "chat" else "label"
        dataset = studio.data.add(
            files, task=task, roles=roles, sheet=sheet, encoding=encoding, fill_merged=not leave_merged,
            normalise_labels=normalise_labels,
        )  # fmt: skip
        if names := _pairs(set_):
            maker = names.get("author") or names.get("maker") or ""
            studio.data.fill(dataset.id, names.get("name", ""), maker)
        if lesson:
            studio.data.teach(dataset.id, lesson)
        report = dataset.report
        console.result(
            {
                "dataset": dataset.id,
                "task": dataset.task,
                "lesson": studio.data.lesson(dataset.id),
                "rows": report.rows,
                "columns": list(report.columns),
                "roles": dict(report.roles),
                "encoding": report.encoding,
                "labels": dict(report.labels),
                "repaired": [dict(entry) for entry in report.repaired],
                "dropped": [dict(entry) for entry in report.dropped],
                "notes": [dict(entry) for entry in report.notes],
                "respellings": respell(report.labels),  # what --normalise-labels would change
            }
        )


@app.command()
def rows(
    dataset: str,
    split: Annotated[Optional[Literal["train", "validation", "test"]], typer.Option()] = None,
    version: Annotated[Optional[int], typer.Option(help="A frozen version instead of the rows as they stand.")] = None,
    fold: Annotated[Optional[str], typer.Option(metavar="I/K", help="With --split: fold I of K is the test.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """A dataset's canonical rows: pairs of text and label, or of prompt and reply."""
    from studio.data.store.split import fold_of
    from studio.data.store.versions import rows_of

    console = Console(json)
    with _studio(home, console) as studio:
        if split or version is not None:
            splits = studio.data.splits(dataset, version, fold=fold_of(fold) if fold else None)
            examples = getattr(splits, split) if split else rows_of(splits)
            listed = [[example.text, example.target] for example in examples]
        else:
            total = studio.data.progress(dataset)[1]
            listed = [[row.text, row.target] for row in studio.data.rows(dataset, limit=max(total, 1))[0]]
        console.result({"dataset": dataset, "rows": listed})


@app.command()
def versions(dataset: str, home: Home = None, json: Json = False) -> None:
    """A dataset's frozen versions, newest first, each with the runs that learned from it."""
    console = Console(json)
    with _studio(home, console) as studio:
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


@app.command()
def teach(dataset: str, lesson: str, home: Home = None, json: Json = False) -> None:
    """Says what a dataset teaches: facts, all learned and asked for in other words, or a manner of speaking."""
    console = Console(json)
    with _studio(home, console) as studio:
        studio.data.teach(dataset, lesson)
        console.result({"dataset": dataset, "lesson": studio.data.lesson(dataset)})


@app.command()
def exam(
    dataset: str,
    write: Annotated[
        Optional[tuple[int, str]],
        typer.Option("--write", metavar="NUMBER QUESTION", help="Ask for the fact of this row in these words, too."),
    ] = None,
    strike: Annotated[
        Optional[tuple[int, str]],
        typer.Option("--strike", metavar="NUMBER QUESTION", help="Do not ask this question of the row."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The exam of a dataset of facts: questions in other words, none of which is learned; struck ones have no part."""
    console = Console(json)
    with _studio(home, console) as studio:
        if write:
            studio.data.write_question(dataset, *write)
        if strike:
            studio.data.strike(dataset, *strike)
        found = studio.data.exam_of(dataset)
        listed = [*found.asked, *((example, None) for example in found.struck)]
        questions = [
            {
                "number": example.number,
                "question": example.text,
                "answer": example.target,
                "origin": example.origin,
                "part": part,
                "struck": part is None,
            }
            for example, part in listed
        ]
        console.result({"dataset": dataset, "lesson": studio.data.lesson(dataset), "questions": questions})


@app.command()
def check(
    dataset: str,
    fix: Annotated[
        Optional[str], typer.Option("--fix", metavar="KIND", help="Mend the findings of this kind first.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The check-up: duplicates, contradictions, leakage, imbalance, personal data, and a score from 0 to 100."""
    from studio.data.checkup.mending import examine, mend

    console = Console(json)
    with _studio(home, console) as studio:
        fixed = {"fixed": {"kind": fix, "rows": mend(studio.data, dataset, fix)}} if fix else {}
        seen = examine(studio.data, dataset)
        console.result(
            {
                "dataset": dataset,
                **fixed,
                "score": seen.score,
                "advice": seen.advice.say(console.lang) if seen.advice else "",
                "findings": [finding.as_json() for finding in seen.findings],
            }
        )


@app.command()
def plan(
    dataset: str,
    model: Model = None,
    method: MethodOption = None,
    preset: PresetOption = "balanced",
    set_: Sets = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The settings that the data ask for and what they will take; nothing is started."""
    from dataclasses import asdict

    console = Console(json)
    with _studio(home, console) as studio:
        made = _plan(studio, dataset, model, method, preset, set_, console)
        console.result(
            {
                "config": made.config.model_dump(),
                "steps": made.estimate.steps,
                "estimate": asdict(made.estimate),
                "tokens": asdict(made.counts),
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
    home: Home = None,
    json: Json = False,
) -> None:
    """A run, to its end. Ctrl-C keeps what was learned and stops."""
    from studio import jobfile

    console = Console(json)
    with _studio(home, console) as studio:
        if dataset.endswith((".yaml", ".yml")):
            config = jobfile.read(console.read(Path(dataset))).to_train()
            changes = {**({"model": model} if model else {}), **({"method": method} if method else {}), **_pairs(set_)}
            config = config.with_changes(changes) if changes else config
        else:
            config = _plan(studio, dataset, model, method, preset, set_, console).config
        _follow(studio, console, lambda started: studio.train(config, started))


@app.command()
def resume(run: str, home: Home = None, json: Json = False) -> None:
    """A run goes on from its last whole checkpoint, to its end."""
    console = Console(json)
    with _studio(home, console) as studio:

        def go(started: Callable[[str], None]) -> None:
            started(run)
            studio.resume(run, here=True)

        _follow(studio, console, go)


@app.command()
def stop(run: str, home: Home = None, json: Json = False) -> None:
    """Asks a run to finish its step, keep what it learned, and end."""
    console = Console(json)
    with _studio(home, console) as studio:
        studio.stop(run)
        console.result({"run": run, "status": studio.run(run).status})


@app.command()
def runs(home: Home = None, json: Json = False) -> None:
    """All runs, newest first, then those that cannot be read."""
    from studio.console import damaged_facts, run_facts

    console = Console(json)
    with _studio(home, console) as studio:
        whole, damaged = map(run_facts, studio.runs()), map(damaged_facts, studio.damaged())
        console.result({"runs": [*whole, *damaged]})


@app.command()
def evaluate(
    run: str,
    file: Annotated[Optional[Path], typer.Option("--file", help="Test on the rows of this file instead.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The report card: base, tuned and baseline on the test split."""
    from studio.evaluation import report as reports

    console = Console(json)
    with _studio(home, console) as studio, console.bar("evaluate") as progress:
        report = studio.evaluate(run, file=file, progress=progress)
        known = studio.run(run)
    _judged(console, known, reports.of(report))
    console.result({"run": run, **report})


@app.command()
def predict(
    run: str,
    source: Path,
    out: Path,
    by: Annotated[
        Literal["model", "simple", "together"],
        typer.Option("--by", help="Who answers: the model, the report's simple method, or both with one vote."),
    ] = "model",
    home: Home = None,
    json: Json = False,
) -> None:
    """A table in, the same table out, with the answers in columns added at the right."""
    import time

    from studio.predict import Answerer, predict_file

    console, began = Console(json), time.monotonic()
    with _studio(home, console) as studio, console.bar("predict") as progress:
        count = predict_file(Answerer(studio, run, by), source, out, progress)
    console.result({"run": run, "rows": count, "seconds": round(time.monotonic() - began, 2), "out": str(out)})


@app.command()
def ask(
    run: str,
    question: str,
    base: Annotated[bool, typer.Option("--base", help="Ask the untouched base instead.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """One answer, or one label with its probabilities."""
    console = Console(json)
    with _studio(home, console) as studio:
        if studio.run(run).config.task == "classify":
            prediction = studio.classify(run, [question], tuned=not base)[0]
            answer = {"label": prediction.answer, "probabilities": dict(prediction.probabilities)}
        else:
            answer = {"answer": studio.ask(run, question, tuned=not base)}
    console.result({"run": run, **answer})


@app.command()
def export(
    run: str,
    out: Annotated[Path, typer.Option("--out", help="A new folder, or a zip when it ends in .zip.")],
    format: Annotated[Literal["merged", "adapter"], typer.Option("--format")] = "merged",
    home: Home = None,
    json: Json = False,
) -> None:
    """The merged model or the adapter, verified, as a folder or a zip."""
    from dataclasses import asdict

    from studio.exporting import export_to

    console = Console(json)
    with _studio(home, console) as studio, console.bar("export") as progress:
        result = export_to(studio, run, format, out, progress)
    console.result({"run": run, "format": format, **asdict(result)})


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="127.0.0.1 keeps it on this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    password: Annotated[
        Optional[str], typer.Option(help="Needed for any other host.", envvar="XIAOZAO_PASSWORD")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The studio in the browser."""
    from studio.assembled import Studio
    from studio.serve.server import create_app, free_port
    from studio.serve.server import serve as run_server

    console = Console(json)
    with console.errors():
        chosen = free_port(host, port)
        xiaozao = Studio(home, worker=True)
        try:
            server = create_app(xiaozao, host=host, password=password)
        except StudioError:
            xiaozao.close()
            raise
        if chosen != port:
            console.note("serve.port_taken", wanted=port, port=chosen)
        url = f"http://{'localhost' if host in ANY_ADDRESS else host}:{chosen}"
        console.note("serve.ready", url=url)
        run_server(server, host, chosen)


def _plan(  # noqa: PLR0913  (the options of two commands, named as they are there)
    studio: Any,
    dataset: str,
    model: str | None,
    method: str | None,
    preset: str,
    set_: list[str] | None,
    console: Console,
) -> Any:
    changes = {**({"method": method} if method else {}), **_pairs(set_)}
    with console.bar("model") as progress:
        return studio.plan(dataset, model or "starter", preset=preset, changes=changes, progress=progress)


def _follow(studio: Any, console: Console, go: Callable[[Callable[[str], None]], Any]) -> None:
    """Runs `go` beside a progress bar; Ctrl-C and SIGTERM ask the run to stop and keep what it learned."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = watch(studio, console, go)
    facts = console.training_facts(run)
    if run.status != "failed":
        facts |= {"verdict": _judged(console, run)}
    console.result(facts)
    if run.status == "failed":
        raise typer.Exit(1)


def _judged(console: Console, run: Run, report: Report | None = None) -> str:
    """Says the verdict with its reason and the next step, as the page does, and returns its key."""
    from studio.verdicts import light
    from studio.views import lamp

    found = light(run, report)
    said = lamp(found, console.lang)
    console.light(found.colour, said.name, said.why, said.action)
    return f"verdicts.{found.verdict}"


def _pairs(items: list[str] | None) -> dict[str, str]:
    """`key=value` items as a dict. Raises StudioError for one without `=`."""
    pairs = {}
    for item in items or []:
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise StudioError("cli.not_a_pair", item=item)
        pairs[key.strip()] = value
    return pairs


def main() -> None:
    """The `xiaozao` command."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    app()


if __name__ == "__main__":
    main()
