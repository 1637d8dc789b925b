"""A tokenizer of every make is read and ends its turns; one that is damaged or does not fit is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.config import RunConfig
from studio.contract import Job
from studio.data.chat_template import PLAIN_TEMPLATE
from studio.data.schema import Example
from studio.engine import TorchEngine, load
from studio.engine.encode import Encoder
from studio.errors import StudioError
from tests.engine.conftest import SENTENCES, change, splits

CONFIG = RunConfig.of({"task": "chat", "dataset": "data-1", "dataset_version": 1})


def test_a_model_without_a_tokenizer_is_refused(model: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (model / name).unlink()
    with pytest.raises(StudioError) as found:
        load.tokenizer(model)
    assert found.value.key == "engine.no_tokenizer"


def sentences_in(model: Path, kind: str) -> None:
    """A tokenizer.model as sentencepiece makes it, and nothing else of a tokenizer."""
    import sentencepiece

    change(model / "config.json", model_type="llama")
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (model / name).unlink()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 3),
        model_prefix=str(model / "tokenizer"),
        vocab_size=460,
        model_type=kind,
        byte_fallback=True,
        hard_vocab_limit=False,
        minloglevel=2,
    )


@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_a_tokenizer_of_sentencepiece_alone_is_read(model: Path, kind: str, tmp_path: Path) -> None:
    sentences_in(model, kind)
    tokenizer = load.tokenizer(model)
    row = Encoder(tokenizer, "chat", (), 200).encode(Example(1, "你们几点开门？", "早上九点。"))
    assert row is not None and tokenizer.eos_token == "</s>" and row.completion[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(list(row.completion[:-1])).strip() == "早上九点。"
    tokenizer.save_pretrained(tmp_path / "out")
    assert (tmp_path / "out" / "tokenizer.json").is_file()  # who takes the model home needs no sentencepiece


DAMAGES = {
    "a tokenizer.model cut short": ("tokenizer.model", b"\n\x0e\n\x05<unk>\x15"),
    "an empty tokenizer.model": ("tokenizer.model", b""),
    "an empty tokenizer.json": ("tokenizer.json", b""),
    "a tokenizer.json cut short": ("tokenizer.json", b'{"model": {"type": "BP'),
    "a tokenizer.json of something else": ("tokenizer.json", b"[1, 2]"),
    "merges of words that are not there": (
        "tokenizer.json",
        b'{"added_tokens": [], "model": {"type": "BPE", "vocab": {}, "merges": [["a", "b"]]}}',
    ),
    "a kind that does not exist": ("tokenizer.json", b'{"added_tokens": [], "model": {"type": "own"}}'),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_tokenizer_is_one_sentence(model: Path, damage: tuple[str, bytes]) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (model / name).unlink()
    (model / damage[0]).write_bytes(damage[1])
    with pytest.raises(StudioError) as found:
        load.tokenizer(model)
    assert found.value.key == "engine.no_tokenizer"


def test_settings_of_a_tokenizer_that_are_none_are_one_sentence(model: Path) -> None:
    for written in ("[]", '{"tokenizer_class": 7}'):
        (model / "tokenizer_config.json").write_text(written, encoding="utf-8")
        with pytest.raises(StudioError) as found:
            load.tokenizer(model)
        assert found.value.key == "engine.no_tokenizer"


def test_a_chat_template_that_is_no_text_is_replaced(model: Path) -> None:
    (model / "chat_template.jinja").unlink()
    change(model / "tokenizer_config.json", chat_template=7)
    assert load.tokenizer(model).chat_template == PLAIN_TEMPLATE


def test_a_tokenizer_with_more_words_than_the_model_is_refused_when_a_run_is_planned(model: Path) -> None:
    tokenizer = load.tokenizer(model)
    tokenizer.add_tokens([f"词{number}" for number in range(100)])
    tokenizer.save_pretrained(model)
    for asked in (
        lambda: TorchEngine().token_counts(model, splits("chat"), 100, 0, model / "tokens"),
        lambda: load.base(model, "none", "fp32"),
    ):
        with pytest.raises(StudioError) as found:
            asked()
        assert found.value.key == "engine.tokenizer_does_not_fit"


def test_a_turn_marker_that_the_model_has_no_place_for_is_refused(model: Path) -> None:
    """As when someone gives a base model a chat template and forgets to make its table larger."""
    beyond(model, "<|turn|>", "{% for m in messages %}<|turn|>{{ m['content'] }}<|im_end|>{% endfor %}")
    with pytest.raises(StudioError) as found:
        load.tokenizer(model)
    assert found.value.key == "engine.tokenizer_does_not_fit"


def test_a_control_token_that_is_never_written_may_lie_beyond_the_models_table(model: Path) -> None:
    """As Gemma 3's for pictures does in its model for text."""
    beyond(model, "<image>", None)
    tokenizer = load.tokenizer(model)
    encoder = Encoder(tokenizer, "chat", (), 100)
    row = encoder.encode(Example(1, "看图 <image>", "好 <image>"))
    assert row is not None and max(row.ids) < 512


def beyond(model: Path, token: str, template: str | None) -> None:
    """Gives the tokenizer a control token with a number that the model's table does not reach."""
    tokenizer = load.tokenizer(model)
    tokenizer.add_special_tokens({"extra_special_tokens": [f"<unused{n}>" for n in range(512 - len(tokenizer))]})
    tokenizer.add_special_tokens({"extra_special_tokens": [token]}, replace_extra_special_tokens=False)
    assert tokenizer.convert_tokens_to_ids(token) == 512
    tokenizer.chat_template = template or tokenizer.chat_template
    tokenizer.save_pretrained(model)


def test_a_tokenizer_without_an_end_token_ends_where_its_template_ends_a_turn(model: Path) -> None:
    change(model / "tokenizer_config.json", eos_token=None)
    base = load.base(model, "none", "fp32")
    assert base.tokenizer.eos_token == "<|im_end|>"
    assert base.tokenizer.eos_token_id in base.end_ids


@pytest.mark.parametrize("name", ["config.json", "generation_config.json"])
def test_a_tokenizer_without_an_end_token_ends_as_the_models_makers_say(model: Path, name: str) -> None:
    unended(model)
    change(model / name, eos_token_id=[1, 2])
    base = load.base(model, "none", "fp32")
    assert base.tokenizer.eos_token_id == 1
    row = base.encoder(Job(CONFIG, model, splits("chat"), model, model)).encode(Example(1, "你好", "好"))
    assert row is not None and row.completion[-1] == 1


def test_a_tokenizer_that_ends_nothing_is_refused(model: Path) -> None:
    unended(model)
    with pytest.raises(StudioError) as found:
        load.tokenizer(model)
    assert found.value.key == "engine.no_end_token"


def unended(model: Path) -> None:
    """Takes away the end token, and every template that ends a turn."""
    (model / "chat_template.jinja").unlink()
    change(model / "tokenizer_config.json", eos_token=None)
    for name in ("config.json", "generation_config.json"):
        change(model / name, eos_token_id=None)
