"""Lines on two logarithmic axes, as SVG without a library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, LOW, TOP = 420, 320, 64, 48, 36
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
Points = Sequence[tuple[float, float]]


def panel(title: str, x_label: str, lines: Mapping[str, Points], at: int = 0) -> str:
    """Draw one plot; a thin line shows what is exactly linear.

    Parameters
    ----------
    title, x_label : str
    lines : mapping of str to (x, y) points
        All positive; y in seconds.
    at : int
        Which panel of the picture, from the left.
    """
    every = [point for points in lines.values() for point in points]
    (left, right), (low, high) = (decades([point[axis] for point in every]) for axis in (0, 1))

    def place(x: float, y: float) -> tuple[float, float]:
        along = (math.log10(x) - left) / (right - left)
        up = (math.log10(y) - low) / (high - low)
        return round(LEFT + along * (WIDTH - LEFT - 16), 1), round(HEIGHT - LOW - up * (HEIGHT - LOW - TOP), 1)

    parts = [f'<g transform="translate({at * WIDTH} 0)">', text(WIDTH / 2, 18, title, size=14)]
    parts.append(text(WIDTH / 2, HEIGHT - 10, x_label))
    for power in range(left, right + 1):
        x, y = place(10**power, 10**low)
        parts += [stroke([(x, TOP), (x, y)], "#ddd"), text(x, y + 16, f"{10**power:,}")]
    for power in range(low, high + 1):
        x, y = place(10**left, 10**power)
        parts += [stroke([(x, y), (WIDTH - 16, y)], "#ddd"), text(x - 6, y + 4, f"{10.0**power:g} s", anchor="end")]
    for at_line, (name, points) in enumerate(lines.items()):
        colour = COLOURS[at_line % len(COLOURS)]
        (x0, y0), (x1, _) = points[-1], points[0]
        parts.append(stroke([place(x1, max(y0 * x1 / x0, 10.0**low)), place(x0, y0)], colour, dash="2 4"))
        parts.append(stroke([place(*point) for point in points], colour, width=2))
        parts += [circle(*place(*point), colour) for point in points]
        parts.append(text(LEFT + 8, TOP + 14 + 16 * at_line, name, anchor="start", colour=colour))
    return "\n".join([*parts, "</g>"])


def picture(panels: Sequence[str]) -> str:
    """Put panels beside each other."""
    size = f'width="{WIDTH * len(panels)}" height="{HEIGHT}" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="11"'
    ground = '<rect width="100%" height="100%" fill="white"/>'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>', ground, *panels, "</svg>\n"])


def decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten around some numbers."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def stroke(points: Points, colour: str, *, width: float = 1, dash: str = "") -> str:
    places = " ".join(f"{x},{y}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def circle(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'


def text(x: float, y: float, words: str, *, anchor: str = "middle", size: int = 11, colour: str = "#333") -> str:
    look = f'text-anchor="{anchor}" font-size="{size}" fill="{colour}"'
    return f'<text x="{x}" y="{y}" {look}>{escape(words)}</text>'
