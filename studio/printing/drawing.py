"""A chart as SVG for a page, and as PNG where a program takes no SVG: the same lines, with no browser.

Knows no run and no language: its words are ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO

from studio.printing.sheet import Chart, ticks

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 26
INK, RULE = "#61574b", "#e2d9cb"
SCALE = 3  # pixels of the PNG for one of the SVG


@dataclass(frozen=True)
class Frame:
    """Where a chart's numbers lie on the paper."""

    most_x: float
    low: float
    high: float

    @classmethod
    def of(cls, chart: Chart) -> Frame:
        points = [point for line in chart.lines for point in line.points]
        most = max((x for x, _ in points), default=1.0) or 1.0
        if chart.share:
            return cls(most, 0.0, 1.0)
        high = max((y for _, y in points), default=1.0)
        return cls(most, min(0.0, min((y for _, y in points), default=0.0)), 1.05 * high if high > 0 else 1.0)

    def at(self, x: float, y: float) -> tuple[float, float]:
        wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        up = (y - self.low) / (self.high - self.low)
        return LEFT + wide * x / self.most_x, TOP + tall * (1 - min(max(up, 0.0), 1.0))

    def across(self) -> Iterator[tuple[float, str]]:
        yield from ((self.at(x, self.low)[0], f"{x:g}") for x in ticks(0, self.most_x, 6))

    def upwards(self, share: bool) -> Iterator[tuple[float, str]]:
        for y in ticks(self.low, self.high, 4):
            yield self.at(0, y)[1], f"{y:.0%}" if share else f"{y:g}"


def svg(chart: Chart) -> str:
    """One SVG element whose width is that of what it stands in."""
    frame = Frame.of(chart)
    drawn = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(chart.title)}">']
    for y, text in frame.upwards(chart.share):
        drawn.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{RULE}"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    for x, text in frame.across():
        drawn.append(f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{text}</text>')
    for line in chart.lines:
        places = [frame.at(*point) for point in line.points]
        way = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        drawn.append(f'<path d="M{way}" fill="none" stroke="{line.colour}" stroke-width="2" stroke-linejoin="round"/>')
        if line.marked:
            drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line.colour}"/>' for x, y in places]
    return "".join([*drawn, "</svg>"])


def png(chart: Chart) -> bytes:
    """The same in pixels. Its only letters are digits, so that no font has to be there."""
    from PIL import Image, ImageDraw, ImageFont

    frame = Frame.of(chart)
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(11 * SCALE)

    def big(x: float, y: float) -> tuple[float, float]:
        return x * SCALE, y * SCALE

    for y, text in frame.upwards(chart.share):
        draw.line([big(LEFT, y), big(WIDTH - RIGHT, y)], RULE, SCALE)
        draw.text(big(LEFT - 8, y), text, INK, font, anchor="rm")
    for x, text in frame.across():
        draw.text(big(x, HEIGHT - 12), text, INK, font, anchor="mm")
    for line in chart.lines:
        places = [big(*frame.at(*point)) for point in line.points]
        if len(places) > 1:
            draw.line(places, line.colour, 2 * SCALE, joint="curve")
        for x, y in places if line.marked else ():
            draw.ellipse([x - 3 * SCALE, y - 3 * SCALE, x + 3 * SCALE, y + 3 * SCALE], line.colour)
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
