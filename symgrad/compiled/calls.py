"""Short ways into a kernel, in LLVM's assembly: for a point, and for arrays as they mostly are."""

from __future__ import annotations

LANES = 8
VECTOR = f"<{LANES} x double>"

ONE = f"""\
define i64 @symgrad_one(ptr %block) {{
entry:
  %kernel = load ptr, ptr %block
  %inputs.at = getelementptr i64, ptr %block, i64 1
  %inputs = load i64, ptr %inputs.at
  %outputs.at = getelementptr i64, ptr %block, i64 2
  %outputs = load i64, ptr %outputs.at
  %numbers = getelementptr i64, ptr %block, i64 3
  %both = add i64 %inputs, %outputs
  %lanes = alloca {VECTOR}, i64 %both, align 64
  %count = add i64 %both, %inputs
  %args = alloca i64, i64 %count, align 8
  br label %spread
spread:
  %i = phi i64 [ 0, %entry ], [ %i.next, %spread ]
  %x.at = getelementptr double, ptr %numbers, i64 %i
  %x = load double, ptr %x.at
  %first = insertelement {VECTOR} poison, double %x, i64 0
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
  br i1 %i.more, label %spread, label %places
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
  br label %gather
gather:
  %k = phi i64 [ 0, %compute ], [ %k.next, %gather ]
  %y.from = getelementptr {VECTOR}, ptr %outs, i64 %k
  %y = load double, ptr %y.from
  %slot = add i64 %inputs, %k
  %y.at = getelementptr double, ptr %numbers, i64 %slot
  store double %y, ptr %y.at
  %k.next = add i64 %k, 1
  %k.more = icmp slt i64 %k.next, %outputs
  br i1 %k.more, label %gather, label %end
end:
  ret i64 %bad
}}"""
"""A point: the block holds the kernel's address, the numbers of inputs and outputs, and their values."""

MANY = f"""\
define internal i64 @symgrad_run(ptr %block, i64 %n, ptr %objects) {{
entry:
  %kernel = load ptr, ptr %block
  %b1 = getelementptr i64, ptr %block, i64 1
  %inputs = load i64, ptr %b1
  %b2 = getelementptr i64, ptr %block, i64 2
  %outputs = load i64, ptr %b2
  %b3 = getelementptr i64, ptr %block, i64 3
  %array.type = load ptr, ptr %b3
  %b4 = getelementptr i64, ptr %block, i64 4
  %float.type = load ptr, ptr %b4
  %b5 = getelementptr i64, ptr %block, i64 5
  %double.type = load ptr, ptr %b5
  %b6 = getelementptr i64, ptr %block, i64 6
  %steps = load i64, ptr %b6
  %numbers = icmp ne i64 %steps, 0
  %both = add i64 %inputs, %outputs
  %count = add i64 %both, %inputs
  %lanes = alloca {VECTOR}, i64 %inputs, align 64
  %args = alloca i64, i64 %count, align 8
  %places = alloca i64, i64 %both, align 8
  %bytes = shl i64 %n, 3
  %minus = sub i64 0, %bytes
  br label %object
object:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %is.input = icmp slt i64 %i, %inputs
  %p.at = getelementptr ptr, ptr %objects, i64 %i
  %p = load ptr, ptr %p.at
  %type.at = getelementptr i8, ptr %p, i64 8
  %type = load ptr, ptr %type.at
  %is.array = icmp eq ptr %type, %array.type
  br i1 %is.array, label %array, label %number
array:
  %axes.at = getelementptr i8, ptr %p, i64 24
  %axes = load i32, ptr %axes.at
  %is.flat = icmp eq i32 %axes, 1
  br i1 %is.flat, label %flat, label %unusual
flat:
  %sizes.at = getelementptr i8, ptr %p, i64 32
  %sizes = load ptr, ptr %sizes.at
  %size = load i64, ptr %sizes
  %fits = icmp eq i64 %size, %n
  %strides.at = getelementptr i8, ptr %p, i64 40
  %strides = load ptr, ptr %strides.at
  %stride = load i64, ptr %strides
  %close = icmp eq i64 %stride, 8
  %dtype.at = getelementptr i8, ptr %p, i64 56
  %dtype = load ptr, ptr %dtype.at
  %doubles = icmp eq ptr %dtype, %double.type
  %flags.at = getelementptr i8, ptr %p, i64 64
  %flags = load i32, ptr %flags.at
  %wanted = select i1 %is.input, i32 256, i32 1280
  %present = and i32 %flags, %wanted
  %flagged = icmp eq i32 %present, %wanted
  %ok1 = and i1 %fits, %close
  %ok2 = and i1 %doubles, %flagged
  %ok = and i1 %ok1, %ok2
  %data.at = getelementptr i8, ptr %p, i64 16
  %data = load i64, ptr %data.at
  br i1 %ok, label %keep, label %unusual
number:
  %is.float = icmp eq ptr %type, %float.type
  %an.input = and i1 %is.float, %is.input
  %given = and i1 %an.input, %numbers
  br i1 %given, label %spread, label %unusual
spread:
  %x.at = getelementptr i8, ptr %p, i64 16
  %x = load double, ptr %x.at
  %first = insertelement {VECTOR} poison, double %x, i64 0
  %all = shufflevector {VECTOR} %first, {VECTOR} poison, <{LANES} x i32> zeroinitializer
  %lane = getelementptr {VECTOR}, ptr %lanes, i64 %i
  store {VECTOR} %all, ptr %lane, align 64
  %lane.data = ptrtoint ptr %lane to i64
  br label %keep
keep:
  %where = phi i64 [ %data, %flat ], [ %lane.data, %spread ]
  %step = phi i64 [ 1, %flat ], [ 0, %spread ]
  %place = getelementptr i64, ptr %places, i64 %i
  store i64 %where, ptr %place
  br i1 %is.input, label %input, label %output
input:
  %twice = shl i64 %i, 1
  %a0 = getelementptr i64, ptr %args, i64 %twice
  store i64 %where, ptr %a0
  %a1 = getelementptr i64, ptr %a0, i64 1
  store i64 %step, ptr %a1
  br label %next
output:
  %slot = add i64 %i, %inputs
  %a2 = getelementptr i64, ptr %args, i64 %slot
  store i64 %where, ptr %a2
  br label %apart
apart:
  %j = phi i64 [ 0, %output ], [ %j.next, %far ]
  %more = icmp slt i64 %j, %i
  br i1 %more, label %compare, label %next
compare:
  %other.at = getelementptr i64, ptr %places, i64 %j
  %other = load i64, ptr %other.at
  %gap = sub i64 %where, %other
  %below = icmp slt i64 %gap, %bytes
  %above = icmp sgt i64 %gap, %minus
  %overlap = and i1 %below, %above
  br i1 %overlap, label %unusual, label %far
far:
  %j.next = add i64 %j, 1
  br label %apart
next:
  %i.next = add i64 %i, 1
  %i.more = icmp slt i64 %i.next, %both
  br i1 %i.more, label %object, label %run
run:
  %bad = call i64 %kernel(ptr %args, i64 0, i64 %n)
  ret i64 %bad
unusual:
  ret i64 -1
}}
define i64 @symgrad_many(ptr %block) {{
entry:
  %n.at = getelementptr i64, ptr %block, i64 7
  %n = load i64, ptr %n.at
  %objects = getelementptr i64, ptr %block, i64 8
  %bad = call i64 @symgrad_run(ptr %block, i64 %n, ptr %objects)
  ret i64 %bad
}}"""
"""Many points in contiguous arrays of doubles, or floats that are the same at all.

The block holds the kernel's address, the numbers of inputs and outputs, the addresses of the types of arrays, floats
and doubles, whether numbers are allowed, the number of points, and the addresses of the objects. -1 if something is
otherwise, and then nothing has been computed. It reads the fields of NumPy's arrays and of floats where
`arrays.familiar` has found them."""
