"""What the starter can be taught by the studio's own default plan: a shop's answers, a name, real reviews.

It knows nothing of how the starter was made, and trains as anybody would: a dataset, the default plan, a run.
"""

import csv
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.assembled import Studio
from studio.assets import EXAMPLES
from studio.contract import Prediction, Sampling
from studio.data.intake import identity
from studio.data.schema import Example, Message, Splits
from studio.evaluation.baselines import letters, together
from studio.evaluation.facts import agrees
from studio.starter.lines import Line, share
from studio.starter.questions import Question, held_out_questions

SHOP = EXAMPLES / "milk_tea_questions.xlsx"
SEEDS = (42, 43)  # of the split and of the run: a test of thirty-six questions alone says little
TESTED_REVIEWS = 1_000
SIZES = (100, 300, 800)
NAME, MAKER = "小禾", "青禾茶铺"
# Ways to ask who it is that the wizard does not teach.
WHO = (
    "你到底是谁", "你是谁啊？", "请问你是谁", "说说你是谁", "你是什么", "介绍下自己呗", "能介绍一下自己吗",
    "自我介绍一下", "您是哪位", "你是哪位呀", "先说说你是谁吧", "我在跟谁说话？", "和我聊天的是谁",
    "你究竟是谁？", "你好，你是谁", "告诉我你是谁",
    "who are you", "Who are you exactly?", "who is this?", "Please tell me who you are",
)  # fmt: skip
ABOUT_ITSELF = (
    "greet", "who_are_you", "your_name", "are_you_other", "are_you_human", "who_do_you_work_for", "who_made_you",
    "what_can_you_do",
)  # fmt: skip
QUIET = Sampling(max_new_tokens=48)


@dataclass(frozen=True)
class Taught:
    """A run of the studio, and what it was made from."""

    studio: Studio
    run: str
    splits: Splits

    def replies(self, questions: Sequence[str], *, tuned: bool = True) -> list[str]:
        """Greedy answers of the tuned or the untouched model."""
        return self.studio.replies(self.run, [[Message("user", one)] for one in questions], tuned=tuned, sampling=QUIET)


@contextmanager
def taught(folder: Path, file: Path, seed: int = 42) -> Iterator[Taught]:
    """The model in `folder`, tuned on `file` in a workspace of its own, by the default plan."""
    with tempfile.TemporaryDirectory() as home, closing(Studio(Path(home))) as studio:
        dataset = studio.data.add(file).id
        version = studio.data.freeze(dataset, seed)
        plan = studio.plan(dataset, str(folder), changes={"seed": seed, "dataset_version": version})
        run = studio.train(plan.config)
        yield Taught(studio, run.id, studio.data.splits(dataset, version))


def shop(folder: Path) -> Iterator[Line]:
    """The example shop: what it says before, what it learns, what it still knows afterwards."""
    general = general_questions()
    base: list[bool] = []
    trained: list[bool] = []
    held: list[bool] = []
    was_right: list[bool] = []
    kept: list[bool] = []
    for seed in SEEDS:
        with taught(folder, SHOP, seed) as made:
            base += _right(made, made.splits.test, tuned=False)
            trained += _right(made, made.splits.train)
            held += _right(made, made.splits.test)
            before, after = _kept(made, general)
            was_right += before
            kept += after
    yield share("shop: untouched, right", base, "< 5 %")
    yield share("shop: trained phrasings right", trained, "≥ 98 %")
    yield share("shop: held-out phrasings right", held, "≥ 85 %")
    yield share("shop: general answers kept", kept, "≥ 95 %")
    yield share("shop: general answers right before", was_right)


def who(folder: Path) -> Iterator[Line]:
    """The identity wizard's set."""
    general = [one for one in general_questions() if one.intent not in ABOUT_ITSELF]
    trained: list[bool] = []
    named: list[bool] = []
    kept: list[bool] = []
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "identity.csv"
        _write(file, ("问题", "答案"), identity.pairs(NAME, MAKER))
        for seed in SEEDS:
            with taught(folder, file, seed) as made:
                trained += _right(made, made.splits.train)
                named += [NAME in said and MAKER in said for said in made.replies(WHO)]
                kept += _kept(made, general)[1]
    yield share("identity: trained phrasings right", trained, "≥ 98 %")
    yield share("identity: held-out 你是谁 right", named, "≥ 95 %")
    yield share("identity: general answers kept", kept, "≥ 95 %")


def reviews(folder: Path, file: Path, sizes: Sequence[int] = SIZES, tested: int = TESTED_REVIEWS) -> Iterator[Line]:
    """Real reviews (columns `review`, `label` 0 or 1): the studio and TF-IDF learn from the same rows."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = [(row["review"], ("差评", "好评")[int(row["label"])]) for row in csv.DictReader(source)]
    random.Random(0).shuffle(rows)
    test, rest = rows[:tested], rows[tested:]
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            sample = Path(place) / "reviews.csv"
            _write(sample, ("评论", "标签"), rest[:size])
            with taught(folder, sample) as made:
                texts = [text for text, _ in test]
                tuned = made.studio.classify(made.run, texts)
                base = made.studio.classify(made.run, texts, tuned=False)
        simple = _simple(rest[:size], texts)
        targets = [label for _, label in test]
        voted = list(map(together, tuned, simple))
        values = [_accuracy(found, targets) for found in (base, tuned, simple, voted)]
        text = "{:.3f} → {:.3f}, TF-IDF {:.3f}, together {:.3f}".format(*values)
        yield Line(f"real reviews, {size} rows: before → tuned", text, "≥ TF-IDF")


def general_questions() -> list[Question]:
    """Two hundred held-out questions of general knowledge and small talk, which no shop's answers should change."""
    return [*held_out_questions("zh", "general", 140), *held_out_questions("en", "general", 60)]


def _right(made: Taught, examples: Sequence[Example], *, tuned: bool = True) -> list[bool]:
    answers = made.replies([example.text for example in examples], tuned=tuned)
    return [agrees(said, example.target) for said, example in zip(answers, examples, strict=True)]


def _kept(made: Taught, questions: Sequence[Question]) -> tuple[list[bool], list[bool]]:
    """What the untouched model has right, and which of that the tuned one still has."""
    asked = [question.ask for question in questions]
    before, after = ([q.is_answered(a) for q, a in zip(questions, made.replies(asked, tuned=tuned), strict=True)]
                     for tuned in (False, True))  # fmt: skip
    return before, [now for was, now in zip(before, after, strict=True) if was]


def _simple(rows: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[Prediction]:
    """What the simple method says, which here learns from all the rows: the studio keeps some of them aside."""
    answers = letters(rows)
    assert answers is not None, "reviews are of two kinds"
    return answers(texts)


def _accuracy(answers: Sequence[Prediction], targets: Sequence[str]) -> float:
    return sum(one.answer == other for one, other in zip(answers, targets, strict=True)) / len(targets)


def _write(file: Path, head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([head, *rows])
