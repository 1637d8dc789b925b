"""Makes a fixture workspace of the present format: `python -m tests.workspaces.make NAME`, once, when a format is new.

Knows no format: it asks the façade for what a shop would do. Folders that are there are never made anew, for only what
an older version really wrote shows whether the present one can read it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from shutil import copytree, ignore_patterns

from studio.data.schema import Role
from studio.judging.opinions import Asked, Correction, Thumbed
from studio.studio import Studio
from tests.fakes import FakeEngine

HERE = Path(__file__).parent
HOME = "/home/shop/.xiaozao"  # what the files say instead of where they were made
REVIEWS = "评价,归类,组\n" + "".join(
    f"{taste}，第{n}次来,{label if n < 9 else ''},{'老顾客' if n < 2 else ''}\n"
    for n in range(10)
    for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))
)
PRICES = {"奶茶": 9, "柠檬水": 10, "咖啡": 11}
ASKED = ("多少钱", "怎么卖", "什么价")
QUESTIONS = [(f"{drink}{asked}", f"{drink}{price}元一杯") for drink, price in PRICES.items() for asked in ASKED]


def fill(studio: Studio, table: Path) -> None:
    """Two datasets with all that a person may do to them, frozen; a run of each, tested, judged and taken home."""
    table.write_text(REVIEWS, encoding="utf-8")
    roles: dict[str, Role] = {"评价": "text", "归类": "label", "组": "group"}
    reviews = studio.data.add(table, name="六月的评价", roles=roles).id
    studio.data.edit(reviews, 1, target="差评")
    studio.data.remove(reviews, 3)
    studio.data.insert(reviews, "一般般", "好评")
    facts = studio.data.add_rows("问答", "chat", QUESTIONS).id
    studio.data.insert_like(facts, 1, ["请问奶茶多少钱呀"])
    studio.data.teach(facts, "facts")
    studio.data.write_question(facts, 4, "柠檬水要几块")
    studio.data.strike(facts, 7, studio.data.exam_of(facts).asked[-1][0].text)
    for dataset in (reviews, facts):
        run = studio.train(studio.plan(dataset, changes={"epochs": 1}).config).id
        studio.evaluate(run)
        studio.export(run, "adapter")
    contest = studio.judging.contest(run)
    studio.judging.seen(contest, Asked("红茶多少钱"), ("红茶7元一杯", "我还不知道。"), "run", "小王")
    shown = studio.judging.next(contest, "小李")
    studio.judging.vote(shown.match if shown else 0, "小李", "left")
    studio.judging.thumb(Thumbed(facts, run, Asked("绿茶多少钱"), "绿茶8元一杯", "up"))
    studio.judging.correct(Correction(facts, run, Asked("几点开门", (), "九点"), "我还不知道。"))
    studio.data.labelling.invite(reviews, ["小王", "小李"])
    studio.suggesting.ask(reviews)
    studio.suggesting.wait()


def make(name: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        home = Path(place).resolve() / "home"
        with Studio(FakeEngine(), home) as studio:
            fill(studio, home.parent / "六月.csv")
        for facts in home.glob("runs/*/export/*.json"):
            facts.write_text(facts.read_text(encoding="utf-8").replace(str(home), HOME), encoding="utf-8")
        copytree(home, HERE / name, ignore=ignore_patterns("*.lock", "models"))


if __name__ == "__main__":
    make(sys.argv[1])
