"""Quantisation and writing of the shipped tables."""

import hashlib
import os
import tempfile

import numpy as np

LEVELS = 127


def sha256(path):
    """Hex digest of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path, data):
    """Write bytes next to `path`, then rename over it, so that a reader never sees half a file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def save_npy(path, array, dtype):
    """Write an array as .npy version 1.0, little-endian, C order."""
    array = np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("<"))
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(handle, "wb") as file:
        np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def quantise(values, axes):
    """Signed bytes and f32 steps with values ~ bytes * step, one step over the given axes."""
    step = (np.abs(values).max(axis=axes, keepdims=True) / LEVELS).astype(np.float32)
    step[step == 0] = 1.0
    return np.round(values / step).clip(-LEVELS, LEVELS).astype(np.int8), step


def quantise_modes(modes):
    """i8 [K,V,3] and f32 [K]."""
    packed, step = quantise(modes, (1, 2))
    return packed, step.ravel()


def pack_expressions(shapes):
    """Sparse rows: starts u32 [E+1], vertices u16 [M], offsets i8 [M,3], scales f32 [E].

    Vertices whose offset rounds to zero are left out. An empty row has scale 1.
    """
    packed, step = quantise(shapes, (1, 2))
    used = [np.flatnonzero(row.any(axis=1)) for row in packed]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in used])])
    offsets = np.concatenate([packed[row, vertices] for row, vertices in enumerate(used)])
    return starts.astype(np.uint32), np.concatenate(used).astype(np.uint16), offsets, step.ravel()


def unpack_expressions(starts, vertices, offsets, scales, vertex_count):
    """Dense offsets f64 [E,V,3] in dm from the sparse rows."""
    shapes = np.zeros((len(scales), vertex_count, 3))
    for row, scale in enumerate(scales):
        span = slice(starts[row], starts[row + 1])
        shapes[row, vertices[span]] = offsets[span] * np.float64(scale)
    return shapes
