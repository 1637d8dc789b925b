"""How models end: which kinds of heads there are, and what a model that ends so can do.

Knows no weights: how such a model is opened, asked and taught is in the head's room of `engine/heads/`, named here and
opened there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Head:
    """`room` is the module that knows such models. `talks`: they say things in words of their own; else they put a text
    into a class and nothing more. `readme`: under which ending of `readme.` it is said how such a model is used."""

    room: str
    talks: bool = True
    readme: str = "causal"


HEADS: dict[str, Head] = {
    "causal": Head("studio.engine.heads.causal"),
    "seq2seq": Head("studio.engine.heads.seq2seq", readme="seq2seq"),
    "sequence": Head("studio.engine.heads.sequence", talks=False, readme="sequence"),
}
