"""``python -m studio.starter [make]`` makes the starter, ``… score`` scores one, ``… text`` shows what it reads.

It knows the options and nothing of the work.
"""

import shutil
import sys
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from studio.assets import STARTER_DIR

app = typer.Typer(add_completion=False, help="Makes the starter model from nothing, or scores it.")


@app.command()
def make(
    quick: Annotated[bool, typer.Option("--quick", help="A tiny model, to prove the recipe.")] = False,
    out: Annotated[Path | None, typer.Option(help="The folder that receives the model.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="As many steps as fit.")] = None,
    seed: Annotated[int, typer.Option(help="Of the text and of the first weights.")] = 7,
) -> None:
    """Writes the text, trains tokenizer and model, scores it. Run again after an interruption, it goes on."""
    from studio.starter.make import make as make_model
    from studio.starter.recipe import QUICK, Recipe

    recipe = replace(QUICK if quick else Recipe(), minutes=minutes, seed=seed)
    folder = out or (Path("build", "starter-quick") if quick else STARTER_DIR)
    work = folder.with_name(f".{folder.name}.work")
    make_model(recipe, folder, work)
    shutil.rmtree(work, ignore_errors=True)
    _score(folder, taught=not quick, reviews=None, every=recipe.asked_every)


@app.command()
def score(
    folder: Annotated[Path, typer.Argument(help="The model to score.")] = STARTER_DIR,
    taught: Annotated[bool, typer.Option(help="Also teach it a shop and a name, and see what it keeps.")] = True,
    reviews: Annotated[Path | None, typer.Option(help="A csv of real reviews: columns review, label (0 or 1).")] = None,
) -> None:
    """Scores a starter, prints the table and puts it on the model's card."""
    _score(folder, taught=taught, reviews=reviews)


@app.command()
def text(
    count: Annotated[int, typer.Option(help="Documents to measure.")] = 20_000,
    show: Annotated[int, typer.Option(help="Documents to print first.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the text.")] = 7,
) -> None:
    """Measures how varied the text is that the starter reads, and prints some of it."""
    from studio.starter.corpus import stream
    from studio.starter.diversity import diversity
    from studio.starter.lines import show as show_line

    for document in islice(stream(seed), show):
        print("\n".join(f"[{turn.role}] {turn.content}" for turn in document), end="\n\n")
    for line in diversity(seed, count):
        show_line(line)


def _score(folder: Path, *, taught: bool, reviews: Path | None, every: int = 1) -> None:
    """Prints each line as soon as it is known; the card gets them all."""
    from studio.starter import score as untaught
    from studio.starter import taught as teaching
    from studio.starter.card import write_card
    from studio.starter.lines import show

    parts = [untaught.score(folder, every)]
    if taught:
        parts += [teaching.shop(folder), teaching.who(folder)]
    if reviews:
        parts.append(teaching.reviews(folder, reviews))
    lines = []
    for line in chain.from_iterable(parts):
        show(line)
        lines.append(line)
    write_card(folder, lines)


if __name__ == "__main__":
    given = sys.argv[1:]
    app(args=given if given[:1] in (["make"], ["score"], ["text"], ["--help"]) else ["make", *given])
