"""Machine code that many kernels call and rarely run, compiled once for the process: the slow lanes of huge angles."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

_LOCK = threading.Lock()
_ENGINES: dict[str, Any] = {}
"""Symbol -> what owns its code; it lives as long as the process, as the kernels that jump into it may."""


def provide(helpers: Mapping[str, str], machine: Any) -> None:
    """Make symbols known to all modules that are compiled from here on, from the texts that define them."""
    import llvmlite.binding as llvm

    with _LOCK:
        for symbol, text in helpers.items():
            if symbol not in _ENGINES:
                engine = llvm.create_mcjit_compiler(llvm.parse_assembly(text), machine())
                engine.finalize_object()
                llvm.add_symbol(symbol, engine.get_function_address(symbol))
                _ENGINES[symbol] = engine
