"""How the command line speaks: results on stdout, everything else on stderr, in the language of the terminal.

Knows no command: it shows what it is given.
"""

from __future__ import annotations

import json
import locale
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import typer
from rich.console import Console as Terminal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from studio.errors import StudioError
from studio.events import Failed, told
from studio.preferences import COUNTED
from studio.runs import DamagedRun, Run
from studio.signals import noted
from studio.words import LANGS, Lang, say

STYLES = {"grey": "bright_black", "green": "green", "amber": "yellow", "red": "red"}
LOOK_SECONDS = 0.3  # how often the bar looks at the run


def terminal_lang() -> Lang:
    """`XIAOZAO_LANG`, else Chinese in a Chinese terminal, else English."""
    chosen = (
        os.environ.get("XIAOZAO_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0]
    )
    return "zh" if (chosen or "").lower().startswith(("zh", "chinese")) else "en"


class Console:
    """One for each command. With `as_json`, stdout gets exactly one JSON object, also when something went wrong."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.lang = terminal_lang()
        self.terminal = Terminal(stderr=True, highlight=False)

    def result(self, facts: Mapping[str, Any]) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n")
        else:
            for name, value in facts.items():
                sys.stdout.write(f"{name}: {_plain(value)}\n")

    def note(self, key: str, **details: Any) -> None:
        self.say(say(key, self.lang, **details))

    def say(self, words: str) -> None:
        """Beside the result, which it does not touch."""
        self.terminal.print(words, markup=False, soft_wrap=True)

    def light(self, colour: str, name: str, why: str, action: str) -> None:
        """The traffic light, one line."""
        self.terminal.print(f"● {name}", style=STYLES[colour], markup=False, end="  ")
        self.terminal.print(why, action, markup=False, soft_wrap=True)

    def words(self, sentence: Mapping[str, Any], lang: Lang | None = None) -> str:
        """A {"key": …, details …} sentence."""
        return say(sentence["key"], lang or self.lang, **{k: v for k, v in sentence.items() if k != "key"})

    @contextmanager
    def errors(self) -> Iterator[None]:
        """A StudioError is one message and exit code 1; Ctrl-C ends without a traceback."""
        try:
            yield
        except StudioError as error:
            if self.as_json:
                both = {lang: error.say(lang) for lang in LANGS}
                sys.stdout.write(json.dumps({"error": {"key": error.key, **both}}, ensure_ascii=False) + "\n")
            self.terminal.print(error.say(self.lang), markup=False, style="red", soft_wrap=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            raise typer.Exit(130) from error

    @contextmanager
    def bar(self, title: str) -> Iterator[Callable[[float], None]]:
        """A progress bar from 0.0 to 1.0 that leaves no trace on stdout."""
        with self._progress() as progress:
            task = progress.add_task(title, total=1.0, facts="")
            yield lambda share: progress.update(task, completed=share)

    @contextmanager
    def bytes(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar in bytes, with their speed and the time left."""
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, TimeRemainingColumn(), console=self.terminal, transient=True) as progress:
            task = progress.add_task(title, total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total or None)

    def _progress(self) -> Progress:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[facts]}"),
            TimeRemainingColumn(),
        )
        return Progress(*columns, console=self.terminal, transient=True)

    def training_facts(self, run: Run) -> dict[str, Any]:
        """What `train` and `resume` print at the end."""
        if run.progress.ending is not None and run.status == "failed":
            self.terminal.print(failure(run, self.lang), markup=False, style="red", soft_wrap=True)
        return {**run_facts(run), "metrics": metrics(run)}


def watch(studio: Any, console: Console, go: Callable[[Callable[[str], None]], Any]) -> Run:
    """Runs `go(started)` in a thread beside a progress bar and returns the run as it ended.

    A signal to end, at whatever moment, asks the run to stop and goes on waiting: what it learned is kept.
    """
    begun: list[str] = []
    with noted() as asked, ThreadPoolExecutor(1) as pool, console._progress() as progress:
        task = progress.add_task("", total=None, facts="")
        future = pool.submit(go, begun.append)
        while not future.done():
            _wait(future)
            if begun:
                _show(studio.run(begun[0]), progress, task)
            if begun and asked.is_set():
                with suppress(StudioError):  # it has just ended by itself
                    studio.stop(begun[0])
    future.result()
    return studio.run(begun[0])


def _wait(future: Future[Any]) -> None:
    try:
        future.exception(timeout=LOOK_SECONDS)
    except TimeoutError:
        return


def _show(run: Run, progress: Progress, task: Any) -> None:
    steps = run.progress.steps
    facts = f"{run.progress.step}/{run.progress.total_steps}"
    if steps:
        facts += f"  loss {steps[-1].loss:.3f}  {steps[-1].tokens_per_second:.0f} tok/s"
    progress.update(task, total=run.progress.total_steps or None, completed=run.progress.step, facts=facts)


def run_facts(run: Run) -> dict[str, Any]:
    """A run as one flat JSON object."""
    steps = run.progress.steps
    return {
        "run": run.id,
        "name": run.name,
        "note": run.note,
        "status": run.status,
        "task": run.config.task,
        "dataset": run.config.dataset,
        "dataset_version": run.config.dataset_version,
        "model": run.config.model,
        "method": run.config.method,
        **({"continues": run.config.continues} if run.config.continues else {}),
        "steps": run.progress.step,
        "total_steps": run.progress.total_steps,
        "seconds": round(steps[-1].seconds, 2) if steps else 0.0,
        "tokens_per_second": round(sum(s.tokens_per_second for s in steps) / len(steps), 1) if steps else 0.0,
        **({"failure": {lang: failure(run, lang) for lang in LANGS}} if run.status == "failed" else {}),
    }


def damaged_facts(run: DamagedRun) -> dict[str, Any]:
    """A run that cannot be read, and why."""
    return {"run": run.id, "status": run.status, "failure": {lang: run.why.say(lang) for lang in LANGS}}


def failure(run: Run, lang: Lang) -> str:
    """Why a failed run failed, in words."""
    ending = run.progress.ending
    assert isinstance(ending, Failed)
    return told(ending, lang)


def metrics(run: Run) -> dict[str, Any]:
    """The last training loss and the best evaluation; `counted` says of what its accuracy is the share."""
    steps, best = run.progress.steps, run.progress.best
    found: dict[str, Any] = {"train_loss": round(steps[-1].loss, 4)} if steps else {}
    if best:
        found |= {
            "best_step": best.step,
            "validation_loss": round(best.loss, 4),
            "validation_accuracy": round(best.correct / best.count, 4) if best.count else None,
            "validation_count": best.count,
            "counted": COUNTED[run.config.opinions],
        }
        if best.taught:
            found |= {"recalled": best.recalled, "taught": best.taught}
    return found


def _plain(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
