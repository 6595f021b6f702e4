"""Short calls for arrays without Python in between: functions of CPython's own kind, in LLVM's assembly.

Both read arrays as `calls.MANY` does. One takes the objects one by one; the other finds them itself, in the mapping
that a kernel is called with and in the results of an earlier call. Other threads wait meanwhile.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from symgrad.compiled import machine
from symgrad.compiled.calls import MANY
from symgrad.compiled.entry_point import BYTES, Method, function, python

POINTS, INTO = "symgrad_points", "symgrad_into"
METH_FASTCALL = 128

LEAST = 8
"""Machine code computes so many points at least."""


def points(header: bytes) -> Callable[..., Any]:
    """The function: number of points, inputs, arrays for the results -> True; None if something is otherwise.

    Args:
        header: the head of the block of `calls.MANY`; whoever calls keeps what it names alive.
    """
    return function(_points(), header)


def into(
    header: bytes, most: int, names: Sequence[str], keys: Sequence[str] | None
) -> Callable[[Any, Any], Any]:
    """The function: bindings, what a call returned -> True; None if something is otherwise, and nothing is done.

    Args:
        header: as above.
        most: it is for fewer points.
        names: the inputs, kept alive by the caller.
        keys: of the results but the first, if they come in a dictionary; kept alive too.
    """
    words = (most, keys is not None, *map(id, names), *map(id, keys or ()))
    return function(_into(), header + struct.pack(f"={len(words)}Q", *words))


@cache
def _points() -> Method:
    return Method(b"points", machine.address(POINTS, _points_text()), METH_FASTCALL, None)


@cache
def _into() -> Method:
    return Method(b"into", machine.address(INTO, _into_text()), METH_FASTCALL, None)


def _object(x: object) -> str:
    """An object that lives as long as the process, as LLVM writes its address."""
    return f"inttoptr (i64 {id(x)} to ptr)"


def _answer() -> str:
    """True if all went well, else None."""
    return f"""\
  %good = icmp eq i64 %bad, 0
  %answer = select i1 %good, ptr {_object(True)}, ptr {_object(None)}
  call void {python("Py_IncRef")}(ptr %answer)
  ret ptr %answer"""


def _points_text() -> str:
    return f"""\
{MANY}
define ptr @{POINTS}(ptr %self, ptr %args, i64 %count) {{
entry:
  %head = getelementptr i8, ptr %self, i64 {BYTES}
  %first = load ptr, ptr %args
  %n = call i64 {python("PyLong_AsSsize_t")}(ptr %first)
  %objects = getelementptr ptr, ptr %args, i64 1
  %bad = call i64 @symgrad_run(ptr %head, i64 %n, ptr %objects)
{_answer()}
}}"""


def _into_text() -> str:
    return f"""\
{MANY}
define ptr @{INTO}(ptr %self, ptr %args, i64 %count) {{
entry:
  %head = getelementptr i8, ptr %self, i64 {BYTES}
  %h1 = getelementptr i64, ptr %head, i64 1
  %inputs = load i64, ptr %h1
  %h2 = getelementptr i64, ptr %head, i64 2
  %outputs = load i64, ptr %h2
  %h3 = getelementptr i64, ptr %head, i64 3
  %array.type = load ptr, ptr %h3
  %h7 = getelementptr i64, ptr %head, i64 7
  %most = load i64, ptr %h7
  %h8 = getelementptr i64, ptr %head, i64 8
  %keyed.word = load i64, ptr %h8
  %keyed = icmp ne i64 %keyed.word, 0
  %names = getelementptr i64, ptr %head, i64 9
  %both = add i64 %inputs, %outputs
  %objects = alloca ptr, i64 %both, align 8
  %named = load ptr, ptr %args
  %out.at = getelementptr ptr, ptr %args, i64 1
  %out = load ptr, ptr %out.at
  %named.type.at = getelementptr i8, ptr %named, i64 8
  %named.type = load ptr, ptr %named.type.at
  %is.mapping = icmp eq ptr %named.type, {_object(dict)}
  %out.type.at = getelementptr i8, ptr %out, i64 8
  %out.type = load ptr, ptr %out.type.at
  %is.tuple = icmp eq ptr %out.type, {_object(tuple)}
  %known = and i1 %is.mapping, %is.tuple
  br i1 %known, label %input, label %unusual
input:
  %i = phi i64 [ 0, %entry ], [ %i.next, %given ]
  %n = phi i64 [ -1, %entry ], [ %n.next, %given ]
  %name.at = getelementptr ptr, ptr %names, i64 %i
  %name = load ptr, ptr %name.at
  %x = call ptr {python("PyDict_GetItem")}(ptr %named, ptr %name)
  %lacks = icmp eq ptr %x, null
  br i1 %lacks, label %unusual, label %look
look:
  %x.at = getelementptr ptr, ptr %objects, i64 %i
  store ptr %x, ptr %x.at
  %type.at = getelementptr i8, ptr %x, i64 8
  %type = load ptr, ptr %type.at
  %is.array = icmp eq ptr %type, %array.type
  br i1 %is.array, label %array, label %given
array:
  %axes.at = getelementptr i8, ptr %x, i64 24
  %axes = load i32, ptr %axes.at
  %is.flat = icmp eq i32 %axes, 1
  br i1 %is.flat, label %flat, label %unusual
flat:
  %sizes.at = getelementptr i8, ptr %x, i64 32
  %sizes = load ptr, ptr %sizes.at
  %size = load i64, ptr %sizes
  br label %given
given:
  %n.next = phi i64 [ %n, %look ], [ %size, %flat ]
  %i.next = add i64 %i, 1
  %i.more = icmp slt i64 %i.next, %inputs
  br i1 %i.more, label %input, label %count.points
count.points:
  %enough = icmp sge i64 %n.next, {LEAST}
  %few = icmp slt i64 %n.next, %most
  %fits = and i1 %enough, %few
  %length = select i1 %keyed, i64 2, i64 %outputs
  %found = call i64 {python("PyTuple_Size")}(ptr %out)
  %complete = icmp eq i64 %found, %length
  %usual = and i1 %fits, %complete
  br i1 %usual, label %value, label %unusual
value:
  %outs = getelementptr ptr, ptr %objects, i64 %inputs
  %keys = getelementptr i64, ptr %names, i64 %inputs
  %y0 = call ptr {python("PyTuple_GetItem")}(ptr %out, i64 0)
  store ptr %y0, ptr %outs
  br i1 %keyed, label %dictionary, label %others
dictionary:
  %table = call ptr {python("PyTuple_GetItem")}(ptr %out, i64 1)
  %table.type.at = getelementptr i8, ptr %table, i64 8
  %table.type = load ptr, ptr %table.type.at
  %is.dictionary = icmp eq ptr %table.type, {_object(dict)}
  br i1 %is.dictionary, label %others, label %unusual
others:
  %held = phi ptr [ null, %value ], [ %table, %dictionary ]
  br label %other
other:
  %k = phi i64 [ 1, %others ], [ %k.next, %keep ]
  %k.more = icmp slt i64 %k, %outputs
  br i1 %k.more, label %another, label %run
another:
  br i1 %keyed, label %by.key, label %by.place
by.key:
  %before = sub i64 %k, 1
  %key.at = getelementptr ptr, ptr %keys, i64 %before
  %key = load ptr, ptr %key.at
  %of.key = call ptr {python("PyDict_GetItem")}(ptr %held, ptr %key)
  br label %keep.found
by.place:
  %of.place = call ptr {python("PyTuple_GetItem")}(ptr %out, i64 %k)
  br label %keep.found
keep.found:
  %y = phi ptr [ %of.key, %by.key ], [ %of.place, %by.place ]
  %no.y = icmp eq ptr %y, null
  br i1 %no.y, label %unusual, label %keep
keep:
  %y.at = getelementptr ptr, ptr %outs, i64 %k
  store ptr %y, ptr %y.at
  %k.next = add i64 %k, 1
  br label %other
run:
  %done = call i64 @symgrad_run(ptr %head, i64 %n.next, ptr %objects)
  br label %end
unusual:
  br label %end
end:
  %bad = phi i64 [ %done, %run ], [ -1, %unusual ]
{_answer()}
}}"""
