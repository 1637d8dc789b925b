"""A small file of settings cannot hold up the machine, whatever is in it; and what is wrong is said in few words."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from studio import jobfile, plain_yaml
from studio.config import RunConfig
from studio.errors import StudioError
from studio.jobfile import MOST, JobFile

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "aliases": LAUGHS,
    "an alias of itself": "a: &a [*a]",
    "deep": "[" * 50_000,
    "deep and whole": "{a: " * 3000 + "1" + "}" * 3000,
    "base sixty": "epochs: " + "1:" * 40_000 + "1",
    "digits": "epochs: " + "9" * 50_000,
    "hexadecimal": "epochs: 0x" + "f" * 50_000,
    "long": "epochs: 3\n" * 20_000,
    "a key of 90,000 letters": f"{'k' * 90_000}: 1",
    "a value of 90,000 letters": f"epochs: {'k' * 90_000}",
    "a thousand unknown keys": "".join(f"key{n}: 1\n" for n in range(1000)),
    "an object of Python": "!!python/object/apply:os.system ['true']",
    "a binary": "epochs: !!binary AAAA",
    "a list as a key": "? [1, 2]\n: 3",
    "an object as a key": "{a: 1}: 3",
    "a date": "epochs: 2001-01-01",
    "an odd date": "epochs: 2001-99-99",
    "zeros": "\0" * 100,
    "nothing": "",
    "a list": "- 1",
    "a word": "epochs",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_of_settings_is_refused_at_once_and_in_few_words(name: str, tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text(HOSTILE[name], encoding="utf-8")
    began = time.process_time()
    with pytest.raises(StudioError) as error:
        jobfile.read_file(file)
    assert time.process_time() - began < 10
    assert all(len(error.value.say(lang)) < 2500 for lang in ("zh", "en"))


def test_a_file_that_never_ends_is_no_file() -> None:
    with pytest.raises(OSError):
        jobfile.read_file(Path("/dev/zero"))


def test_what_is_written_is_read_again() -> None:
    config = RunConfig(task="chat", dataset="data-20260101-000000-aaaa", dataset_version=1)
    assert jobfile.read(JobFile(config).text()).config == config
    assert len(JobFile(config).text()) < MOST / 50


def test_ordinary_values_are_values() -> None:
    assert plain_yaml.load("a: 1\nb: [1.5, yes, null, 好]\nc: {d: 2001-01-01}", 100)["b"] == [1.5, True, None, "好"]


ODD = ("abc", "", " ", "-1", "1e999", "-1e999", "nan", "inf", "0x10", "１２", "true", "null", "[]", "{}", "1;2", "1,5",
       "9" * 400, "9" * 5000, "1" + "0" * 30, "1_0", "\0", "⅓", None, [], {}, [1], {"a": 1}, True, 1.5, -1, 10**400,
       float("nan"), float("inf"), b"\xff", "x" * 10_000)  # fmt: skip


@pytest.mark.parametrize("knob", RunConfig.model_fields)
def test_a_setting_of_any_wrong_kind_is_refused_in_a_sentence_or_understood(knob: str) -> None:
    good = {"task": "chat", "dataset": "data-20260101-000000-aaaa", "dataset_version": 1}
    for value in ODD:
        try:
            config = RunConfig.of({**good, knob: value})
        except StudioError as error:
            assert all(knob in error.say(lang) and len(error.say(lang)) < 600 for lang in ("zh", "en")), value
        else:
            limits = RunConfig.limits(knob)
            assert limits is None or limits[0] <= getattr(config, knob) <= limits[1], value
