"""A formula over the rows of a file larger than memory."""

from symgrad.stream.run import Report, map_file, mapping

__all__ = ["Report", "map_file", "mapping"]
