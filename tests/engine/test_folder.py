"""A stranger's model folder: what is no ordinary file, asks for code or never comes to an end is one sentence."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from studio.engine import catalog, load, trial
from studio.engine.trial_child import branches, patterns
from studio.errors import StudioError
from studio.words import LANGS
from tests.engine.conftest import CHATML, change


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no end has it sooner."""
    monkeypatch.setattr(trial, "CPU_SECONDS", 2)


def refused(folder: Path) -> str:
    """The key with which opening the tokenizer is refused, in both languages, within seconds."""
    began = time.process_time()
    with pytest.raises(StudioError) as found:
        load.tokenizer(folder)
    assert all(found.value.say(lang) for lang in LANGS)
    assert time.process_time() - began < 10
    return found.value.key


def put(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink(missing_ok=True)
    make(path)


SECRET = '{"secret": 1}'
NO_FILES: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a link to elsewhere": lambda path: path.symlink_to(path.parent.parent / "secret.json"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a folder": Path.mkdir,
}
READ = ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt",
        "chat_template.jinja", "tokenizer.model", "model.safetensors"]  # fmt: skip


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_ordinary_file_of_the_folder_is_not_opened(model: Path, name: str, kind: str) -> None:
    (model.parent / "secret.json").write_text(SECRET, encoding="utf-8")
    put(model / name, NO_FILES[kind])
    known = {"engine.not_a_file", "engine.no_config"} if name == "config.json" else {"engine.not_a_file"}
    assert refused(model) in known


def test_a_snapshot_of_a_hub_s_cache_whose_files_are_links_into_it_opens(model: Path, tmp_path: Path) -> None:
    snapshot, blobs = tmp_path / "hub" / "snapshots" / "abc", tmp_path / "hub" / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for number, path in enumerate(sorted(model.iterdir())):
        path.rename(blobs / str(number))
        (snapshot / path.name).symlink_to(Path("..") / ".." / "blobs" / str(number))
    catalog.check(snapshot)
    assert load.tokenizer(snapshot).encode("早上")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "notes.json", "chat_template.jinja"])
def test_a_file_that_is_too_large_to_be_what_it_says_is_not_read(model: Path, name: str) -> None:
    with (model / name).open("ab") as file:
        file.truncate(3 * 2**30)  # a hole, which takes no room on the disk
    assert refused(model) == "engine.too_large_file"


def test_json_that_is_deeper_than_python_reads_is_damaged(model: Path) -> None:
    for name in ("config.json", "generation_config.json"):
        kept = (model / name).read_text(encoding="utf-8")
        (model / name).write_text("[" * 200_000 + "]" * 200_000, encoding="utf-8")
        assert refused(model) == "engine.damaged"
        (model / name).write_text(kept, encoding="utf-8")


WISHES: list[dict[str, Any]] = [
    {"attn_implementation": "evil/flash-attn"},
    {"_attn_implementation": "kernels-community/flash-attn2"},
    {"_attn_implementation_internal": "paged|evil/attn"},
    {"attn_implementation": {"": "sdpa", "text_config": "evil/attn"}},
    {"attn_implementation": ["sdpa"]},
    {"experts_implementation": "evil/moe"},
    {"text_config": {"attn_implementation": "evil/attn"}},
    {"custom_generate": "evil/generate"},
    {"use_kernels": True},
    {"kernel_config": {"RMSNorm": "evil/kernels:RMSNorm"}},
]


@pytest.mark.parametrize("wish", WISHES, ids=str)
@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "tokenizer_config.json"])
def test_a_setting_that_names_code_of_a_hub_is_refused(model: Path, name: str, wish: dict[str, Any]) -> None:
    change(model / name, **wish)
    assert refused(model) == "engine.wants_code"


def test_settings_that_name_code_of_transformers_are_fine(model: Path) -> None:
    change(model / "config.json", attn_implementation="sdpa", _attn_implementation_autoset=True)
    assert load.base(model, "none", "fp32").model.config._attn_implementation == "sdpa"


def test_code_named_for_a_part_of_the_model_is_never_followed(model: Path, tmp_path: Path) -> None:
    (model / "own.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w')", encoding="utf-8")
    own = {"auto_map": {"AutoConfig": "own.Own", "AutoModel": "evil/repo--own.Own"}, "model_type": "own"}
    change(model / "config.json", text_config=own, auto_map=own["auto_map"])
    with suppress(StudioError):
        load.base(model, "none", "fp32")
    assert not (tmp_path / "canary").exists()


NONSENSE = ["x", -1, [], {"x": {"x": 1}}]


@pytest.mark.parametrize("value", NONSENSE, ids=str)
def test_settings_that_say_nonsense_are_one_sentence_or_do_no_harm(model: Path, value: Any) -> None:
    for name in ("config.json", "generation_config.json", "tokenizer_config.json"):
        said = (model / name).read_text(encoding="utf-8")
        for key in (*json.loads(said), "rope_scaling", "text_config", "layer_types", "added_tokens_decoder"):
            change(model / name, **{key: value})
            with suppress(StudioError):
                load.base(model, "none", "fp32")
        (model / name).write_text(said, encoding="utf-8")


def add_many(path: Path, key: str) -> None:
    flags = dict.fromkeys(("special", "lstrip", "rstrip", "normalized", "single_word"), False)
    many = {str(number): {"content": f"词{number}", **flags} for number in range(1000, 31_000)}
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    listed = [{"id": int(number), **one} for number, one in many.items()] if key == "added_tokens" else many
    path.write_text(json.dumps({**found, key: listed} if key else dict.fromkeys(many, 1)), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "key"),
    [("tokenizer.json", "added_tokens"), ("tokenizer_config.json", "added_tokens_decoder"), ("added_tokens.json", "")],
)
def test_more_tokens_than_any_model_has_beside_its_vocabulary_are_not_read(model: Path, name: str, key: str) -> None:
    add_many(model / name, key)
    assert refused(model) == "engine.too_many_tokens"


LOOPS = "{% for a in range(99999) %}{% for b in range(99999) %}{{ '' }}{% endfor %}{% endfor %}"
ENDLESS = {
    "loops in loops": LOOPS,
    "a text of gigabytes": "{{ 'a' * 10**10 }}",
    "texts that double": "{% set n = namespace(t='ab') %}{% for a in range(60) %}{% set n.t = n.t + n.t %}{% endfor %}",
    "a number without end": "{{ 9 ** (9 ** 9) }}",
    "more than a person reads": "{% for a in range(90000) %}{{ messages[0]['content'] }}{% endfor %}",
    "loops hidden in what only learning reads": f"{{% generation %}}{LOOPS}{{% endgeneration %}}",
    "loops after some turns": f"{{% if messages | length > 10 %}}{LOOPS}{{% endif %}}",
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_a_template_without_end_is_refused_before_it_is_run_here(model: Path, source: str) -> None:
    (model / "chat_template.jinja").write_text(CHATML + source, encoding="utf-8")
    assert refused(model) == "engine.never_ends"


def test_a_template_without_end_is_found_wherever_it_stands(model: Path) -> None:
    loops = CHATML + ENDLESS["loops in loops"]
    (model / "chat_template.jinja").unlink()
    change(model / "tokenizer_config.json", chat_template=[{"name": "default", "template": loops}])
    assert refused(model) == "engine.never_ends"


@pytest.mark.parametrize("place", ["normalizer", "pre_tokenizer"])
@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(?:a|aa)*?b|(\s*\s*)*x", r"((?:\p{L}+)*)*!"])
def test_a_pattern_that_tries_every_way_is_refused(model: Path, place: str, pattern: str) -> None:
    kinds = {
        "normalizer": {"type": "Replace", "pattern": {"Regex": pattern}, "content": "x"},
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False},
    }
    change(model / "tokenizer.json", **{place: kinds[place]})
    assert refused(model) == "engine.never_ends"


WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
IN_USE = [
    WORDS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + WORDS + r"?|\p{N}{1,3}",
    r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+", r" ?[^(\s|[.,!?…。，、।۔،])]+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+",
    r"[一-龥぀-ゟ゠-ヿ]+", r" {2,}", r"\s+", r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+",
]  # fmt: skip


def test_the_patterns_of_tokenizers_in_use_are_fine() -> None:
    """GPT-2's, Qwen's, Llama 3's, GPT-4o's and Mistral's, BLOOM's, DeepSeek's, ALBERT's."""
    assert [pattern for pattern in IN_USE if branches(pattern)] == []
    assert [branches(pattern) for pattern in (r"(a+)+", r"(a*b?){2,}", r"([+]){3}", r"(\+x)*", r"(a+)?")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert list(patterns({"a": [{"pattern": {"Regex": "x"}}], "vocab": {"Regex": "y"}})) == ["x"]


def test_a_folder_is_tried_once_while_its_words_are_the_same(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    trial._tried.cache_clear()
    monkeypatch.setattr(trial, "ask_child", lambda module, *_, **__: asked.append(module))
    for _ in range(2):
        load.tokenizer(model)
    (model / "chat_template.jinja").write_text(CHATML + " ", encoding="utf-8")
    load.tokenizer(model)
    assert len(asked) == 2
    trial._tried.cache_clear()
