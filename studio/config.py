"""RunConfig: everything that decides a run, one frozen value from the form to the export.

Knows no widget, no file layout and no tensor: the form, the command line, the YAML and the documentation read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from studio.errors import StudioError
from studio.words import LANGS, Lang

Task = Literal["classify", "chat"]
Method = Literal["lora", "qlora"]
Preset = Literal["fast", "balanced", "thorough"]
STARTER = "starter"


@dataclass(frozen=True)
class Knob:
    """How a person meets a setting: its names, its help, its unit and its limits (both ends allowed)."""

    zh: str
    en: str
    help_zh: str
    help_en: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    advanced: bool = True

    def label(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en

    def help(self, lang: Lang) -> str:
        return self.help_zh if lang == "zh" else self.help_en


class RunConfig(BaseModel):
    """One run. Unknown keys are refused; every limit is in the field's Knob. Build it with `RunConfig.of`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    task: Task
    dataset: str
    dataset_version: int
    model: Annotated[
        str,
        Knob(
            "底座模型",
            "Base model",
            "自带的小模型、本机文件夹，或 Hugging Face / ModelScope 上的名字",
            "The built-in starter, a folder on this machine, or a Hugging Face / ModelScope id",
            advanced=False,
        ),
    ] = STARTER
    method: Annotated[
        Method,
        Knob(
            "学习方式",
            "Method",
            "LoRA：只学一小块，快而稳。QLoRA：底座压到 4 位，更省显存，稍慢一点",
            "LoRA learns a small add-on, fast and safe. QLoRA also squeezes the base to 4 bits: less memory, slower",
            advanced=False,
        ),
    ] = "lora"
    epochs: Annotated[
        int,
        Knob(
            "学习遍数",
            "Epochs",
            "把全部资料从头到尾学几遍。太少学不会，太多会死记硬背",
            "How many times to go through all rows. Too few: not learned; too many: learned by heart",
            1,
            200,
            "遍 passes",
            advanced=False,
        ),
    ] = 3
    batch_size: Annotated[
        int,
        Knob(
            "一次学几条",
            "Batch size",
            "每走一步看几条资料。大一些更稳，小一些更省内存",
            "Rows per step. Larger is steadier, smaller needs less memory",
            1,
            512,
            "条 rows",
        ),
    ] = 8
    learning_rate: Annotated[
        float,
        Knob(
            "学习速度",
            "Learning rate",
            "每一步改动多大。太大学乱，太小学不动",
            "How far each step goes. Too large: it goes astray; too small: nothing is learned",
            1e-7,
            0.1,
        ),
    ] = 2e-4
    rank: Annotated[
        int,
        Knob(
            "新增记忆容量",
            "LoRA rank",
            "新学的东西有多大地方放。学口吻 8 就够，学很多知识用 16 到 64",
            "Room for what is new. 8 will do for a style, 16 to 64 for many facts",
            1,
            256,
        ),
    ] = 16
    alpha: Annotated[
        int,
        Knob(
            "新知识的音量",
            "LoRA alpha",
            "新学的东西说话有多大声，一般是容量的两倍",
            "How loudly the new knowledge speaks; usually twice the rank",
            1,
            1024,
        ),
    ] = 32
    dropout: Annotated[
        float,
        Knob(
            "随机遗忘",
            "LoRA dropout",
            "学习时随机遮住一部分，防止死记硬背",
            "Hides a random part while learning, against learning by heart",
            0.0,
            0.9,
        ),
    ] = 0.0
    embedding_noise: Annotated[
        float,
        Knob(
            "模糊练习",
            "NEFTune noise",
            "学习时把看到的字轻轻打乱，逼它听懂意思、不抠字眼，换个问法也认得。0 表示不打乱",
            "Blurs what it reads while learning, so that it goes by the sense and knows other ways of asking. "
            "0 turns it off",
            0.0,
            3.0,
        ),
    ] = 0.0
    wordings: Annotated[
        int,
        Knob(
            "每问多学几种说法",
            "Further wordings",
            "每个问题除了你写的，再用几种别的说法学：有的换个句式，有的只留关键词、放进顾客的话里，换个问法也认得。考题里的说法不会拿来学",
            "Each question is also learned in so many other wordings, some the same question put otherwise, some only "
            "its telling words amid a customer's talk, so that it is known however it is asked. None of them is in the "
            "exam",
            0,
            100,
            "种 wordings",
        ),
    ] = 0
    stop_when_known: Annotated[
        float,
        Knob(
            "记住多少就收尾",
            "Stop when known",
            "教的事记住了这么多（1 是全部），就放慢收尾、提前学完。0 表示学满遍数",
            "Once this share of what was taught is known (1: all of it), the rate falls and the run ends early. 0: all "
            "passes are made",
            0.0,
            1.0,
        ),
    ] = 0.0
    max_length: Annotated[
        int,
        Knob(
            "一条最多多长",
            "Longest row",
            "超过的部分从问题开头剪掉，回答不剪",
            "Beyond this the start of the prompt is cut, never the answer",
            16,
            32768,
            "词元 tokens",
        ),
    ] = 512
    rehearsal: Annotated[
        float,
        Knob(
            "复习比例",
            "Rehearsal",
            "每学一条新的，顺带复习多少条原来就会的（由底座自己出答案），免得学了新的忘了旧的。0 表示不复习",
            "How many everyday questions, with the base's own answers, go with each new row, so that what it knew is "
            "not forgotten. 0 turns it off",
            0.0,
            4.0,
        ),
    ] = 0.0
    warmup: Annotated[
        float,
        Knob(
            "热身比例",
            "Warm-up",
            "开头这一段慢慢提速",
            "The share of steps in which the rate rises to its full value",
            0.0,
            0.5,
        ),
    ] = 0.1
    weight_decay: Annotated[
        float,
        Knob(
            "收敛约束",
            "Weight decay",
            "轻轻拉住改动，防止学过头",
            "Pulls changes gently back, against over-learning",
            0.0,
            1.0,
        ),
    ] = 0.0
    evaluations: Annotated[
        int,
        Knob(
            "中途小测次数",
            "Evaluations",
            "训练途中用没学过的资料考几次",
            "How often to test on rows it does not learn from",
            1,
            100,
            "次 times",
        ),
    ] = 5
    patience: Annotated[
        int,
        Knob(
            "几次没进步就停",
            "Patience",
            "连续几次小测都没有进步就提前停下，0 表示不提前停",
            "Stop early after this many tests without progress; 0 never stops early",
            0,
            100,
            "次 times",
        ),
    ] = 0
    precision: Annotated[
        Literal["auto", "fp32", "bf16"],
        Knob(
            "计算精度", "Precision", "自动：先量一量哪种快再定", "auto times both on this machine and takes the faster"
        ),
    ] = "auto"
    folds: Annotated[
        int,
        Knob(
            "轮流考分几份",
            "Folds",
            "资料少的时候用：分成几份轮流当大考，每条都考到一次。0 表示不轮流，按“划分”里的来",
            "For small sets: divides the rows into so many parts that take turns as the test, so that every row is "
            "tested once. 0: the split as shown under Split",
            0,
            20,
            "份 parts",
        ),
    ] = 0
    fold: Annotated[
        int,
        Knob(
            "这次考第几份",
            "Fold",
            "轮流考的时候，这次拿第几份当大考",
            "Which of the parts is the test this time",
            1,
            20,
        ),
    ] = 1
    seed: Annotated[
        int,
        Knob("随机种子", "Seed", "同样的种子，同样的结果", "The same seed gives the same run", 0, 2**31 - 1),
    ] = 42

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """Every setting that a person may turn, by field name, in the order of the form."""
        return {
            name: next(meta for meta in field.metadata if isinstance(meta, Knob))
            for name, field in cls.model_fields.items()
            if any(isinstance(meta, Knob) for meta in field.metadata)
        }

    @classmethod
    def choices(cls, name: str) -> tuple[str, ...]:
        """The allowed words of a setting that is a choice, else ()."""
        annotation = cls.model_fields[name].annotation
        return get_args(annotation) if get_origin(annotation) is Literal else ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> RunConfig:
        """A checked RunConfig.

        Raises StudioError that names every unknown key, wrong type and value out of its limits at once.
        """
        try:
            config = cls.model_validate(dict(values))
        except ValidationError as error:
            raise _refusal([_problem(cls, issue) for issue in error.errors()]) from error
        problems = [
            (name, getattr(config, name), f"{knob.low:g} … {knob.high:g}")
            for name, knob in cls.knobs().items()
            if knob.low is not None and knob.high is not None and not knob.low <= getattr(config, name) <= knob.high
        ]
        if problems:
            raise _refusal(problems)
        return config

    def with_changes(self, changes: Mapping[str, Any]) -> RunConfig:
        """A copy with some settings changed and checked. Raises StudioError as `of` does."""
        return RunConfig.of({**self.model_dump(), **changes})

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.model_dump(), allow_unicode=True, sort_keys=False)

    @classmethod
    def from_yaml(cls, text: str) -> RunConfig:
        """Reads what `to_yaml` wrote. Raises StudioError when it is no job or holds an unknown key."""
        try:
            values = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise StudioError("config.not_yaml", problem=str(error).splitlines()[0]) from error
        if not isinstance(values, dict):
            raise StudioError("config.not_yaml", problem=type(values).__name__)
        return cls.of(values)


def _problem(cls: type[RunConfig], issue: Any) -> tuple[str, Any, str]:
    """A pydantic issue as (field, value, what is allowed)."""
    name = str(issue["loc"][0])
    if issue["type"] == "extra_forbidden":
        return name, issue["input"], "✗"
    if issue["type"] == "missing":
        return name, "—", "…"
    allowed = cls.choices(name)
    return name, issue["input"], " / ".join(allowed) if allowed else _expected(cls, name)


def _expected(cls: type[RunConfig], name: str) -> str:
    knob = cls.knobs().get(name)
    if knob is None or knob.low is None:
        return str(getattr(cls.model_fields[name].annotation, "__name__", cls.model_fields[name].annotation))
    return f"{knob.low:g} … {knob.high:g}"


def _refusal(problems: list[tuple[str, Any, str]]) -> StudioError:
    """One error for all problems at once, each as `label name = value → allowed`."""
    knobs = RunConfig.knobs()

    def in_words(lang: Lang) -> str:
        labels = [f"{knobs[name].label(lang)} " if name in knobs else "" for name, _, _ in problems]
        return "; ".join(
            f"{label}{name} = {value} → {allowed}"
            for label, (name, value, allowed) in zip(labels, problems, strict=True)
        )

    return StudioError("config.refused", problems={lang: in_words(lang) for lang in LANGS})
