"""RunConfig: everything that decides a run, one frozen value from the form to the export.

Knows no widget, no file layout and no tensor: the form, the command line and the YAML read it. A setting's words are in
`locales/*/knobs.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from studio.errors import StudioError
from studio.methods import METHODS, only_for
from studio.preferences import PREFERENCES, Of
from studio.tasks import TASKS, Task
from studio.words import LANGS, Lang, say

Preset = Literal["fast", "balanced", "thorough"]
STARTER = "starter"
SHOWN = 60  # characters of a value that was refused
MOST_PROBLEMS = 12
ALL_LINEAR = "all-linear"
LIMITS = ("greater_than_equal", "less_than_equal")  # pydantic's names for a value beyond them


@dataclass(frozen=True)
class Knob:
    """Marks a setting that a person may turn. Its name is `knobs.NAME`, its help `knobs.NAME_help`, its unit, if it has
    one, `knobs.unit_UNIT`. `trait`: that of `tasks.TaskRules` without which it changes nothing. One that was `added`
    later decides nothing at its default, so that a run of before is still the same run; one that saves memory at the
    price of time never `decides` what is learned."""

    advanced: bool = True
    unit: str = ""
    trait: str = ""
    added: bool = False
    decides: bool = True

    def is_for(self, task: Task) -> bool:
        """Whether it changes anything in a run of that task."""
        return not self.trait or getattr(TASKS[task], self.trait)


@dataclass(frozen=True)
class OneOf:
    """Limits a setting to the keys of a table."""

    table: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._known, handler(source))

    def _known(self, value: str) -> str:
        if value not in self.table:
            raise ValueError(value)
        return value


def _names(value: Any) -> Any:
    """Names in one line, with commas between, as they may be written: in a list, with spaces or Chinese commas."""
    if not isinstance(value, str | list | tuple):
        return value
    parts = value.replace("，", ",").split(",") if isinstance(value, str) else [str(part) for part in value]
    return ",".join(part.strip() for part in parts if part.strip()) or ALL_LINEAR


class RunConfig(BaseModel):
    """One run. Unknown keys and values out of their limits are refused; `RunConfig.of` refuses in the user's words."""

    # strict=False: a form or a YAML file may say "8" for 8; a number that is none lies within no limits
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)

    task: Task
    dataset: str
    dataset_version: int
    model: Annotated[str, Knob(advanced=False)] = STARTER
    method: Annotated[str, OneOf(METHODS), Knob(advanced=False)] = "lora"
    continues: Annotated[str, Field(max_length=80), Knob(advanced=False, added=True)] = ""  # the run it goes on from
    epochs: Annotated[int, Field(ge=1, le=200), Knob(advanced=False, unit="passes")] = 3
    batch_size: Annotated[int, Field(ge=1, le=512), Knob(unit="rows")] = 8
    micro_batch: Annotated[int, Field(ge=0, le=512), Knob(unit="rows", added=True, decides=False)] = 0
    checkpointing: Annotated[bool, Knob(added=True, decides=False)] = False
    learning_rate: Annotated[float, Field(ge=1e-7, le=0.1), Knob()] = 2e-4
    rank: Annotated[int, Field(ge=1, le=256), Knob()] = 16
    alpha: Annotated[int, Field(ge=1, le=1024), Knob()] = 32
    dropout: Annotated[float, Field(ge=0.0, le=0.9), Knob()] = 0.0
    target_modules: Annotated[str, BeforeValidator(_names), Field(max_length=400), Knob(added=True)] = ALL_LINEAR
    rslora: Annotated[bool, Knob(added=True)] = False
    dora: Annotated[bool, Knob(added=True)] = False
    lora_plus: Annotated[float, Field(ge=1.0, le=64.0), Knob(added=True)] = 1.0
    init_weights: Annotated[Literal["standard", "pissa"], Knob(added=True)] = "standard"
    layers: Annotated[int, Field(ge=0, le=256), Knob(added=True)] = 2
    train_head: Annotated[bool, Knob(added=True)] = False
    virtual_tokens: Annotated[int, Field(ge=1, le=1024), Knob(unit="tokens", added=True)] = 20
    embedding_noise: Annotated[float, Field(ge=0.0, le=3.0), Knob()] = 0.0
    wordings: Annotated[int, Field(ge=0, le=100), Knob(unit="wordings")] = 0
    class_weights: Annotated[float, Field(ge=0.0, le=1.0), Knob(trait="labelled", added=True)] = 0.0
    stop_when_known: Annotated[float, Field(ge=0.0, le=1.0), Knob()] = 0.0
    preference_loss: Annotated[str, OneOf(PREFERENCES), Knob(trait="compares")] = "dpo"
    beta: Annotated[float, Field(ge=0.0, le=100.0), Knob(trait="compares")] = 0.0
    max_length: Annotated[int, Field(ge=16, le=32768), Knob(unit="tokens")] = 512
    rehearsal: Annotated[float, Field(ge=0.0, le=4.0), Knob()] = 0.0
    review: Annotated[float, Field(ge=0.0, le=50.0), Knob(added=True)] = 3.0
    warmup: Annotated[float, Field(ge=0.0, le=0.5), Knob()] = 0.1
    schedule: Annotated[Literal["cosine", "linear", "constant", "wsd"], Knob(added=True)] = "cosine"
    weight_decay: Annotated[float, Field(ge=0.0, le=1.0), Knob()] = 0.0
    target: Annotated[float, Field(ge=0.0, le=1.0), Knob(added=True)] = 0.0
    evaluations: Annotated[int, Field(ge=1, le=100), Knob(unit="times")] = 5
    patience: Annotated[int, Field(ge=0, le=100), Knob(unit="times")] = 0
    precision: Annotated[Literal["auto", "fp32", "bf16"], Knob()] = "auto"
    folds: Annotated[int, Field(ge=0, le=20), Knob(unit="parts")] = 0
    fold: Annotated[int, Field(ge=1, le=20), Knob()] = 1
    seed: Annotated[int, Field(ge=0, le=2**31 - 1), Knob()] = 42

    @property
    def opinions(self) -> Of | Literal[""]:
        """What it learns from: pairs or thumbs; nothing of the kind where the task compares nothing."""
        return PREFERENCES[self.preference_loss].of if TASKS[self.task].compares else ""

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
        field = cls.model_fields[name]
        listed = next((tuple(meta.table) for meta in field.metadata if isinstance(meta, OneOf)), ())
        return get_args(field.annotation) if get_origin(field.annotation) is Literal else listed

    @classmethod
    def limits(cls, name: str) -> tuple[float, float] | None:
        """The least and the greatest value of a setting that is a number, both allowed."""
        ends = {}
        for meta in cls.model_fields[name].metadata:
            ends.update({end: getattr(meta, end) for end in ("ge", "le") if hasattr(meta, end)})
        return (ends["ge"], ends["le"]) if len(ends) == 2 else None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> RunConfig:
        """A checked RunConfig.

        Raises StudioError that names every unknown key, wrong type and value out of its limits at once, or every
        setting that was changed and is not the method's.
        """
        try:
            found = cls.model_validate(dict(values))
        except ValidationError as error:
            raise _refusal([_problem(cls, issue) for issue in error.errors()]) from error
        if foreign := [name for name in found.changed if (of := only_for(name)) and found.method not in of]:
            of_others = [(name, clipped(getattr(found, name)), " / ".join(only_for(name))) for name in foreign]
            raise _refusal([(name, value, f"method: {methods}") for name, value, methods in of_others])
        return found

    @property
    def changed(self) -> dict[str, Any]:
        """The settings that are not at their defaults."""
        fields = type(self).model_fields
        return {name: value for name, value in self.model_dump().items() if value != fields[name].default}

    @property
    def deciding(self) -> dict[str, Any]:
        """The settings that tell one run from another: all but those that change nothing in it."""
        changed, knobs = self.changed, self.knobs().items()
        quiet = {
            name
            for name, knob in knobs
            if not (knob.decides and knob.is_for(self.task)) or (knob.added and name not in changed)
        }
        return {name: value for name, value in self.model_dump().items() if name not in quiet}

    def reads(self, context: int) -> int:
        """The most tokens of a row that a model reads which holds `context`: the virtual ones take theirs."""
        return context - self.virtual_tokens * METHODS[self.method].ahead

    def with_changes(self, changes: Mapping[str, Any]) -> RunConfig:
        """A copy with some settings changed and checked. Raises StudioError as `of` does."""
        return RunConfig.of({**self.model_dump(), **changes})


def _problem(cls: type[RunConfig], issue: Any) -> tuple[str, str, str]:
    """A pydantic issue as (field, value, what is allowed)."""
    name, value = str(issue["loc"][0]), issue["input"]
    if issue["type"] == "extra_forbidden":
        return clipped(name), clipped(value), "✗"
    if issue["type"] == "missing":
        return name, "—", "…"
    kind: Any = cls.model_fields[name].annotation
    if issue["type"] in LIMITS or (issue["type"] == "finite_number" and kind is float):
        value = TypeAdapter(kind).validate_python(value)  # as it was understood: 9.0 for "9"
    return name, clipped(value), _allowed(cls, name)


def clipped(value: Any) -> str:
    """As much of a value as is worth showing."""
    try:
        text = str(value)
    except ValueError:  # a number of more digits than Python writes
        return "…"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _allowed(cls: type[RunConfig], name: str) -> str:
    limits = cls.limits(name)
    if limits:
        return f"{limits[0]:g} … {limits[1]:g}"
    kind: Any = cls.model_fields[name].annotation
    return " / ".join(cls.choices(name)) or str(getattr(kind, "__name__", kind))


def _refusal(problems: list[tuple[str, str, str]]) -> StudioError:
    """One error for all problems at once, each as `label name = value → allowed`."""
    knobs, more = RunConfig.knobs(), " …" if len(problems) > MOST_PROBLEMS else ""

    def in_words(lang: Lang) -> str:
        labels = [f"{say(f'knobs.{name}', lang)} " if name in knobs else "" for name, _, _ in problems]
        return (
            "; ".join(
                f"{label}{name} = {value} → {allowed}"
                for label, (name, value, allowed) in zip(labels, problems[:MOST_PROBLEMS], strict=False)
            )
            + more
        )

    return StudioError("config.refused", problems={lang: in_words(lang) for lang in LANGS})
