"""Amounts as the page writes them.

Knows no sentence and no widget.
"""

from __future__ import annotations


def weight(count: float) -> str:
    """Bytes as 1.5 GB, in powers of ten as file managers and hubs count."""
    scale, unit = (1e9, "GB") if count >= 1e9 else (1e6, "MB") if count >= 1e6 else (1e3, "kB")
    return f"{count / scale:.1f} {unit}" if scale == 1e9 else f"{count / scale:.0f} {unit}"
