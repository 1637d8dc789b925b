"""The process that reads a public data set through `datasets` and writes its first rows as one Parquet file.

Knows no dataset of the studio. Nothing that comes with a repository is run: of `datasets` only its own readers of plain
tables are used, on files of that repository alone.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.data.reading.grid import MAX_CELLS, MAX_ROWS
from studio.data.reading.public import FILE, Wanted
from studio.errors import StudioError
from studio.hubs import Hub

if TYPE_CHECKING:
    from datasets import DatasetBuilder, Features
    from pyarrow import Table

READERS = ("csv", "json", "parquet", "text")  # of datasets.packaged_modules
ENDINGS = ("csv", "tsv", "json", "jsonl", "ndjson", "parquet", "txt")
MAX_BYTES = 200 * 2**20  # of rows in memory
MAX_FETCHED = 2**30  # bytes of files, where they cannot be read piece by piece
MEMORY = 6 * 2**30  # bytes of address space
AT_ONCE = 1000
MEDIA = ("Image", "Audio", "Video", "Pdf")  # kinds of column that hold no text


def main() -> None:
    hub, wanted, folder = sys.argv[1], Wanted(**json.loads(sys.argv[2])), Path(sys.argv[3])
    _limit()
    try:
        answer = take(*SOURCES[hub](wanted, folder), wanted, folder / FILE)  # type: ignore[index]
    except StudioError as error:
        answer = {"error": error.key, "details": error.details}
    except MemoryError:
        answer = {"error": "public.unreadable", "details": {"problem": "MemoryError"}}
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # at once: a thread of pyarrow that still reads would abort an interpreter that takes leave


def _limit() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def take(source: str, inside: str, wanted: Wanted, out: Path) -> dict[str, Any]:
    """Writes the first rows of `source` to `out`; every file that is read must lie `inside`. Raises StudioError."""
    from datasets import disable_progress_bars
    from pyarrow.parquet import write_table

    disable_progress_bars()
    with _told():
        builder = _builder(source, wanted)
        splits = {str(name): list(files) for name, files in (builder.config.data_files or {}).items()}
        split = _split(wanted, list(splits))
        if any(not str(file).startswith(inside) for file in splits[split]):
            raise StudioError("public.no_tables")
        rows = builder.as_streaming_dataset(split=split).with_format("arrow")
        features = rows.features or {}
        left_out = [name for name, kind in features.items() if type(kind).__name__ in MEDIA]
        tables = (_plain(table.drop_columns(left_out), features) for table in rows.iter(batch_size=AT_ONCE))
        table, cut = _first(tables)
        write_table(table, out)
    return {
        "config": builder.config.name,
        "split": split,
        "other_splits": [name for name in splits if name != split],
        "rows": table.num_rows,
        "cut": cut,
        "left_out": left_out,
    }


def _builder(source: str, wanted: Wanted) -> DatasetBuilder:
    """The library's reader for one configuration. Raises StudioError public.which_config, public.no_tables."""
    from datasets import get_dataset_config_names, load_dataset_builder

    names = get_dataset_config_names(source)
    if wanted.config not in ("", *names):
        raise StudioError("public.no_such_config", config=wanted.config[:80], choices="、".join(names)[:300])
    if not wanted.config and len(names) > 1 and "default" not in names:
        raise StudioError("public.which_config", choices="、".join(names)[:300])
    builder = load_dataset_builder(source, name=wanted.config or None)
    kind = type(builder).__module__.rpartition(".")[2]
    if not type(builder).__module__.startswith("datasets.packaged_modules.") or kind not in READERS:
        raise StudioError("public.no_tables")
    return builder


def _split(wanted: Wanted, splits: list[str]) -> str:
    """Raises StudioError public.which_split, public.no_such_split."""
    if wanted.split:
        if wanted.split not in splits:
            raise StudioError("public.no_such_split", split=wanted.split[:80], choices="、".join(splits)[:300])
        return wanted.split
    if "train" in splits or len(splits) == 1:
        return "train" if "train" in splits else splits[0]
    raise StudioError("public.which_split", choices="、".join(splits)[:300])


def _plain(table: Table, features: Features) -> Table:
    """With labels by their names, which are stored as numbers."""
    from pyarrow import array, compute

    for place, name in enumerate(table.column_names):
        if (names := getattr(features.get(name), "names", None)) is not None:
            numbers = table.column(name)
            known = compute.if_else(compute.greater_equal(numbers, 0), numbers, None)  # -1: nobody knows
            table = table.set_column(place, name, compute.take(array(names), known))
    return table


def _first(tables: Iterator[Table]) -> tuple[Table, bool]:
    """The first rows, as many as the studio reads, and whether there are more. Raises StudioError public.no_rows."""
    from pyarrow import concat_tables

    held: list[Table] = []
    rows = size = 0
    for table in tables:
        limit = min(MAX_ROWS, MAX_CELLS // max(table.num_columns, 1))
        room = limit - rows if size < MAX_BYTES else 0
        held.append(table.slice(0, room))
        rows, size = rows + held[-1].num_rows, size + held[-1].nbytes
        if room < table.num_rows:
            break
    else:
        room = -1
    if not rows:
        raise StudioError("public.no_rows")
    return concat_tables(held, promote_options="permissive").replace_schema_metadata(), room >= 0


@contextmanager
def _told() -> Iterator[None]:
    """What the libraries raise becomes a StudioError public.*"""
    from datasets.data_files import EmptyDatasetError
    from datasets.exceptions import DataFilesNotFoundError, DatasetNotFoundError
    from httpx import HTTPError
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    try:
        yield
    except (StudioError, MemoryError):
        raise
    except (DatasetNotFoundError, RepositoryNotFoundError) as error:  # also of a private or gated one
        raise StudioError("public.no_such") from error
    except (DataFilesNotFoundError, EmptyDatasetError) as error:
        raise StudioError("public.no_tables") from error
    except (HTTPError, HfHubHTTPError, ConnectionError, TimeoutError) as error:
        raise StudioError("public.no_network") from error
    except Exception as error:  # of a dozen libraries that read what strangers wrote
        problem = (str(error).splitlines() or [""])[0][:200]
        if "scripts are no longer supported" in problem:
            raise StudioError("public.is_program") from error
        raise StudioError("public.unreadable", problem=f"{type(error).__name__}: {problem}") from error


def _hugging_face(wanted: Wanted, _: Path) -> tuple[str, str]:
    """Read from there piece by piece."""
    return wanted.id, f"hf://datasets/{wanted.id}@"


def _model_scope(wanted: Wanted, folder: Path) -> tuple[str, str]:
    """Its tables and its card, fetched whole. Raises StudioError public.*"""
    from modelscope.hub.api import HubApi
    from modelscope.hub.errors import HubError, NotExistError, PermissionDeniedError
    from modelscope.hub.snapshot_download import dataset_snapshot_download

    wanted_files = ["README.md", *(f"*.{ending}" for ending in ENDINGS)]
    place = folder / "repository"
    try:
        files = HubApi().get_dataset_files(wanted.id)
        tables = [file for file in files if str(file["Path"]).rpartition(".")[2].lower() in ENDINGS]
        if sum(int(file.get("Size") or 0) for file in tables) > MAX_FETCHED:
            raise StudioError("public.too_large", limit="1 GiB")
        dataset_snapshot_download(wanted.id, local_dir=str(place), allow_patterns=wanted_files)
    except (NotExistError, PermissionDeniedError) as error:
        raise StudioError("public.no_such") from error
    except (HubError, OSError) as error:
        raise StudioError("public.no_network") from error
    return str(place), str(place)


SOURCES: dict[Hub, Callable[[Wanted, Path], tuple[str, str]]] = {
    "hugging_face": _hugging_face,
    "hf_mirror": _hugging_face,  # by its address, which stands in the environment
    "model_scope": _model_scope,
}


if __name__ == "__main__":
    main()
