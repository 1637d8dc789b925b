"""The commands that make, score and show the starter, as they are typed."""

import csv
import random
import subprocess
import sys
from pathlib import Path

import pytest

from studio.assets import STARTER_DIR
from studio.starter.lines import share
from studio.starter.reviews import write_review
from studio.starter.taught import reviews

ROOT = Path(__file__).parents[2]


def starter(*words: str) -> str:
    command = [sys.executable, "-m", "studio.starter", *words]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=500).stdout


@pytest.mark.slow
def test_the_whole_recipe_runs_by_one_command(tmp_path: Path) -> None:
    table = starter("--quick", "--minutes", "0.05", "--out", str(tmp_path / "model"))
    assert "held-out questions right, all" in table
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "| speaks |" in card and "{scores}" not in card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_the_text_can_be_looked_at_and_measured() -> None:
    shown = starter("text", "--count", "300", "--show", "2")
    assert "[user]" in shown or "[text]" in shown
    assert "documents that come once" in shown


@pytest.mark.slow
def test_reviews_are_learned_by_the_default_plan_beside_tfidf(tmp_path: Path) -> None:
    rng = random.Random(1)
    file = tmp_path / "reviews.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        moods = [("bad", 0), ("good", 1)] * 40
        rows = [(write_review(rng, "zh", mood).text, label) for mood, label in moods]  # type: ignore[arg-type]
        csv.writer(target).writerows([("review", "label"), *rows])
    [line] = reviews(STARTER_DIR, file, sizes=(40,), tested=40)
    tuned = float(line.value.split("→")[1].split(",")[0])
    assert tuned >= 0.7


def test_a_share_says_of_how_many() -> None:
    assert share("right", [True, False, True, True]).value == "75.0 % of 4"
