"""The two examples from the file to the answers, by the command line, with LoRA and with QLoRA."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Figure
from benchmarks.terminal import xiaozao
from studio.assets import EXAMPLES


def reviews() -> Iterator[Figure]:
    """Milk-tea reviews: accuracy on the test split and the time that training took."""
    for method in ("lora", "qlora"):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            dataset = xiaozao(home, "import", str(EXAMPLES / "milk_tea_reviews.xlsx"))["dataset"]
            run = xiaozao(home, "train", dataset, "--method", method)
            report = xiaozao(home, "evaluate", run["run"])
            tuned, base = report["tuned"], report["base"]
            low, high = tuned["interval"]
            yield Figure(f"reviews, {method}: training", f"{run['seconds']:.0f} s, {run['steps']} steps", "≤ 120 s")
            yield Figure(
                f"reviews, {method}: test accuracy, base → tuned",
                f"{base['accuracy']:.2f} → {tuned['accuracy']:.2f} ({low:.2f} … {high:.2f}, {tuned['count']} rows)",
                "≥ 0.85",
            )
            majority, tfidf = (report["baseline"][name]["accuracy"] for name in ("majority", "tfidf"))
            yield Figure(
                f"reviews, {method}: majority; TF-IDF + logistic regression", f"{majority:.2f}; {tfidf:.2f}", ""
            )


def questions() -> Iterator[Figure]:
    """The shop's questions: trained ones and held-out phrasings with the right fact, and the untouched base."""
    for method in ("lora", "qlora"):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            dataset = xiaozao(home, "import", str(EXAMPLES / "milk_tea_questions.xlsx"))["dataset"]
            run = xiaozao(home, "train", dataset, "--method", method)
            report = xiaozao(home, "evaluate", run["run"])
            yield Figure(f"questions, {method}: training", f"{run['seconds']:.0f} s, {run['steps']} steps", "≤ 240 s")
            for part, goal in (("trained", "≥ 90 %"), ("tuned", "≥ 60 %"), ("base", "< 10 %")):
                facts = report[part]
                yield Figure(
                    f"questions, {method}: right facts, {'held-out phrasings' if part == 'tuned' else part}",
                    f"{facts['correct'] / facts['count']:.0%} of {facts['count']} (exact {facts['exact']:.0%})",
                    goal,
                )
