"""Tiny models that read a text and write another, of every supported kind, saved as a hub would give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from tests.engine import encoders
from tests.engine.conftest import BAD, GOOD, QUESTIONS, SENTENCES

T5 = {
    "vocab_size": 512, "d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2, "pad_token_id": 0,
    "decoder_start_token_id": 0, "eos_token_id": 1, "initializer_factor": 1.0, "dropout_rate": 0.0,
}  # fmt: skip
BART = {
    "vocab_size": 512, "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 128,
    "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3, "decoder_start_token_id": 3, "forced_eos_token_id": 3,
    "init_std": 0.2, "dropout": 0.0,
}  # fmt: skip


def model(kind: str) -> Any:
    """In evaluation mode."""
    from transformers import AutoConfig, AutoModelForSeq2SeqLM

    torch.manual_seed(3)
    config = AutoConfig.for_model(kind, **(BART if kind == "bart" else T5))
    return AutoModelForSeq2SeqLM.from_config(config).eval()


def save(folder: Path, kind: str) -> Path:
    """With a tokenizer: of BART a list of words, as the Chinese one has, of the others pieces of sentences."""
    model(kind).save_pretrained(folder)
    if kind == "bart":
        encoders.tokenizer().save_pretrained(folder)
    else:
        pieces(folder)
    if kind == "umt5":  # which never came with the pieces alone
        from transformers import T5Tokenizer

        T5Tokenizer.from_pretrained(folder).save_pretrained(folder)
    return folder


def pieces(folder: Path) -> None:
    """A SentencePiece model alone, as T5 came with at first."""
    import sentencepiece

    text = folder / "sentences.txt"
    asked = [words for pair in QUESTIONS for words in pair]
    text.write_text("\n".join([*SENTENCES, *GOOD, *BAD, *asked, "好评", "差评", "嗯唉！，"] * 3), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "spiece"), vocab_size=300, character_coverage=1.0, pad_id=0,
        eos_id=1, unk_id=2, bos_id=-1, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    text.unlink()
    (folder / "spiece.vocab").unlink()
