"""Headers of JSON followed by the raw numbers of one-dimensional arrays, over a pipe."""

import json
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def send(stream: IO[bytes], header: dict[str, Any], arrays: list[Array]) -> None:
    shapes = [[array.dtype.str, len(array)] for array in arrays]
    stream.write(json.dumps({**header, "arrays": shapes}).encode() + b"\n")
    for array in arrays:
        stream.write(np.ascontiguousarray(array).tobytes())
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[Array]] | None:
    """None when the other end is gone."""
    line = stream.readline()
    if not line:
        return None
    header: dict[str, Any] = json.loads(line)
    arrays: list[Array] = []
    for kind, length in header["arrays"]:
        size = np.dtype(kind).itemsize * length
        content = stream.read(size)
        if len(content) != size:
            return None
        arrays.append(np.frombuffer(content, dtype=kind))
    return header, arrays
