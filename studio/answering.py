"""Many questions to one run, answered by its model, by the simple method of its report, or put in other words.

Knows no list of runs and no device: a session, or the rows that a run learned, are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.contract import Engine, Prediction, Progress, Sampling, Session
from studio.data import asking
from studio.data.asking import Conversation
from studio.data.schema import Splits
from studio.errors import StudioError
from studio.evaluation import baselines
from studio.runs import Run
from studio.tasks import TASKS
from studio.workspace import Workspace

GREEDY = Sampling()
REAL_MODEL = 100_000_000  # parameters; a smaller base cannot rephrase a question


def typed(session: Session, text: str, system: str | None) -> Conversation:
    """What somebody types, below the given system text; without one, below that of what the session's model learned."""
    return asking.typed(text, session.system if system is None else system)


def answer_all(
    session: Session, task: str, conversations: Sequence[Conversation], progress: Progress
) -> list[Prediction]:
    """The tuned model's answer to each conversation, in order."""
    if TASKS[task].labelled:
        return session.classify(conversations, True, progress)
    return [Prediction(answer) for answer in session.reply(conversations, True, GREEDY, progress)]


def answer_simply(lessons: Splits, texts: Sequence[str]) -> list[Prediction]:
    """What the simple method answers, that learned from the run's training rows as its report has it.

    Raises StudioError run.no_simple_method where there are no labels to learn.
    """
    train = lessons.train if TASKS[lessons.task].labelled else ()
    answers = baselines.letters([(example.text, example.target) for example in train])
    if answers is None:
        raise StudioError("run.no_simple_method")
    return answers(texts)


def rephrasing(runs: Iterable[Run], engine: Engine, workspace: Workspace) -> Run:
    """The newest of the `runs` whose base model can put a question in other words.

    Raises StudioError table.no_real_model where there is none.
    """
    for run in runs:
        if run.has_adapter and TASKS[run.config.task].talks and _parameters(run, engine, workspace) > REAL_MODEL:
            return run
    raise StudioError("table.no_real_model")


def _parameters(run: Run, engine: Engine, workspace: Workspace) -> int:
    """Of its base model; 0 where that cannot be had any more."""
    try:
        return engine.model_card(run.config.model, workspace.models).parameters
    except StudioError:
        return 0
