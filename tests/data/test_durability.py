"""What was acknowledged survives: a writer that is killed again and again, two writers, messages in disorder."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from studio.data.datastore import DataStore
from studio.errors import StudioError
from studio.workspace import Workspace
from tests.children import PATIENCE, child

EDITS = 5000
ROWS = 500
LABELS = ("好评", "差评", "中性")
# Labels the rows in turn, from the `begin`th edit on, and says so on its output only after the store has returned.
WRITER = """
import sys
from pathlib import Path
from studio.data.datastore import DataStore
from studio.workspace import Workspace
home, dataset, begin, end, rows = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
store = DataStore(Workspace(Path(home)))
desk = store.labelling.desk(dataset)
labels = ("好评", "差评", "中性")
for edit in range(begin, end):
    number, turn = edit % rows + 1, edit // rows
    desk.put(number, labels[turn % 3], turn)
    sys.stdout.buffer.write(b"%d\\n" % edit)
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def dataset(store: DataStore) -> str:
    made = store.add_rows("留言", "classify", [(f"第{n}条留言", "") for n in range(ROWS)]).id
    store.declare_labels(made, LABELS)
    return made


def acknowledged(home: Path, dataset: str, begin: int, most: int) -> int:
    """How many edits one writer acknowledged before it was killed, at most `most` of them."""
    command = [sys.executable, "-c", WRITER, str(home), dataset, *map(str, (begin, EDITS, ROWS))]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    said = 0
    for said, _ in enumerate(writer.stdout, 1):  # noqa: B007
        if said == most:
            writer.send_signal(signal.SIGKILL)
            break
    said += sum(1 for _ in writer.stdout)  # what it had said before it died
    assert writer.wait(PATIENCE) in (0, -signal.SIGKILL)
    writer.stdout.close()
    return said


def test_five_thousand_labels_survive_a_writer_that_is_killed_again_and_again(
    workspace: Workspace, store: DataStore, dataset: str
) -> None:
    draw = random.Random(0)
    done = kills = 0
    while done < EDITS:
        # the writer begins again at the last edit it was told of: one that was saved unheard is sent a second time
        done += acknowledged(workspace.home, dataset, done, draw.randint(300, 900))
        kills += done < EDITS
    assert kills >= 5
    rows, _ = store.rows(dataset, limit=ROWS)
    assert {row.target for row in rows} == {LABELS[(EDITS // ROWS - 1) % 3]}  # none lost
    assert {row.revision for row in rows} == {EDITS // ROWS}  # none doubled
    assert store.progress(dataset) == (ROWS, ROWS)


def test_all_of_it_can_be_undone_one_by_one(store: DataStore, dataset: str) -> None:
    desk = store.labelling.desk(dataset)
    for edit in range(60):
        desk.put(edit % 20 + 1, LABELS[edit // 20], edit // 20)
    for edit in reversed(range(60)):
        assert desk.undo(desk.card(1).last) == edit % 20 + 1
    assert store.progress(dataset) == (0, ROWS)


def messages(draw: random.Random, seen: dict[int, tuple[str, int]]) -> Iterator[tuple[int, str, int]]:
    """What a tab sends over a bad line: a label for a row as it was last seen, sometimes twice, sometimes late."""
    number = draw.randint(1, 12)
    sent = (number, draw.choice(LABELS), seen.get(number, ("", 0))[1])
    yield sent
    if draw.random() < 0.3:
        yield sent


@pytest.mark.parametrize("seed", range(20))
def test_no_label_is_overwritten_unseen_whatever_the_line_does(store: DataStore, dataset: str, seed: int) -> None:
    draw = random.Random(seed)
    desk = store.labelling.desk(dataset)
    tabs: list[dict[int, tuple[str, int]]] = [{}, {}]
    under_way: list[tuple[int, tuple[int, str, int]]] = []
    truth: dict[int, tuple[str, int]] = {}
    for _ in range(150):
        tab = draw.randrange(2)
        if draw.random() < 0.9:
            under_way += [(tab, message) for message in messages(draw, tabs[tab]) if draw.random() < 0.85]
        if draw.random() < 0.3:
            draw.shuffle(under_way)
        if not under_way:
            continue
        sender, (number, label, revision) = under_way.pop(0)
        before = truth.get(number, ("", 0))
        try:
            desk.put(number, label, revision)
        except StudioError as error:  # the asker saw something else: told so, and nothing happened
            assert error.key == "data.row_changed_elsewhere"
            assert revision != before[1] and label != before[0]
        else:
            assert label == before[0] or revision == before[1]
            truth[number] = before if label == before[0] else (label, before[1] + 1)
        card = desk.card(number)
        assert (card.target, card.revision) == truth.get(number, ("", 0))
        tabs[sender][number] = (card.target, card.revision)


def test_two_writers_at_once_lose_nothing(workspace: Workspace, store: DataStore, dataset: str) -> None:
    command = [sys.executable, "-c", WRITER, str(workspace.home), dataset]
    halves = [(0, 100), (100, 200)]
    writers = [subprocess.Popen([*command, *map(str, (*half, ROWS))], stdout=subprocess.DEVNULL) for half in halves]
    assert [writer.wait(PATIENCE) for writer in writers] == [0, 0]
    assert store.progress(dataset) == (200, ROWS)


def test_eight_writers_of_whom_some_are_killed_lose_nothing_that_they_acknowledged(
    workspace: Workspace, store: DataStore, dataset: str
) -> None:
    """While somebody reads all the time, and nobody is told that the database is locked."""
    share, pipe = ROWS // 8, subprocess.PIPE
    command = [sys.executable, "-c", WRITER, str(workspace.home), dataset]
    with ExitStack() as open_writers:
        writers = [
            open_writers.enter_context(
                child([*command, *map(str, (n * share, (n + 1) * share, ROWS))], stdout=pipe, stderr=pipe)
            )
            for n in range(8)
        ]
        for writer in writers[:3]:
            assert writer.stdout is not None and writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
        while any(writer.poll() is None for writer in writers[3:]):
            assert store.progress(dataset)[1] == ROWS
        said = [writer.communicate(timeout=PATIENCE) for writer in writers]
    assert all(not errors for _, errors in said), said
    assert [len(out.split()) for out, _ in said[3:]] == [share] * 5
    acknowledged = [int(edit) for out, _ in said for edit in out.split()]
    kept = {row.number for row in store.rows(dataset, limit=ROWS)[0] if row.target}
    assert {edit % ROWS + 1 for edit in acknowledged} | {n * share + 1 for n in range(3)} <= kept
    assert store._db().execute("PRAGMA integrity_check").fetchone()[0] == "ok"
