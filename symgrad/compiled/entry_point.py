"""One point without Python in between: a function of CPython's own kind, in LLVM's assembly.

It takes a dictionary of floats and gives a tuple: the results, or the first one and a dictionary of the others. Objects
are made and looked up by functions of Python's stable interface; only an object's type and a float's number are read
from memory, where `familiar` has found them.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from symgrad.compiled import machine
from symgrad.compiled.calls import LANES, VECTOR

SYMBOL = "symgrad_point"
BYTES = bytes.__basicsize__ - 1
"""Where the characters of a bytes object begin."""

USED = (
    *(
        "PyDict_GetItem",
        "PyDict_New",
        "PyDict_SetItem",
        "PyFloat_FromDouble",
        "PyTuple_New",
        "PyTuple_SetItem",
    ),
    *("Py_IncRef", "Py_DecRef", "PyLong_AsSsize_t", "PyTuple_Size", "PyTuple_GetItem"),
)
METH_O = 8


class Method(ctypes.Structure):
    """CPython's PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


@cache
def familiar() -> bool:
    """Whether objects lie in memory as the code reads them: each field is looked at in a probe."""
    if sys.implementation.name != "cpython" or object.__basicsize__ != 16 or sys.byteorder != "little":
        return False
    if not getattr(sys, "_is_gil_enabled", lambda: True)() or hasattr(sys, "gettotalrefcount"):
        return False
    number, text = 8.125, b"a probe"
    return (
        ctypes.c_size_t.from_address(id(number) + 8).value == id(float)
        and ctypes.c_double.from_address(id(number) + 16).value == number
        and ctypes.string_at(id(text) + BYTES, len(text)) == text
        and all(hasattr(ctypes.pythonapi, name) for name in (*USED, "PyCFunction_NewEx"))
    )


def entry(
    address: int, names: Sequence[str], outputs: int, keys: Sequence[str] | None
) -> Callable[[Mapping[str, Any]], Any]:
    """The function: a dictionary -> the results; None where a value is missing or no float, or a quotient unusual.

    Whoever calls it keeps the machine code, the names and the keys alive.
    """
    words = (address, len(names), outputs, keys is not None, id(float), id(None))
    block = struct.pack(
        f"={6 + len(names) + len(keys or ())}Q", *words, *map(id, names), *map(id, keys or ())
    )
    return function(_method(), block)


def function(method: Method, block: bytes) -> Callable[..., Any]:
    """A function of CPython's kind, which reads a block first."""
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)
    at = ctypes.cast(ctypes.pythonapi.PyCFunction_NewEx, ctypes.c_void_p).value
    assert at is not None
    found: Callable[..., Any] = make(at)(ctypes.addressof(method), block, None)
    return found


@cache
def _method() -> Method:
    """What describes the function; it lives as long as the process."""
    return Method(b"point", machine.address(SYMBOL, text()), METH_O, None)


def python(name: str) -> str:
    """One of Python's functions in this process, as LLVM writes its address."""
    return f"inttoptr (i64 {ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value} to ptr)"


def text() -> str:
    """The module, with the addresses of Python's functions in this process."""
    api = {name: python(name) for name in USED}
    return f"""\
define ptr @{SYMBOL}(ptr %self, ptr %named) {{
entry:
  %block = getelementptr i8, ptr %self, i64 {BYTES}
  %kernel = load ptr, ptr %block
  %b1 = getelementptr i64, ptr %block, i64 1
  %inputs = load i64, ptr %b1
  %b2 = getelementptr i64, ptr %block, i64 2
  %outputs = load i64, ptr %b2
  %b3 = getelementptr i64, ptr %block, i64 3
  %keyed.word = load i64, ptr %b3
  %keyed = icmp ne i64 %keyed.word, 0
  %b4 = getelementptr i64, ptr %block, i64 4
  %float.type = load ptr, ptr %b4
  %b5 = getelementptr i64, ptr %block, i64 5
  %none = load ptr, ptr %b5
  %names = getelementptr i64, ptr %block, i64 6
  %keys = getelementptr i64, ptr %names, i64 %inputs
  %both = add i64 %inputs, %outputs
  %lanes = alloca {VECTOR}, i64 %both, align 64
  %count = add i64 %both, %inputs
  %args = alloca i64, i64 %count, align 8
  br label %input
input:
  %i = phi i64 [ 0, %entry ], [ %i.next, %spread ]
  %name.at = getelementptr ptr, ptr %names, i64 %i
  %name = load ptr, ptr %name.at
  %x = call ptr {api["PyDict_GetItem"]}(ptr %named, ptr %name)
  %lacks = icmp eq ptr %x, null
  br i1 %lacks, label %unusual, label %look
look:
  %type.at = getelementptr i8, ptr %x, i64 8
  %type = load ptr, ptr %type.at
  %is.float = icmp eq ptr %type, %float.type
  br i1 %is.float, label %spread, label %unusual
spread:
  %number.at = getelementptr i8, ptr %x, i64 16
  %number = load double, ptr %number.at
  %first = insertelement {VECTOR} poison, double %number, i64 0
  %all = shufflevector {VECTOR} %first, {VECTOR} poison, <{LANES} x i32> zeroinitializer
  %lane = getelementptr {VECTOR}, ptr %lanes, i64 %i
  store {VECTOR} %all, ptr %lane, align 64
  %twice = shl i64 %i, 1
  %where = getelementptr i64, ptr %args, i64 %twice
  store ptr %lane, ptr %where
  %step = getelementptr i64, ptr %where, i64 1
  store i64 0, ptr %step
  %i.next = add i64 %i, 1
  %i.more = icmp slt i64 %i.next, %inputs
  br i1 %i.more, label %input, label %places
places:
  %outs = getelementptr {VECTOR}, ptr %lanes, i64 %inputs
  %double = shl i64 %inputs, 1
  %rest = getelementptr i64, ptr %args, i64 %double
  br label %place
place:
  %j = phi i64 [ 0, %places ], [ %j.next, %place ]
  %out = getelementptr {VECTOR}, ptr %outs, i64 %j
  %to = getelementptr i64, ptr %rest, i64 %j
  store ptr %out, ptr %to
  %j.next = add i64 %j, 1
  %j.more = icmp slt i64 %j.next, %outputs
  br i1 %j.more, label %place, label %compute
compute:
  %bad = call i64 %kernel(ptr %args, i64 0, i64 {LANES})
  %good = icmp eq i64 %bad, 0
  br i1 %good, label %build, label %unusual
unusual:
  call void {api["Py_IncRef"]}(ptr %none)
  ret ptr %none
build:
  %size = select i1 %keyed, i64 2, i64 %outputs
  %whole = call ptr {api["PyTuple_New"]}(i64 %size)
  %no.whole = icmp eq ptr %whole, null
  br i1 %no.whole, label %failed, label %value
value:
  %y0 = load double, ptr %outs
  %result0 = call ptr {api["PyFloat_FromDouble"]}(double %y0)
  %no.result0 = icmp eq ptr %result0, null
  br i1 %no.result0, label %drop, label %set.value
set.value:
  %set0 = call i32 {api["PyTuple_SetItem"]}(ptr %whole, i64 0, ptr %result0)
  br i1 %keyed, label %dictionary, label %others
dictionary:
  %grad = call ptr {api["PyDict_New"]}()
  %no.grad = icmp eq ptr %grad, null
  br i1 %no.grad, label %drop, label %set.grad
set.grad:
  %set1 = call i32 {api["PyTuple_SetItem"]}(ptr %whole, i64 1, ptr %grad)
  br label %others
others:
  %table = phi ptr [ null, %set.value ], [ %grad, %set.grad ]
  br label %other
other:
  %k = phi i64 [ 1, %others ], [ %k.next, %added ]
  %k.more = icmp slt i64 %k, %outputs
  br i1 %k.more, label %another, label %end
another:
  %y.at = getelementptr {VECTOR}, ptr %outs, i64 %k
  %y = load double, ptr %y.at
  %result = call ptr {api["PyFloat_FromDouble"]}(double %y)
  %no.result = icmp eq ptr %result, null
  br i1 %no.result, label %drop, label %have
have:
  br i1 %keyed, label %by.key, label %by.place
by.key:
  %before = sub i64 %k, 1
  %key.at = getelementptr ptr, ptr %keys, i64 %before
  %key = load ptr, ptr %key.at
  %set2 = call i32 {api["PyDict_SetItem"]}(ptr %table, ptr %key, ptr %result)
  call void {api["Py_DecRef"]}(ptr %result)
  %no.set = icmp ne i32 %set2, 0
  br i1 %no.set, label %drop, label %added
by.place:
  %set3 = call i32 {api["PyTuple_SetItem"]}(ptr %whole, i64 %k, ptr %result)
  br label %added
added:
  %k.next = add i64 %k, 1
  br label %other
end:
  ret ptr %whole
drop:
  call void {api["Py_DecRef"]}(ptr %whole)
  br label %failed
failed:
  ret ptr null
}}"""
