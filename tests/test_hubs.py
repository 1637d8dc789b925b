"""Which hub is asked first: the one that most in the place of this computer can reach."""

from __future__ import annotations

import time

import pytest

from studio import hubs


@pytest.mark.parametrize(
    ("zone", "language", "endpoint", "asked"),
    [
        ("UTC0", "en_US.UTF-8", "", ["hugging_face", "model_scope"]),
        ("CST-8", "en_US.UTF-8", "", ["model_scope", "hf_mirror", "hugging_face"]),
        ("UTC0", "zh_CN.UTF-8", "", ["model_scope", "hf_mirror", "hugging_face"]),
        ("CST-8", "zh_CN.UTF-8", "https://mirror.example", ["hugging_face", "model_scope"]),
    ],
)
def test_chinese_computers_ask_modelscope_and_the_mirror_first_unless_one_is_set(
    zone: str, language: str, endpoint: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TZ", zone), ("LC_ALL", language), ("HF_ENDPOINT", endpoint)):
        monkeypatch.setenv(name, value)
    time.tzset()
    try:
        assert hubs.order() == asked
        assert not endpoint or hubs.ADDRESSES["hugging_face"]() == endpoint
    finally:
        monkeypatch.undo()
        time.tzset()
