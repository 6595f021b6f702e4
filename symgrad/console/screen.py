"""The two streams: colours where they are wanted, signs that the encoding has, lines that are written over."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from symgrad.errors import UsageMistake
from symgrad.session.display import Segments, plain, width
from symgrad.session.paint import ansi, encodable

if TYPE_CHECKING:
    from symgrad.draw.picture import Picture

WIDEST = 200
NARROWEST = 40
MOST_BOXES = 60
"""More are too small to be read on a screen."""


class Screen:
    """Where the answer goes (`out`) and where everything else goes (`err`)."""

    def __init__(self, color: str = "auto", out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.out: TextIO = out or sys.stdout or io.StringIO()  # a stream can be closed from the start
        self.err: TextIO = err or sys.stderr or io.StringIO()
        self.color = color
        self.rewritable = 0
        """How many lines above the cursor may be written over."""

    @property
    def columns(self) -> int:
        """The width of the screen, within reason."""
        import shutil

        return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))

    @property
    def rows(self) -> int:
        """The height of the screen; a usual one where there is none."""
        return self._height() if self.out.isatty() else 24

    @property
    def signs(self) -> str:
        """Which signs the screen has for plots: Braille, half blocks, or ASCII."""
        encoding = getattr(self.out, "encoding", None) or "ascii"
        for name, sign in (("braille", "⣿"), ("blocks", "▀")):
            try:
                sign.encode(encoding)
            except (UnicodeEncodeError, LookupError):
                continue
            if name != "braille" or not (_old_console() or os.environ.get("TERM") == "linux"):
                return name
        return "ascii"

    @property
    def animated(self) -> bool:
        """Whether lines can be written over."""
        return self.out.isatty() and os.environ.get("TERM") != "dumb" and not _old_console()

    def colored(self, stream: TextIO) -> bool:
        """Whether colours are wanted on a stream."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR", "0") != "0" or os.environ.get("CLICOLOR_FORCE", "0") != "0":
            return True
        return stream.isatty() and os.environ.get("TERM") != "dumb" and not _old_console()

    def show(self, segments: Segments) -> None:
        """Print a part of the answer, at once."""
        self._write(self.out, segments)

    def tell(self, segments: Segments) -> None:
        """Print something beside the answer."""
        self.out.flush()
        self._write(self.err, segments)

    def line(self, text: str) -> None:
        """Print a line of text as it is."""
        self.show([("", text + "\n")])

    def picture(self, picture: Picture) -> bool:
        """Show the picture of a graph where the terminal shows pictures; whether it did."""
        from symgrad.console.image import codes, protocol

        kind = protocol() if self.animated and len(picture.boxes) <= MOST_BOXES else ""
        if not kind:
            return False
        from symgrad.draw.files import encoded

        try:
            png = encoded(picture, "png")
        except UsageMistake:  # no program makes it: there is the tree of text
            return False
        self._write(self.out, [("", codes(png, kind))])
        return True

    def show_for_now(self, segments: Segments) -> None:
        """Print lines that `replace` will write over."""
        self.show(segments)
        self.rewritable = plain(segments).count("\n") if self.fits(segments) else 0

    def fits(self, segments: Segments) -> bool:
        """Whether lines can be written over: each is one line of the screen, and all of them are on it."""
        lines = plain(segments).split("\n")[:-1]
        return all(width(line) < self.columns for line in lines) and len(lines) < self._height() - 1

    def replace(self, segments: Segments) -> None:
        """Print over what `show_for_now` left."""
        self.out.write(f"\x1b[{self.rewritable}A\r\x1b[J" if self.rewritable else "")
        self.rewritable = 0
        self.show(segments)

    def _height(self) -> int:
        import shutil

        return shutil.get_terminal_size().lines

    def _write(self, stream: TextIO, segments: Segments) -> None:
        text = ansi(segments) if self.colored(stream) else plain(segments)
        stream.write(encodable(text, getattr(stream, "encoding", None) or "utf-8"))
        stream.flush()


def _old_console() -> bool:
    """A Windows console that may not understand escape sequences."""
    return sys.platform == "win32" and not (os.environ.get("WT_SESSION") or os.environ.get("TERM"))
