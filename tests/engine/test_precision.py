"""In which number format a model answers and goes home."""

from __future__ import annotations

from studio.engine import device


def test_a_model_goes_home_in_full_precision_as_long_as_its_file_stays_small() -> None:
    """In bf16 the rounding of a merge is a good part of what a short run has learned."""
    assert device.exported_precision("bf16", 135_000_000) == "fp32"
    assert device.exported_precision("bf16", 1_700_000_000) == "bf16"
    assert device.exported_precision("fp32", 1_700_000_000) == "fp32"


def test_a_model_of_some_size_answers_in_the_format_it_was_trained_in() -> None:
    assert device.answering_precision("bf16", 135_000_000) == "bf16"
    assert device.answering_precision("bf16", 10_000_000) == "fp32"
