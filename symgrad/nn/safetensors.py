"""The safetensors format: named arrays in a file that holds no code.

Eight bytes with the length of a JSON header, the header, and the raw numbers. The format is so simple that reading and
writing it here costs less than the library would, and gives what the library does not: a file that is never half
written, and names what is wrong with a damaged one. The library reads these files, and this reads the library's.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import UsageMistake

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
}
"""The format's names of element types, and NumPy's."""

MOST_HEADER = 100_000_000
"""The format allows no longer header."""


def write(path: str | Path, tensors: Mapping[str, Any], metadata: Mapping[str, str]) -> None:
    """Write arrays (as doubles) and metadata to a file, atomically: after a crash it is the old one or the new one.

    A checksum of the numbers is added to the metadata.

    Raises:
        UsageMistake: SG522, the file cannot be written.
    """
    import numpy as np

    header: dict[str, Any] = {}
    chunks, place = [], 0
    for name, tensor in tensors.items():
        array = np.asarray(tensor, dtype="<f8")
        data = array.tobytes()
        header[name] = {
            "dtype": "F64",
            "shape": list(array.shape),
            "data_offsets": [place, place + len(data)],
        }
        chunks.append(data)
        place += len(data)
    body = b"".join(chunks)
    header["__metadata__"] = {**metadata, "sha256": hashlib.sha256(body).hexdigest()}
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned
    replace_file(Path(path), struct.pack("<Q", len(text)) + text + body)


def replace_file(path: Path, content: bytes) -> None:
    """Put content under a name, all of it or nothing: a file beside it, on the disk for certain, takes its place.

    Raises:
        UsageMistake: SG522, it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)  # noqa: PTH105  # the one call whose atomicity everything rests on
        _sync_folder(path.parent)
        _sweep(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageMistake("SG522", f"{path} cannot be written: {error.strerror or error}") from None


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too, where the system knows how."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(path: Path) -> None:
    """Remove what processes left that were killed while they wrote."""
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        owner = left.name.split(".")[-2]
        if owner.isdigit() and os.name == "posix":
            try:
                os.kill(int(owner), 0)
            except ProcessLookupError:
                left.unlink(missing_ok=True)
            except PermissionError:
                pass


def read(path: str | Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The arrays (read-only) and the metadata of a file.

    Raises:
        UsageMistake: SG518, it cannot be read; SG710, it is damaged or no such file.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageMistake("SG518", f"{file} cannot be read: {error.strerror or error}") from None
    header, body = _header(file, content)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        raise _damaged(file, "its metadata are no record")
    expected = metadata.get("sha256")
    if expected is not None and expected != hashlib.sha256(body).hexdigest():
        raise _damaged(file, "its checksum is not that of its numbers")
    tensors = {name: _tensor(file, name, entry, body) for name, entry in header.items()}
    return tensors, {str(k): str(v) for k, v in metadata.items()}


def _header(file: Path, content: bytes) -> tuple[dict[str, Any], bytes]:
    if len(content) < 8:
        raise _damaged(file, "it is too short")
    (length,) = struct.unpack("<Q", content[:8])
    if length > min(len(content) - 8, MOST_HEADER):
        raise _damaged(file, "its header is cut off, or it is no safetensors file")
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError):
        raise _damaged(file, "its header is no JSON") from None
    if not isinstance(header, dict):
        raise _damaged(file, "its header is no record")
    return header, content[8 + length :]


def _tensor(file: Path, name: str, entry: Any, body: bytes) -> NDArray[Any]:
    import math

    import numpy as np

    try:
        kind, shape, (start, stop) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        dtype = np.dtype(KINDS[kind])
        if not 0 <= start <= stop <= len(body) or math.prod(shape) * dtype.itemsize != stop - start:
            raise _damaged(file, f"the place of {name} is outside of it")
        return np.frombuffer(body[start:stop], dtype).reshape(shape)  # read-only, as bytes are
    except (KeyError, TypeError, ValueError):
        raise _damaged(file, f"the entry of {name} is not understood") from None


def _damaged(file: Path, why: str) -> UsageMistake:
    return UsageMistake("SG710", f"{file} is damaged: {why}")
