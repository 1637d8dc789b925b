"""``python -m studio.starter [make]`` makes the starter, ``python -m studio.starter score`` scores one.

It knows the options and nothing of the work.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help="Makes the starter model from nothing, or scores it.")

_ROOT = Path(__file__).parents[2]
_SHIPPED = _ROOT / "assets" / "starter"


@app.command()
def make(
    quick: Annotated[bool, typer.Option("--quick", help="A tiny model, to prove the recipe.")] = False,
    out: Annotated[Path | None, typer.Option(help="The folder that receives the model.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="As many steps as fit.")] = None,
    seed: Annotated[int, typer.Option(help="Of the text and of the first weights.")] = 7,
) -> None:
    """Writes the text, trains tokenizer and model, scores it. Run again after an interruption, it goes on."""
    from studio.starter.card import write_card
    from studio.starter.make import make as make_model
    from studio.starter.recipe import QUICK, Recipe
    from studio.starter.score import print_table
    from studio.starter.score import score as score_model

    recipe = replace(QUICK if quick else Recipe(), minutes=minutes, seed=seed)
    folder = out or (_ROOT / "build" / "starter-quick" if quick else _SHIPPED)
    work = folder.with_name(f".{folder.name}.work")
    make_model(recipe, folder, work)
    shutil.rmtree(work, ignore_errors=True)
    lines = score_model(folder)
    write_card(folder, lines)
    print_table(lines)


@app.command()
def score(folder: Annotated[Path, typer.Argument(help="The model to score.")] = _SHIPPED) -> None:
    """Scores a starter, prints the table and puts it on the model's card."""
    from studio.starter.card import write_card
    from studio.starter.score import print_table
    from studio.starter.score import score as score_model

    lines = score_model(folder)
    write_card(folder, lines)
    print_table(lines)


if __name__ == "__main__":
    given = sys.argv[1:]
    app(args=given if given[:1] in (["make"], ["score"], ["--help"]) else ["make", *given])
