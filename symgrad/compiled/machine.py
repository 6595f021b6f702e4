"""LLVM, through llvmlite: text in, addresses of functions out."""

from __future__ import annotations

import ctypes
import importlib.util
import threading
from functools import cache
from typing import Any

from symgrad.compiled.calls import MANY, ONE
from symgrad.compiled.helpers import provide
from symgrad.compiled.module import Text
from symgrad.compiled.pieces import CALLED

_LOCK = threading.RLock()
"""llvmlite compiles one module at a time."""

QUICK, FULL = "quick", "full"


@cache
def available() -> bool:
    """Whether kernels can be compiled here: whether llvmlite is installed."""
    return importlib.util.find_spec("llvmlite") is not None


@cache
def _initialised() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def _machine(opt: int) -> Any:
    """Code for this processor."""
    llvm = _initialised()
    return llvm.Target.from_default_triple().create_target_machine(
        opt=opt, cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten()
    )


def _optimise(module: Any) -> None:
    """LLVM's whole pipeline."""
    llvm = _initialised()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(_machine(3), options)
    builder.getModulePassManager().run(module, builder)


class Code:
    """Machine code, alive as long as this object.

    Attributes:
        run: (arguments, start, stop) -> whether quotients have to be computed one by one.
        address: of that function.
    """

    __slots__ = ("_engine", "address", "run")

    def __init__(self, text: Text, tier: str) -> None:
        llvm = _initialised()
        with _LOCK:
            rare = {symbol: body for symbol, body in text.helpers.items() if symbol not in CALLED}
            provide(rare, lambda: _machine(0))  # slow lanes
            provide(text.helpers, lambda: _machine(2))
            module = llvm.parse_assembly(text.body)
            if tier == FULL:
                _optimise(module)
            self._engine = llvm.create_mcjit_compiler(module, _machine(level(text, tier)))
            self._engine.finalize_object()
        self.address = self._engine.get_function_address("kernel")
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
        self.run = kind(self.address)


SHORT = 50_000
"""Characters of a text up to which code is made with care in the quick tier too."""


def level(text: Text, tier: str) -> int:
    """How hard LLVM tries to allot registers and to order instructions, from 0 to 3.

    In long texts that takes most of the time, and gains little: they mostly call, and pass values in memory.
    """
    return 3 if tier == FULL else int(len(text.body) < SHORT)


@cache
def one() -> Any:
    """The way in for one point: (block) -> as `Code.run`. It does not let other threads run: it is over too soon."""
    return ctypes.PYFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(address("symgrad_one", ONE))


@cache
def many() -> Any:
    """The way in for arrays as they mostly are: (block) -> as `Code.run`, or -1."""
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(address("symgrad_many", MANY))


def address(symbol: str, text: str) -> int:
    """Where a function is that the process has once, from the module that defines it."""
    with _LOCK:
        provide({symbol: text}, lambda: _machine(2))
        return int(_initialised().address_of_symbol(symbol))


def assembly(text: Text, tier: str) -> str:
    """The processor's instructions, to read."""
    llvm = _initialised()
    with _LOCK:
        module = llvm.parse_assembly(text.body)
        if tier == FULL:
            _optimise(module)
        return str(_machine(level(text, tier)).emit_assembly(module))


@cache
def narrow() -> bool:
    """Whether eight doubles do not fit into one register."""
    return not _initialised().get_host_cpu_features().get("avx512f", False)


def processor() -> str:
    """The processor as LLVM calls it."""
    return str(_initialised().get_host_cpu_name())
