"""A canvas of characters: Braille dots, half blocks or ASCII, in the colour of what was drawn last in each cell."""

from __future__ import annotations

import math

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
HALVES = {1: "▀", 2: "▄", 3: "█"}
SIZES = {"braille": (2, 4), "blocks": (1, 2), "ascii": (1, 1)}


class Canvas:
    """Cells of a screen, each of some dots; (0, 0) is the dot at the top left."""

    def __init__(self, columns: int, rows: int, signs: str) -> None:
        self.columns = columns
        self.rows = rows
        self.signs = signs
        self.across, self.down = SIZES[signs]
        self.width, self.height = columns * self.across, rows * self.down
        self.dots = [[0] * columns for _ in range(rows)]
        self.styles = [[""] * columns for _ in range(rows)]
        self.words: dict[tuple[int, int], str] = {}

    def dot(self, x: float, y: float, style: str, letter: str = "*") -> None:
        """Set one dot; in ASCII a letter stands for it."""
        i, j = math.floor(x), math.floor(y)
        if not (0 <= i < self.width and 0 <= j < self.height):
            return
        column, row = i // self.across, j // self.down
        if self.signs == "braille":
            bit = DOTS[j % 4][i % 2]
        else:
            bit = 1 << (j % self.down) if self.signs == "blocks" else ord(letter)
        self.dots[row][column] = bit if self.signs == "ascii" else self.dots[row][column] | bit
        self.styles[row][column] = style

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        style: str,
        letter: str = "*",
        dash: int = 0,
    ) -> None:
        """A straight line; `dash` leaves out every other run of so many dots."""
        (x, y), (u, v) = start, end
        steps = max(1, math.ceil(max(abs(u - x), abs(v - y))))
        for k in range(steps + 1):
            if not dash or k // dash % 2 == 0:
                self.dot(x + (u - x) * k / steps, y + (v - y) * k / steps, style, letter)

    def write(self, column: int, row: int, text: str, style: str) -> None:
        """Letters over the dots, as far as there is room."""
        for k, character in enumerate(text):
            if 0 <= column + k < self.columns and 0 <= row < self.rows:
                self.words[column + k, row] = character
                self.styles[row][column + k] = style

    def lines(self) -> list[list[tuple[str, str]]]:
        """The rows as pieces of one style each."""
        found: list[list[tuple[str, str]]] = []
        for row in range(self.rows):
            line: list[tuple[str, str]] = []
            for column in range(self.columns):
                sign = self.words.get((column, row)) or self._sign(self.dots[row][column])
                style = self.styles[row][column] if sign != " " else ""
                if line and line[-1][0] == style:
                    line[-1] = (style, line[-1][1] + sign)
                else:
                    line.append((style, sign))
            found.append(line)
        return found

    def _sign(self, bits: int) -> str:
        if not bits:
            return " "
        if self.signs == "braille":
            return chr(0x2800 + bits)
        return HALVES[bits] if self.signs == "blocks" else chr(bits)
