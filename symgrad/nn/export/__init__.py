"""Models for other programs: plain C, plain Python, ONNX."""

from symgrad.nn.export.c import to_c
from symgrad.nn.export.onnx import save_onnx, to_onnx
from symgrad.nn.export.python import to_python

__all__ = ["save_onnx", "to_c", "to_onnx", "to_python"]
