"""What texts mean, told by a tiny encoder with random weights: the mechanics, not the sense."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.contract import Meanings
from studio.engine import TorchEngine
from studio.errors import StudioError
from tests.engine import encoders
from tests.engine.conftest import GOOD

TEXTS = [*GOOD[:3], "good tea", "a", "tea " * 200]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import AutoModel

    torch.manual_seed(5)
    return encoders.save(tmp_path_factory.mktemp("bert"), AutoModel.from_config(encoders.config_of("bert")).eval())


@pytest.fixture(scope="module")
def meanings(folder: Path) -> Meanings:
    return TorchEngine().meanings(str(folder), folder.parent)


def test_a_meaning_is_the_mean_of_a_texts_own_states_whatever_stands_beside_it(
    folder: Path, meanings: Meanings
) -> None:
    from transformers import AutoModel, AutoTokenizer

    model, words = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    for text, found in zip(TEXTS[:5], meanings(TEXTS), strict=False):
        with torch.inference_mode():
            mean = model(**words(text, return_tensors="pt")).last_hidden_state[0].mean(dim=0)
        assert found == pytest.approx((mean / mean.norm()).tolist(), abs=1e-5)


def test_a_text_longer_than_the_model_reads_is_cut(meanings: Meanings) -> None:
    assert meanings(["tea " * 200]) == [pytest.approx(meanings(["tea " * 300])[0], abs=1e-6)]
    assert meanings([]) == []


def test_a_model_reads_what_it_has_words_for(meanings: Meanings) -> None:
    assert meanings.reads(["good tea", *GOOD]) and not meanings.reads(["good tea", "Ελληνικά μήνυμα"])


def test_only_an_encoder_saved_without_a_head_tells_what_texts_mean(folder: Path, tmp_path: Path) -> None:
    classes = encoders.save(tmp_path / "classes", encoders.classified("bert", ("a", "b")))
    cards = [TorchEngine().model_card(str(one), tmp_path) for one in (folder, classes)]
    assert [one.embeds for one in cards] == [True, False]
    assert not TorchEngine().model_card("starter", tmp_path).embeds


def test_a_damaged_one_is_said(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in folder.iterdir():
        (broken / file.name).write_bytes(file.read_bytes()[: 100 if file.suffix == ".safetensors" else None])
    with pytest.raises(StudioError):
        TorchEngine().meanings(str(broken), tmp_path)
