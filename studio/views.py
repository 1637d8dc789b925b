"""What the training page says and allows about a run, in a language: plain values, folded from the run.

Knows no widget and no chart; user text passes through untouched, whoever shows it must show it as text.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio import pace, verdicts
from studio.evaluation.goal import goal
from studio.evaluation.report import Report
from studio.evaluation.verdict import MOST_TAUGHT, Colour
from studio.events import Evaluated, Failed, Finished, told
from studio.lamp import Lamp, goal_words, lamp, percent
from studio.plan import duration
from studio.runs import DamagedRun, Progress, Run, Status
from studio.words import Lang, of_kind, say

STATUS_COLOURS: Mapping[Status, Colour] = {
    "queued": "grey", "running": "green", "stopping": "amber", "paused": "amber", "finished": "green",
    "stopped": "amber", "failed": "red", "interrupted": "red", "damaged": "red",
}  # fmt: skip
Action = Literal["start", "pause", "stop", "resume", "ask"]


@dataclass(frozen=True)
class Fact:
    """One figure and what it is, such as `Time left`, `about 3 minutes`."""

    name: str
    value: str


@dataclass(frozen=True)
class Problem:
    """What went wrong, and what mends it."""

    reason: str
    remedy: str


@dataclass(frozen=True)
class TrainView:
    """One run on the training page. `share` is done, 0 … 1; `primary` the one button that should stand out."""

    title: str
    headline: str
    share: float
    facts: tuple[Fact, ...]
    lamp: Lamp | None
    problem: Problem | None
    notes: tuple[str, ...]
    busy: bool
    recipe: str = ""  # what learns what, where a person called it otherwise
    note: str = ""  # a person's own


@dataclass(frozen=True)
class RunRow:
    """One run in the history."""

    id: str
    title: str
    detail: str
    status: str
    colour: Colour


def train_view(run: Run, lang: Lang, ahead: int | None = 0, report: Report | None = None) -> TrainView:
    """`ahead`: how many runs are to be done before this one, should it be queued, None while all that wait are held;
    `report`: its report card, if any."""
    progress = run.progress
    total = progress.total_steps
    return TrainView(
        title=run_title(run, lang),
        headline=_headline(run, lang, ahead),
        share=1.0 if run.status == "finished" else min(1.0, progress.step / total) if total else 0.0,
        facts=_facts(run, lang),
        lamp=lamp(verdicts.light(run, report), lang) if run.status != "queued" and run.status != "failed" else None,
        problem=problem(run, lang),
        notes=(*_correction(progress, lang), *_goal(run, report, lang), *(told(note, lang) for note in progress.notes)),
        busy=run.status in ("running", "stopping"),
        recipe=recipe(run, lang) if run.name else "",
        note=run.note,
    )


def _correction(progress: Progress, lang: Lang) -> tuple[str, ...]:
    """Said aloud where the first steps show that it takes far longer, or less, than was thought."""
    seconds = pace.corrected(progress)
    if seconds is None:
        return ()
    said, now = (duration(one, lang) for one in seconds)
    return (say("views.time_corrected", lang, said=said, now=now),)


def _goal(run: Run, report: Report | None, lang: Lang) -> tuple[str, ...]:
    """Whether the goal is reached, once it has learned: by the report card if there is one, else by the test whose
    adapter is kept."""
    best = run.progress.best if run.ended and run.has_adapter else None
    if report:
        return (goal_words(report.goal, report.count, lang),) if report.goal else ()
    found = goal(best.correct, best.count, run.config.target) if best else None
    return (goal_words(found, best.count, lang),) if best and found else ()


def damaged_view(run: DamagedRun, lang: Lang) -> TrainView:
    """A run that cannot be read: why, and what to do."""
    why = split_problem(run.why.say(lang))
    status = say("views.status_damaged", lang)
    return TrainView(status, run.id, 0.0, (), None, why, (), busy=False)


def actions(run: Run | None) -> frozenset[Action]:
    """What can be done with a run now."""
    if run is None:
        return frozenset({"start"})
    allowed: set[Action] = {"start"} if run.ended else set()
    if run.status in ("queued", "running"):
        allowed.add("stop")
    if run.status == "running":
        allowed.add("pause")
    if run.can_resume:
        allowed.add("resume")
    if run.has_adapter and run.ended:
        allowed.add("ask")
    return frozenset(allowed)


def primary(run: Run | None, report: Report | None = None) -> Action:
    """The one button that should stand out: talk to what was learned, go on with what was cut off or stopped before it
    had learned enough, else begin."""
    if run is None:
        return "start"
    if run.status in ("interrupted", "failed", "paused") or (run.has_adapter and verdicts.light(run, report).spared):
        return "resume"
    allowed = actions(run)
    return "ask" if "ask" in allowed else "stop" if "stop" in allowed else "start"


def run_title(run: Run, lang: Lang) -> str:
    """What a person calls it, else what learns what."""
    return run.name or recipe(run, lang)


def recipe(run: Run, lang: Lang) -> str:
    """Which dataset it learns and which model learns it."""
    return say("views.run_title", lang, dataset=run.dataset_name, model=model_name(run.config.model, lang))


def model_name(model: str, lang: Lang) -> str:
    """A model as people call it: the last part of a path or of a hub id."""
    if model == "starter":
        return say("views.starter", lang)
    return model.replace("\\", "/").rstrip("/").rpartition("/")[2]


def run_row(run: Run, lang: Lang) -> RunRow:
    best = run.progress.best
    score = _row_score(best, run.config.opinions, lang) if best else ""
    version = say("versions.of_run", lang, version=run.config.dataset_version)
    fold = say("views.fold", lang, fold=run.config.fold, folds=run.config.folds) if run.config.folds else ""
    return RunRow(
        id=run.id,
        title=run_title(run, lang),
        detail=" · ".join(
            part for part in (recipe(run, lang) if run.name else "", _begun(run), version, fold, score) if part
        ),
        status=say(f"views.status_{run.status}", lang),
        colour=STATUS_COLOURS[run.status],
    )


def _row_score(best: Evaluated, of: str, lang: Lang) -> str:
    if best.taught:
        return _best(best, "", lang)
    return say(of_kind("views.row_score", of), lang, share=percent(best.correct / max(best.count, 1)))


def run_when(run: Run, lang: Lang) -> str:
    """A run in few words: its title, and when it was begun."""
    return f"{run_title(run, lang)} · {_begun(run)}"


def _begun(run: Run) -> str:
    return time.strftime("%m-%d %H:%M", time.localtime(run.created))


def run_label(run: Run, lang: Lang, after_title: str = " · ") -> str:
    """A run as an entry of a list to choose from."""
    row = run_row(run, lang)
    return f"{row.title}{after_title}{row.status} · {row.detail}"


def damaged_row(run: DamagedRun, lang: Lang) -> RunRow:
    """A run that cannot be read, in the history."""
    colour = STATUS_COLOURS[run.status]
    return RunRow(run.id, say("views.status_damaged", lang), run.id, "", colour)


def _headline(run: Run, lang: Lang, ahead: int | None) -> str:
    progress = run.progress
    if run.status == "queued" and ahead is None:
        return say("views.headline_held", lang)
    if run.status == "queued" and ahead:
        return say("views.headline_queued_behind", lang, n=ahead)
    if run.status == "running" and not progress.steps:
        return say("views.headline_preparing", lang)
    if run.status == "stopped" and not run.has_adapter:
        return say("views.headline_stopped_empty", lang)
    if progress.known and run.status in ("running", "finished"):
        return say(f"views.headline_known_{run.status}", lang, step=progress.step, total=progress.total_steps)
    if run.status == "finished" and _early(run):
        learned = verdicts.light(run).colour == "green"
        key = "views.headline_learned_early" if learned else "views.headline_ended_early"
        return say(key, lang, step=progress.step, total=progress.total_steps)
    epoch = int(progress.steps[-1].epoch) + 1 if progress.steps else 1
    return say(
        f"views.headline_{run.status}",
        lang,
        step=progress.step,
        total=progress.total_steps,
        saved=progress.saved_step,
        epoch=min(epoch, run.config.epochs),
        epochs=run.config.epochs,
    )


def _early(run: Run) -> bool:
    """Whether it ended before its last step, because going on gave nothing more."""
    ending = run.progress.ending
    return isinstance(ending, Finished) and ending.step < run.progress.total_steps


def _facts(run: Run, lang: Lang) -> tuple[Fact, ...]:
    """Time, speed, memory and the best test so far, of facts in two figures; always the same, so that nothing jumps."""
    progress = run.progress
    last = progress.steps[-1] if progress.steps else None
    left, dash, of = progress.seconds_left, "–", run.config.opinions
    if run.ended or run.status == "queued":
        time_fact = Fact(say("views.fact_used", lang), duration(last.seconds, lang) if last else dash)
    else:
        time_fact = Fact(say("views.fact_left", lang), dash if left is None else duration(left, lang))
    return (
        time_fact,
        Fact(say("views.fact_speed", lang), f"{last.tokens_per_second:,.0f}" if last else dash),
        Fact(say("views.fact_memory", lang), f"{last.memory_gib:.1f} GiB" if last else dash),
        *(_of_best(progress.best, of, lang) if progress.best else [Fact(say("views.fact_best", lang), dash)]),
    )


def _of_best(test: Evaluated, of: str, lang: Lang) -> list[Fact]:
    if not test.taught:
        return [Fact(say("views.fact_best", lang), _best(test, of, lang))]
    known = Fact(say("views.fact_known", lang), _best(test, of, lang))
    return [known, Fact(say("views.fact_otherwise", lang), _share(test, of, lang))] if test.count else [known]


def _best(test: Evaluated, of: str, lang: Lang) -> str:
    """The score that decided what is kept: of facts, how many are known as they were taught."""
    if test.taught:
        key = "views.recalled_sampled" if test.taught == MOST_TAUGHT else "views.recalled"
        return say(key, lang, recalled=test.recalled, taught=test.taught)
    return _share(test, of, lang)


def _share(test: Evaluated, of: str, lang: Lang) -> str:
    """`of`: pairs or thumbs, where these are what is counted."""
    share = percent(test.correct / max(test.count, 1))
    return say(of_kind("views.best_of", of), lang, share=share, correct=test.correct, count=test.count)


def problem(run: Run, lang: Lang) -> Problem | None:
    """Why a run failed or was cut off. The sentences of the locale files name the reason first, then the remedy."""
    if run.status == "interrupted":
        return Problem(
            say("views.interrupted_reason", lang), say("views.interrupted_remedy", lang, step=run.progress.saved_step)
        )
    ending = run.progress.ending
    if run.status != "failed" or not isinstance(ending, Failed):
        return None
    return split_problem(told(ending, lang))


def split_problem(sentence: str) -> Problem:
    """The first sentence is the reason, the rest the remedy."""
    ends = [place for mark in ("。", ". ", "! ", "？", "? ") if (place := sentence.find(mark)) >= 0]
    if not ends:
        return Problem(sentence, "")
    end = min(ends) + 1
    return Problem(sentence[:end].strip(), sentence[end:].strip())
