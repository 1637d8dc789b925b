"""Parquet with columns added: every other column of the type it had.

Knows no record.
"""

from __future__ import annotations

from typing import Any

from studio.data.adding.child import fresh, together


def add(job: dict[str, Any]) -> list[dict[str, Any]]:
    import pyarrow
    from pyarrow import parquet

    table = parquet.read_table(job["source"], use_threads=False)
    [added] = job["added"]
    names = fresh([name for name, _ in added["columns"]], set(table.column_names))
    for name, (_, given) in zip(names, added["columns"], strict=True):
        values = dict(given)
        cells = [together(values.get(place, ())) for place in range(1, table.num_rows + 1)]
        numbers = any(isinstance(cell, float) for cell in cells)
        table = table.append_column(name, pyarrow.array(cells, pyarrow.float64() if numbers else pyarrow.string()))
    parquet.write_table(table, job["out"])
    return []
