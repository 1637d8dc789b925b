"""Makes the starter from nothing: text, tokenizer, weights, one folder.

It knows the order of the steps and none of their insides.
"""

from itertools import islice
from pathlib import Path

from studio.starter.corpus import stream
from studio.starter.model import new_model, save_model, spread
from studio.starter.pretrain import pretrain
from studio.starter.recipe import Recipe
from studio.starter.tokenizer import train_tokenizer


def make(recipe: Recipe, folder: Path, work: Path) -> None:
    """The whole recipe; ``work`` holds the checkpoint while it runs, ``folder`` receives the finished model."""
    documents = islice(stream(recipe.seed), recipe.tokenizer_documents)
    tokenizer = train_tokenizer((turn.content for document in documents for turn in document), recipe.shape.vocabulary)
    model = new_model(recipe.shape, tokenizer, recipe.seed)
    pretrain(recipe, model, tokenizer, work)
    spread(model, recipe.seed)
    save_model(model.cpu(), tokenizer, folder)
