"""A graph as a page that can be touched: one HTML file, which computes by JavaScript generated from the op table."""

from symgrad.page.document import page

__all__ = ["page"]
