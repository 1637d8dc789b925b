"""Models from elsewhere: nothing is fetched offline, and every failure is one clear sentence."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.engine import hub
from studio.engine.hub import NoSuchModel
from studio.errors import StudioError

CARD = ["config.json", "adapter_config.json"]  # what tells whether a repository is a model that may be used
Copy = Callable[[str, list[str], Path], None]


def no_network(model: str, patterns: list[str], folder: Path) -> None:
    raise OSError("connection refused")


def not_there(model: str, patterns: list[str], folder: Path) -> None:
    raise NoSuchModel


@pytest.fixture
def shelf(model_dir: Path) -> Copy:
    """A hub that has one model: a folder on this disk."""

    def copy(model: str, patterns: list[str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for path in model_dir.iterdir():
            if any(path.match(pattern) for pattern in patterns):
                shutil.copy(path, folder)

    return copy


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts the given hubs in the place of the real ones, and the offline switch off."""

    def put(*hubs: Copy) -> None:
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        monkeypatch.setattr(hub, "hubs", lambda: list(hubs))

    return put


def refusal(models: Path, model: str = "maker/model") -> str:
    keys = set()
    for ask in (hub.fetch, hub.model_card):
        with pytest.raises(StudioError) as failure:
            ask(model, models)
        keys.add(failure.value.key)
    assert len(keys) == 1
    assert not [path for path in models.iterdir() if not path.name.startswith(".part-")]
    return keys.pop()


def test_nothing_is_fetched_when_offline(
    tmp_path: Path, online: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    online(lambda *_: pytest.fail("the network was used"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert refusal(tmp_path) == "engine.offline"


def test_no_network_and_no_such_model_are_told_apart(tmp_path: Path, online: Callable[..., None]) -> None:
    online(no_network, no_network)
    assert refusal(tmp_path) == "engine.no_network"
    online(no_network, not_there)
    assert refusal(tmp_path) == "engine.no_such_model"
    online(not_there, not_there)
    assert refusal(tmp_path) == "engine.no_such_model"


def test_the_second_hub_is_asked_when_the_first_cannot_be_reached(
    tmp_path: Path, online: Callable[..., None], shelf: Copy
) -> None:
    online(no_network, shelf)
    folder = hub.fetch("maker/model", tmp_path)
    assert folder == tmp_path / "maker--model"
    assert [path.name for path in tmp_path.iterdir()] == ["maker--model"]


def test_a_card_needs_the_config_only(tmp_path: Path, online: Callable[..., None], shelf: Copy) -> None:
    asked = []

    def counting(model: str, patterns: list[str], folder: Path) -> None:
        asked.append(patterns)
        shelf(model, patterns, folder)

    online(counting)
    card = hub.model_card("maker/model", tmp_path)
    assert asked == [CARD] and not card.cached
    assert hub.fetch("maker/model", tmp_path).is_dir()
    assert hub.model_card("maker/model", tmp_path).cached


def test_a_model_that_may_not_be_used_is_refused_before_its_weights_are_fetched(
    tmp_path: Path, online: Callable[..., None]
) -> None:
    def evil(model: str, patterns: list[str], folder: Path) -> None:
        assert patterns == CARD
        folder.mkdir(parents=True, exist_ok=True)
        config = {"model_type": "own_kind", "auto_map": {"AutoModel": "evil.Evil"}}
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")

    online(evil)
    assert refusal(tmp_path) == "engine.wants_code"


@pytest.mark.parametrize(("name", "key"), [("adapter_config.json", "engine.is_adapter"), ("", "engine.no_config")])
def test_a_repository_without_a_model_is_named_for_what_it_is(
    tmp_path: Path, online: Callable[..., None], name: str, key: str
) -> None:
    def other(model: str, patterns: list[str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if name:
            (folder / name).write_text("{}", encoding="utf-8")

    online(other)
    assert refusal(tmp_path) == key


def test_an_unfinished_fetch_goes_on_and_is_never_taken_for_a_model(
    tmp_path: Path, online: Callable[..., None], shelf: Copy
) -> None:
    def cut_off(model: str, patterns: list[str], folder: Path) -> None:
        shelf(model, CARD, folder)
        if patterns != CARD:
            raise OSError("cable pulled")

    online(cut_off)
    with pytest.raises(StudioError) as failure:
        hub.fetch("maker/model", tmp_path)
    assert failure.value.key == "engine.no_network"
    assert not (tmp_path / "maker--model").exists()
    online(shelf)
    assert (hub.fetch("maker/model", tmp_path) / "model.safetensors").is_file()


def test_only_files_that_cannot_run_are_asked_for() -> None:
    names = ("a.py", "a.bin", "a.pt", "a.pth", "a.pkl", "a.so", "a.sh")
    assert not any(Path(name).match(pattern) for pattern in hub.WANTED for name in names)


@pytest.mark.parametrize(
    ("zone", "language", "endpoint", "first"),
    [
        ("UTC0", "en_US.UTF-8", "", hub.hugging_face),
        ("CST-8", "en_US.UTF-8", "", hub.model_scope),
        ("UTC0", "zh_CN.UTF-8", "", hub.model_scope),
        ("CST-8", "zh_CN.UTF-8", "https://mirror.example", hub.hugging_face),
    ],
)
def test_chinese_computers_ask_modelscope_first_unless_a_mirror_is_set(
    zone: str, language: str, endpoint: str, first: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TZ", zone), ("LC_ALL", language), ("HF_ENDPOINT", endpoint)):
        monkeypatch.setenv(name, value)
    time.tzset()
    try:
        assert hub.hubs()[0] is first
        assert len(hub.hubs()) == 2
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_real_hubs_say_no_network_and_not_no_such_model(tmp_path: Path) -> None:
    """Against an address where nobody listens."""
    from huggingface_hub import constants

    assert os.environ["HF_HUB_OFFLINE"] == "1" and constants.HF_HUB_OFFLINE
    with pytest.raises(OSError, match="."):
        hub.hugging_face("maker/model", ["config.json"], tmp_path)


def test_a_local_folder_is_its_own_model(model_dir: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    assert hub.fetch(str(model_dir), tmp_path, shares.append) == model_dir
    assert shares == [1.0] and not list(tmp_path.iterdir())
