"""Where boxes stand: a layered drawing from left to right, with few crossings and short arrows.

Sugiyama's method: layers by the longest path, long arrows cut at every layer, orders by the mean of the neighbours,
and heights as close to the neighbours as the order allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

GAP_X, GAP_Y = 44.0, 14.0
SWEEPS = 12


@dataclass(frozen=True)
class Layout:
    """The place of each box (its upper left corner), the route of each arrow, and the size of the whole."""

    places: tuple[tuple[float, float], ...]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


def layout(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]]) -> Layout:
    """Lay boxes out.

    Args:
        sizes: width and height of each box; operands stand before what is made of them.
        edges: (tail, head); those of one head in the order in which they arrive, from above.
    """
    grid = _Grid(sizes, edges)
    grid.order()
    grid.settle()
    return grid.result()


class _Grid:
    """Boxes and the points where arrows pass a layer, together called cells."""

    def __init__(self, sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]]) -> None:
        self.sizes = list(sizes)
        self.layer = _layers(len(sizes), edges)
        self.left: list[list[int]] = [[] for _ in sizes]
        self.right: list[list[int]] = [[] for _ in sizes]
        self.ports: list[list[float]] = [[] for _ in sizes]
        self.arrivals = _arrivals(edges)
        self.chains: list[list[int]] = []
        for (tail, head), arrival in zip(edges, self.arrivals, strict=True):
            chain = [tail]
            for at in range(self.layer[tail] + 1, self.layer[head]):
                chain.append(len(self.sizes))
                self.sizes.append((0.0, 2.0))
                self.layer.append(at)
                self.left.append([])
                self.right.append([])
                self.ports.append([])
            chain.append(head)
            for a, b in pairwise(chain):
                self.right[a].append(b)
                self.left[b].append(a)
                self.ports[a].append(arrival - 0.5 if b == head else 0.0)
            self.chains.append(chain)
        self.rows: list[list[int]] = [[] for _ in range(max(self.layer, default=-1) + 1)]
        for cell, at in enumerate(self.layer):
            self.rows[at].append(cell)
        self.y = [0.0] * len(self.sizes)

    def order(self) -> None:
        """Sort each layer by the mean position of its neighbours, to and fro; the best order is kept."""
        best, fewest = [list(row) for row in self.rows], self.crossings()
        for sweep in range(SWEEPS):
            place = self.places()
            forth = sweep % 2 == 0
            for row in self.rows if forth else reversed(self.rows):
                row.sort(key=lambda c: _mean(self.wish(c, place, forth), place[c]))
                place.update({c: i / max(len(row) - 1, 1) for i, c in enumerate(row)})
            found = self.crossings()
            if found < fewest:
                best, fewest = [list(row) for row in self.rows], found
        self.rows = best

    def wish(self, cell: int, place: dict[int, float], forth: bool) -> list[float]:
        """Where the neighbours on one side stand; of a head, where the arrow arrives."""
        if forth:
            return [place[n] for n in self.left[cell]]
        return [
            place[n] + port / len(self.rows[self.layer[n]])
            for n, port in zip(self.right[cell], self.ports[cell], strict=True)
        ]

    def places(self) -> dict[int, float]:
        """How far down each cell stands in its layer, from 0 to 1."""
        return {c: i / max(len(row) - 1, 1) for row in self.rows for i, c in enumerate(row)}

    def crossings(self) -> int:
        """How often arrows cross between neighbouring layers."""
        total = 0
        place = {c: i for row in self.rows for i, c in enumerate(row)}
        for row in self.rows:
            ends: list[float] = []
            for cell in row:
                heads = sorted(place[n] + p for n, p in zip(self.right[cell], self.ports[cell], strict=True))
                total += sum(end > head for head in heads for end in ends)
                ends += heads
        return total

    def settle(self) -> None:
        """Give each cell a height near its neighbours' mean, in the order that was found."""
        for row in self.rows:
            self.put(row, [0.0] * len(row))
        both = [a + b for a, b in zip(self.left, self.right, strict=True)]
        for beside in (self.left, self.right, self.left, self.right, both, self.left, self.right, both):
            for row in self.rows if beside is not self.right else reversed(self.rows):
                self.put(row, [_mean([self.y[n] for n in beside[c]], self.y[c]) for c in row])

    def put(self, row: list[int], wanted: list[float]) -> None:
        """The heights nearest to the wanted ones that keep order and gaps (pool adjacent violators)."""
        down: list[float] = [0.0]
        for above, below in pairwise(row):
            down.append(down[-1] + (self.sizes[above][1] + self.sizes[below][1]) / 2 + GAP_Y)
        pools: list[list[float]] = []
        for height, shift in zip(wanted, down, strict=False):
            pools.append([height - shift, 1.0])
            while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
                upper, n = pools.pop()
                lower, m = pools[-1]
                pools[-1] = [(upper * n + lower * m) / (n + m), n + m]
        flat = [y for y, n in pools for _ in range(int(n))]
        for cell, y, shift in zip(row, flat, down, strict=False):
            self.y[cell] = y + shift

    def result(self) -> Layout:
        """Corners of boxes and routes of arrows, with the origin in the upper left corner."""
        top = min((self.y[c] - h / 2 for c, (_, h) in enumerate(self.sizes)), default=0.0)
        bottom = max((self.y[c] + h / 2 for c, (_, h) in enumerate(self.sizes)), default=0.0)
        widths = [max(self.sizes[c][0] for c in row) for row in self.rows]
        starts = [sum(widths[:i]) + GAP_X * i for i in range(len(widths))]
        count = len(self.left) - sum(len(chain) - 2 for chain in self.chains)
        places = [
            (
                starts[self.layer[c]] + (widths[self.layer[c]] - self.sizes[c][0]) / 2,
                self.y[c] - self.sizes[c][1] / 2 - top,
            )
            for c in range(count)
        ]
        routes = []
        for chain, arrival in zip(self.chains, self.arrivals, strict=True):
            tail, *between, head = chain
            x, y = places[tail]
            points = [(x + self.sizes[tail][0], y + self.sizes[tail][1] / 2)]
            for c in between:
                start = starts[self.layer[c]]
                points += [(start, self.y[c] - top), (start + widths[self.layer[c]], self.y[c] - top)]
            x, y = places[head]
            points.append((x, y + self.sizes[head][1] * arrival))
            routes.append(tuple(points))
        width = starts[-1] + widths[-1] if widths else 0.0
        return Layout(tuple(places), tuple(routes), width, bottom - top)


def _arrivals(edges: Sequence[tuple[int, int]]) -> list[float]:
    """How far down its head's left side each arrow arrives, from 0 to 1."""
    totals = Counter(head for _, head in edges)
    so_far: Counter[int] = Counter()
    found = []
    for _, head in edges:
        so_far[head] += 1
        found.append(so_far[head] / (totals[head] + 1))
    return found


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The longest path to each box; what has no operands stands just left of the first box that uses it."""
    layer = [0] * count
    heads: list[list[int]] = [[] for _ in range(count)]
    made = {head for _, head in edges}
    for tail, head in edges:
        heads[tail].append(head)
    for box in range(count):  # operands stand before what is made of them
        for head in heads[box]:
            layer[head] = max(layer[head], layer[box] + 1)
    for box in range(count):
        if box not in made and heads[box]:
            layer[box] = min(layer[head] for head in heads[box]) - 1
    return layer


def _mean(found: list[float], otherwise: float) -> float:
    return sum(found) / len(found) if found else otherwise
