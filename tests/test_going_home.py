"""Every method can be taken home in some format, and where not a sentence names those that are."""

from __future__ import annotations

import pytest

from studio.formats import FORMATS
from studio.going_home import possible, why_not
from studio.methods import METHODS
from studio.words import LANGS, Lang, say


@pytest.mark.parametrize("method", METHODS)
def test_what_cannot_be_had_is_said_with_what_can(method: str) -> None:
    assert possible(method)
    for format in FORMATS:
        why = why_not(method, format)
        assert (why is None) == (format in possible(method))
        if why:
            assert why.say("en").endswith(f"({' / '.join(possible(method))}).")


@pytest.mark.parametrize("lang", LANGS)
def test_of_virtual_tokens_there_is_only_the_adapter_and_of_own_weights_only_the_whole(lang: Lang) -> None:
    assert possible("prefix") == ("adapter",) and possible("full") == ("merged",)
    merged, adapter = why_not("prefix", "merged"), why_not("full", "adapter")
    assert merged and say("chat_tab.adapter", lang) in merged.say(lang)
    assert adapter and say("chat_tab.merged", lang) in adapter.say(lang)
