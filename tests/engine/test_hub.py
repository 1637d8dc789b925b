"""Models from elsewhere: what breaks goes on, what is not whole is no model, every failure is one clear sentence."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import hubs
from studio.contract import Source
from studio.engine import hub
from studio.engine.fetching import download
from studio.errors import StudioError
from tests.hub_shelf import Shelf, in_place_of_the_hubs

WEIGHTS = "model.safetensors"
NOBODY = "http://127.0.0.1:9"  # an address where nobody listens
HF = Source("hugging_face")


def ignored(done: int, total: int) -> None:
    pass


@pytest.fixture
def shelf(model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """In the place of both hubs, with no pause between two tries."""
    monkeypatch.setattr(download, "PAUSES", ())
    with in_place_of_the_hubs(model_dir, tmp_path / "shelf", monkeypatch) as made:
        yield made


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def refused(models: Path, source: Source = HF, model: str = "maker/model") -> str:
    """The key of what is said, after which nothing is there that could be taken for a model."""
    with pytest.raises(StudioError) as failure:
        hub.download(model, models, source, ignored)
    assert failure.value.say("zh") and failure.value.say("en")
    assert not [path for path in models.iterdir() if not path.name.startswith(".")]
    return failure.value.key


def test_a_model_comes_whole_and_its_bytes_are_told_on_the_way(shelf: Shelf, models: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = hub.download("maker/model", models, HF, lambda *of: told.append(of))
    assert folder == models / "maker--model" and [path.name for path in models.glob("[!.]*")] == ["maker--model"]
    taken = [path for path in shelf.files() if path.name in {one.name for one in folder.iterdir()}]
    assert {path.name for path in folder.iterdir()} == {path.name for path in taken} >= {WEIGHTS, "tokenizer.json"}
    assert all((folder / path.name).read_bytes() == path.read_bytes() for path in taken)
    known = [of for of in told if of[1]]
    assert known == sorted(known) and len(known) > 5
    assert known[-1] == (sum(path.stat().st_size for path in taken),) * 2
    assert hub.model_card("maker/model", models).cached


@pytest.mark.parametrize("name", ["hugging_face", "model_scope"])
def test_either_hub_gives_it_in_its_own_language(shelf: Shelf, models: Path, name: hubs.Hub) -> None:
    assert (hub.download("maker/model", models, Source(name), ignored) / WEIGHTS).is_file()


def test_nothing_that_could_run_or_leave_the_folder_is_fetched(shelf: Shelf, models: Path) -> None:
    for name in ("modeling.py", "pytorch_model.bin", "consolidated.safetensors", "onnx/config.json"):
        (shelf.folder / name).parent.mkdir(exist_ok=True)
        (shelf.folder / name).write_text("{}", encoding="utf-8")
    for name in ("../../out.json", "/tmp/out.json", "a/../../out.json", "C:\\out.json"):
        shelf.more.append({"rfilename": name, "size": 2, "blobId": "1" * 40})
    hub.download("maker/model", models, HF, ignored)
    fetched = {name for name, _ in shelf.asked}
    assert WEIGHTS in fetched and fetched <= {path.name for path in (models / "maker--model").iterdir()}


def test_what_broke_off_goes_on_at_the_byte_where_it_broke(shelf: Shelf, models: Path) -> None:
    shelf.breaks_after[WEIGHTS] = 10_000
    assert hub.download("maker/model", models, HF, ignored).is_dir()
    (_, again) = [wanted for name, wanted in shelf.asked if name == WEIGHTS]
    assert 0 < int(again.removeprefix("bytes=").rstrip("-")) <= 10_000


def test_a_server_that_goes_on_nowhere_begins_anew(shelf: Shelf, models: Path) -> None:
    shelf.ranges = False
    shelf.breaks_after[WEIGHTS] = 10_000
    folder = hub.download("maker/model", models, HF, ignored)
    assert (folder / WEIGHTS).read_bytes() == (shelf.folder / WEIGHTS).read_bytes()


class GivenUp(Exception):
    pass


def stopped_at(shelf: Shelf, models: Path, least: int) -> None:
    """A download that somebody stops once `least` bytes are here."""

    def told(done: int, total: int) -> None:
        if done >= least:
            raise GivenUp

    with pytest.raises(GivenUp):
        hub.download("maker/model", models, HF, told)


def test_who_stops_it_and_begins_again_fetches_only_the_rest(shelf: Shelf, models: Path) -> None:
    size = (shelf.folder / WEIGHTS).stat().st_size
    stopped_at(shelf, models, size // 2)
    assert not (models / "maker--model").exists()
    here = hub.unready(models).partly["maker/model"]
    assert 0 < here < size
    shelf.asked.clear()
    first: list[int] = []
    hub.download("maker/model", models, Source("model_scope"), lambda done, total: first.append(done))
    assert first[1] >= here  # the first is told while the hub is asked
    (wanted,) = [wanted for name, wanted in shelf.asked if name == WEIGHTS]
    assert wanted.startswith("bytes=") and hub.unready(models).partly == {}


def test_what_the_maker_changed_meanwhile_is_not_mixed_with_the_old(shelf: Shelf, models: Path) -> None:
    size = (shelf.folder / WEIGHTS).stat().st_size
    stopped_at(shelf, models, size // 2)
    data = bytearray((shelf.folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (shelf.folder / WEIGHTS).write_bytes(data)
    assert (hub.download("maker/model", models, HF, ignored) / WEIGHTS).read_bytes() == bytes(data)


@pytest.mark.parametrize("name", [WEIGHTS, "tokenizer.json"])
def test_what_is_not_as_the_hub_says_never_becomes_a_model(shelf: Shelf, models: Path, name: str) -> None:
    shelf.spoilt.add(name)
    assert refused(models) == "engine.fetched_wrong"
    assert len([one for one, _ in shelf.asked if one == name]) == 2
    shelf.spoilt.clear()
    assert hub.download("maker/model", models, HF, ignored).is_dir()


def test_a_network_that_keeps_failing_says_that_what_came_is_kept(shelf: Shelf, models: Path) -> None:
    stopped_at(shelf, models, (shelf.folder / WEIGHTS).stat().st_size // 2)
    shelf.breaks_after[WEIGHTS] = 0
    assert refused(models) == "engine.broken_off"
    assert hub.unready(models).partly["maker/model"] > 0


def test_a_gated_model_is_said_to_be_and_opens_with_its_token_which_is_written_nowhere(
    shelf: Shelf, models: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    shelf.token = "hf_secretsecret"
    assert refused(models) == "engine.gated"
    assert refused(models, Source("hugging_face", "wrong")) == "engine.token_refused"
    source = Source("hugging_face", shelf.token)
    assert hub.download("maker/model", models, source, ignored).is_dir()
    assert "secret" not in repr(source) + caplog.text
    files = [path for path in models.rglob("*") if path.is_file()]
    assert files and not any(b"secretsecret" in path.read_bytes() for path in files)


def test_the_owners_token_goes_to_its_own_hub_alone(
    shelf: Shelf, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_owner")
    hub.download("maker/model", models, Source("model_scope"), ignored)
    assert set(shelf.tokens) == {""} and "hf_mirror" not in hubs.TOKENS


def test_a_full_disk_is_said_and_what_came_is_kept(shelf: Shelf, models: Path) -> None:
    def told(done: int, total: int) -> None:
        if done > 10_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StudioError) as failure:
        hub.download("maker/model", models, HF, told)
    assert failure.value.key == "workspace.no_space" and hub.unready(models).partly


def test_a_disk_without_room_for_it_is_said_before_the_weights_are_asked_for(shelf: Shelf, models: Path) -> None:
    shelf.more.append({"rfilename": "vocab.json", "size": 2**60, "blobId": "1" * 40})
    assert refused(models) == "workspace.no_room"
    assert WEIGHTS not in {name for name, _ in shelf.asked}


def test_a_second_download_of_the_same_model_is_refused_and_the_first_goes_on(shelf: Shelf, models: Path) -> None:
    shelf.waits[WEIGHTS] = threading.Event()
    begun = threading.Event()
    first = threading.Thread(
        target=hub.download, args=("maker/model", models, HF, lambda done, total: done > 10_000 and begun.set())
    )
    first.start()
    assert begun.wait(60)
    assert refused(models) == "engine.already_fetching"
    shelf.waits[WEIGHTS].set()
    first.join(60)
    assert (models / "maker--model").is_dir()


@pytest.mark.parametrize(
    ("left_out", "key"),
    [(WEIGHTS, "engine.no_safetensors"), ("config.json", "engine.no_config")],
)
def test_a_repository_without_a_model_is_named_for_what_it_lacks(
    shelf: Shelf, models: Path, left_out: str, key: str
) -> None:
    (shelf.folder / left_out).unlink()
    assert refused(models) == key


def test_weights_that_only_the_hubs_converter_offers_in_safetensors_are_taken(shelf: Shelf, models: Path) -> None:
    shelf.offered.add(WEIGHTS)
    assert (hub.download("maker/model", models, HF, ignored) / WEIGHTS).is_file()


def test_an_adapter_is_named_for_what_it_is(shelf: Shelf, models: Path) -> None:
    (shelf.folder / "adapter_config.json").write_text("{}", encoding="utf-8")
    assert refused(models) == "engine.is_adapter"


def test_weights_in_several_files_come_by_their_index(shelf: Shelf, models: Path) -> None:
    (shelf.folder / WEIGHTS).rename(shelf.folder / "model-00001-of-00001.safetensors")
    index = {"weight_map": {"lm_head.weight": "model-00001-of-00001.safetensors"}}
    (shelf.folder / hub.INDEX).write_text(json.dumps(index), encoding="utf-8")
    assert hub.model_card("maker/model", models).cached is False
    assert len(list(hub.download("maker/model", models, HF, ignored).glob("*.safetensors"))) == 1
    shutil.rmtree(models / "maker--model")
    (shelf.folder / hub.INDEX).write_text('{"weight_map": {"a": "../../a.safetensors"}}', encoding="utf-8")
    assert refused(models) == "engine.no_safetensors"


def test_a_model_that_may_not_be_used_is_refused_before_its_weights_are_fetched(shelf: Shelf, models: Path) -> None:
    config = {"model_type": "own_kind", "auto_map": {"AutoModel": "evil.Evil"}}
    (shelf.folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert refused(models) == "engine.wants_code"
    assert {name for name, _ in shelf.asked} == {"config.json"}


def test_a_card_needs_the_config_only(shelf: Shelf, models: Path) -> None:
    card = hub.model_card("maker/model", models)
    assert {name for name, _ in shelf.asked} == {"config.json"} and not card.cached and hub.unready(models).partly == {}


def test_nothing_is_fetched_when_offline(shelf: Shelf, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert refused(models) == "engine.offline" and shelf.tokens == []


def test_no_network_is_told_in_five_seconds_and_apart_from_no_such_model(
    shelf: Shelf, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(models, model="maker/none") == "engine.no_such_model"
    shelf.unwell = True
    assert refused(models) == "engine.hub_unwell"
    for name in ("HF_ENDPOINT", "MODELSCOPE_DOMAIN"):
        monkeypatch.setenv(name, NOBODY)
    begun = time.monotonic()
    assert refused(models, Source()) == "engine.no_network"
    assert time.monotonic() - begun < hubs.WITHIN + 1


def test_the_second_hub_is_asked_when_the_first_has_it_not_or_is_out_of_reach(
    shelf: Shelf, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", NOBODY)
    assert hub.fetch("maker/model", models) == models / "maker--model"


@pytest.mark.parametrize("model", ["../model", "maker/..", "maker/../x", "maker", "http://maker/model"])
def test_a_name_that_no_hub_could_have_reaches_neither_disk_nor_network(shelf: Shelf, models: Path, model: str) -> None:
    with pytest.raises(StudioError):
        hub.download(model, models, HF, ignored)
    assert shelf.tokens == [] and not list(models.iterdir())


def test_a_local_folder_is_its_own_model(model_dir: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    assert hub.fetch(str(model_dir), tmp_path, shares.append) == model_dir
    assert shares == [1.0] and not list(tmp_path.iterdir())
