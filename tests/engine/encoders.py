"""Tiny models of every kind that puts texts into classes, with random weights, saved as a hub would give them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from tests.engine.conftest import BAD, GOOD, SENTENCES

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SIZES = {
    "vocab_size": 512, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
    "max_position_embeddings": 66, "pad_token_id": 0, "initializer_range": 0.2,
}  # fmt: skip
OWN_SIZES = {
    "albert": {"embedding_size": 16},
    "electra": {"embedding_size": 16},
    "modernbert": {"bos_token_id": 2, "cls_token_id": 2, "eos_token_id": 3, "sep_token_id": 3},
    "distilbert": {"hidden_dim": 64},
    "deberta-v2": {  # as v3: what is learned of keys and queries also tells how far apart tokens are
        "relative_attention": True,
        "pos_att_type": ["p2c", "c2p"],
        "share_att_key": True,
        "position_buckets": 16,
        "norm_rel_ebd": "layer_norm",
        "position_biased_input": False,
        "type_vocab_size": 0,
    },
    "deberta": {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "type_vocab_size": 0},
}


def config_of(kind: str, **further: Any) -> Any:
    from transformers import AutoConfig

    return AutoConfig.for_model(kind, **{**SIZES, **OWN_SIZES.get(kind, {}), **further})


def words() -> list[str]:
    """A WordPiece vocabulary of single characters and a few words."""
    text = " ".join([*SENTENCES, *GOOD, *BAD, "嗯唉！，"])
    characters = sorted({sign for sign in text.lower() if not sign.isspace()})
    found = [*SPECIAL, *characters, *(f"##{sign}" for sign in characters), "good", "bad", "tea", "very"]
    return found[:500]


def tokenizer() -> Any:
    from transformers import BertTokenizer

    return BertTokenizer(vocab={word: place for place, word in enumerate(words())}, do_lower_case=True)


def classified(kind: str, labels: Sequence[str]) -> Any:
    """A classifier, in evaluation mode."""
    from transformers import AutoModelForSequenceClassification

    named = {"id2label": dict(enumerate(labels)), "label2id": {label: place for place, label in enumerate(labels)}}
    torch.manual_seed(3)
    return AutoModelForSequenceClassification.from_config(config_of(kind, **named)).eval()


def save(folder: Path, model: Any) -> Path:
    """With a tokenizer, as a hub would give it."""
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def bare(kind: str) -> Any:
    """A model without any head, as a sentence encoder comes."""
    from transformers import AutoModel

    torch.manual_seed(3)
    return AutoModel.from_config(config_of(kind)).eval()


def masked(kind: str) -> Any:
    """A model that fills in words, as it comes from its first training."""
    from transformers import AutoModelForMaskedLM

    torch.manual_seed(3)
    return AutoModelForMaskedLM.from_config(config_of(kind)).eval()
