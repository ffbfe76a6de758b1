"""Judge the built package: tables, golden values, expression sides, and the fit to photographs.

`python check.py [photo ...] [--pictures FOLDER]` always fits the astronaut portrait that scikit-image carries; further
photos are optional. With `--pictures` it writes overlays of the fitted mesh and drawings of the tables.
Exits with an error when something is out of bounds.
"""

import argparse
import json
import os
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "2")

import numpy as np
from PIL import Image
from skimage import data

from build import PACKAGE
from expression import BLENDSHAPE_NAMES
from fit import HeadModel, at_landmarks, fit_head, person_matte
from golden import network_input
from landmark_sets import CANONICAL_COUNT, LANDMARK_COUNT, LEFT_IRIS, RIGHT_IRIS
from makehuman import EYE, SKIN, TEETH, TONGUE
from mesh import unit, vertex_normals
from networks import FaceNetworks, open_session
from parts import FACE
from portrait import render
from raster import barycentrics, look_at, rasterise
from tables import unpack_expressions

MAX_RMS = 0.03
"""Largest accepted landmark residual of a fit, in eye distances."""
PICTURE_SIZE = 512
FOCAL = PICTURE_SIZE * 3.65
DISTANCE = 11.0
TARGET = np.array([0.0, 7.2, 0.5])
RECOVERY_SEED = 5
RECOVERY_HEADS = 9
RECOVERY_SIGMA = 0.8
RECOVERY_DISTANCE = 14.0
RECOVERY_MIN_Z = 0.8
RECOVERY_FOCAL = PICTURE_SIZE * 4.0
MOST_SURE_SIDES = ("eyeBlink", "browDown", "browOuterUp", "mouthSmile", "eyeWide")
PART_COLOURS = np.array(
    [[225, 180, 150], [80, 170, 90], [80, 110, 210], [230, 190, 60], [150, 90, 170], [130, 130, 130]]
)


def load(tables, name):
    """One table."""
    return np.load(tables / f"{name}.npy", allow_pickle=False)


def load_model(tables):
    """The head model as a reader of the package sees it."""
    mean = load(tables, "head_mean").astype(np.float64)
    modes = load(tables, "head_modes") * load(tables, "head_mode_scales")[:, None, None].astype(np.float64)
    packed = [load(tables, f"expression_{name}") for name in ("starts", "vertices", "offsets", "scales")]
    return HeadModel(
        mean, modes, unpack_expressions(*packed, len(mean)), load(tables, "triangles").astype(int),
        load(tables, "vertex_kind"), load(tables, "landmark_triangles").astype(int),
        load(tables, "landmark_barycentrics").astype(np.float64), load(tables, "landmark_spread").astype(np.float64),
    )


def check_tables(tables, model):
    """Shapes, dtypes and ranges of every table."""
    vertex_count, triangle_count = len(model.mean), len(model.triangles)
    starts = load(tables, "expression_starts")
    moved = int(starts[-1])
    expected = {
        "head_mean": ("<f2", (vertex_count, 3)),
        "head_modes": ("|i1", (64, vertex_count, 3)),
        "head_mode_scales": ("<f4", (64,)),
        "expression_starts": ("<u4", (len(BLENDSHAPE_NAMES) + 1,)),
        "expression_vertices": ("<u2", (moved,)),
        "expression_offsets": ("|i1", (moved, 3)),
        "expression_scales": ("<f4", (len(BLENDSHAPE_NAMES),)),
        "triangles": ("<u2", (triangle_count, 3)),
        "outer": ("|u1", (triangle_count,)),
        "vertex_kind": ("|u1", (vertex_count,)),
        "vertex_part": ("|u1", (vertex_count,)),
        "landmark_triangles": ("<u2", (LANDMARK_COUNT,)),
        "landmark_barycentrics": ("<f4", (LANDMARK_COUNT, 3)),
        "landmark_spread": ("<f4", (LANDMARK_COUNT,)),
        "landmark_mirror": ("<u2", (LANDMARK_COUNT,)),
    }
    total = 0
    for name, (dtype, shape) in expected.items():
        table = load(tables, name)
        assert table.dtype.str == dtype and table.shape == shape, (name, table.dtype.str, table.shape)
        assert np.isfinite(table.astype(np.float64)).all() and table.flags.c_contiguous, name
        total += (tables / f"{name}.npy").stat().st_size
    assert model.triangles.max() < vertex_count and load(tables, "expression_vertices").max() < vertex_count
    assert starts[1] == 0 and (np.diff(starts.astype(int))[1:] > 0).all(), "only _neutral is empty"
    assert np.abs(model.landmark_weights.sum(axis=1) - 1).max() < 1e-5 and model.landmark_weights.min() >= 0
    mirror = load(tables, "landmark_mirror")
    assert (mirror[mirror] == np.arange(LANDMARK_COUNT)).all()
    places = at_landmarks(model, model.mean)
    asymmetry = np.linalg.norm(places[mirror] * [-1, 1, 1] - places, axis=1).max()
    kind_of_landmark = model.kind[model.triangles[model.landmark_triangle, 0]]
    assert (kind_of_landmark[:CANONICAL_COUNT] == SKIN).all() and (kind_of_landmark[CANONICAL_COUNT:] == EYE).all()
    sets = json.loads((tables / "landmark_sets.json").read_text())
    assert sets["blendshape_names"] == list(BLENDSHAPE_NAMES)
    assert (places[sets["left_eye"], 0] > 0).all() and (places[sets["right_brow"], 0] < 0).all()
    corners = model.mean[model.triangles]
    volume = np.einsum("td,td->t", np.cross(corners[:, 0], corners[:, 1]), corners[:, 2])
    for kind in (EYE, TEETH, TONGUE):
        members = corners[model.kind[model.triangles[:, 0]] == kind] - corners[0, 0]
        assert np.einsum("td,td->", np.cross(members[:, 0], members[:, 1]), members[:, 2]) > 0, "inside out"
    assert volume.sum() > 0, "inside out"
    print(f"tables: {vertex_count} vertices, {triangle_count} triangles, {total} bytes, "
          f"landmark asymmetry {asymmetry * 100:.2f} mm")


def check_golden(package):
    """Run every network on its stored input."""
    for case in json.loads((package / "golden" / "golden.json").read_text()):
        session = open_session(package / "graphs" / case["graph"])
        stored = np.load(package / "golden" / case["input"]["file"])
        values = network_input(stored, case["input"]["scale"], case["input"]["offset"])
        results = session.run([out["name"] for out in case["outputs"]], {case["input"]["name"]: values})
        for out, value in zip(case["outputs"], results):
            expected = np.load(package / "golden" / out["file"])
            error = np.abs(value - expected).max() / max(np.abs(expected).max(), 1.0)
            assert error <= case["relative_tolerance"], (case["graph"], out["name"], error)
    print("golden: all networks agree")


def check_sides(networks, model):
    """Left and right of the face units agree with the blendshape network's names."""
    row = {name: index for index, name in enumerate(BLENDSHAPE_NAMES)}
    camera = look_at(TARGET, 0.0, 0.0, DISTANCE, FOCAL, PICTURE_SIZE)
    places = at_landmarks(model, model.mean)

    def answer(shape):
        image, _ = render(camera, model.mean + shape, model.triangles, model.mean, model.kind, places)
        return networks.blendshapes(networks.landmarks(image)[0])

    neutral = answer(np.zeros_like(model.mean))
    for unit_name in MOST_SURE_SIDES:
        left, right = row[f"{unit_name}Left"], row[f"{unit_name}Right"]
        shown_left = answer(model.shapes[left]) - neutral
        shown_right = answer(model.shapes[right]) - neutral
        print(f"sides: {unit_name:12s} left shown: L {shown_left[left]:+.2f} R {shown_left[right]:+.2f}   "
              f"right shown: L {shown_right[left]:+.2f} R {shown_right[right]:+.2f}")
        assert shown_left[left] - shown_left[right] > shown_right[left] - shown_right[right], unit_name
    jaw = answer(model.shapes[row["jawOpen"]]) - neutral
    print(f"sides: jawOpen shown: {jaw[row['jawOpen']]:+.2f}")


def shaded(camera, vertices, triangles):
    """Grey shading f64 [H,W] of a mesh and its coverage bool [H,W]."""
    pixels, depth = camera.project(vertices)
    owner = rasterise(pixels, depth, triangles, camera.width, camera.height)
    covered = np.flatnonzero(owner.ravel() >= 0)
    corners = triangles[owner.ravel()[covered]]
    at = np.stack([covered % camera.width + 0.5, covered // camera.width + 0.5], axis=1)
    weights = barycentrics(pixels, depth, corners, at)
    normal = unit(np.einsum("nk,nkc->nc", weights, vertex_normals(vertices, triangles)[corners]))
    light = unit(camera.rotation.T @ np.array([-0.4, -0.5, -1.0]))
    grey = np.zeros(owner.size)
    grey[covered] = 60 + 180 * np.maximum(normal @ light, 0)
    return grey.reshape(owner.shape), owner >= 0


def draw_fit(path, photo, points, model, fit):
    """Photo with landmarks, photo under the mesh, and the mesh from four sides, cut to the head."""
    grey, covered = shaded(fit.camera, fit.vertices, model.triangles)
    overlay = np.where(covered[..., None], 0.4 * photo + 0.6 * grey[..., None], photo).astype(np.uint8)
    marked = photo.copy()
    for group, colour in ((points[:, :2], (0, 255, 0)), (fit_points(model, fit), (255, 0, 0))):
        x, y = np.floor(group).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < photo.shape[1]) & (y < photo.shape[0])
        marked[y[inside], x[inside]] = colour
    center = points[:, :2].mean(axis=0)
    half = 1.2 * np.ptp(points[:, 1])
    box = tuple(int(value) for value in (*(center - half), *(center + half)))
    tiles = [Image.fromarray(tile).crop(box).resize((PICTURE_SIZE,) * 2, Image.LANCZOS) for tile in (marked, overlay)]
    for yaw in (0.0, 45.0, 90.0, 180.0):
        camera = look_at(TARGET, np.radians(yaw), 0.0, DISTANCE, FOCAL, PICTURE_SIZE)
        tiles.append(Image.fromarray(shaded(camera, fit.vertices, model.triangles)[0].astype(np.uint8)).convert("RGB"))
    sheet = Image.new("RGB", (PICTURE_SIZE * 3, PICTURE_SIZE * 2))
    for index, tile in enumerate(tiles):
        sheet.paste(tile, (index % 3 * PICTURE_SIZE, index // 3 * PICTURE_SIZE))
    sheet.save(path)


def aligned_error(found, truth, chosen):
    """Rms distance in mm over the chosen vertices after the best rotation, translation and scale."""
    a, b = found[chosen] - found[chosen].mean(axis=0), truth[chosen] - truth[chosen].mean(axis=0)
    u, values, vt = np.linalg.svd(a.T @ b)
    flip = np.array([1.0, 1.0, np.linalg.det(u @ vt)])
    moved = a @ (u * flip) @ vt * ((values * flip).sum() / (a**2).sum())
    return 100 * np.sqrt(((moved - b) ** 2).sum(axis=1).mean())


def check_recovery(networks, model, part, outer):
    """Fit renderings of random model heads whose shape is known, from the true landmarks and from the network's.

    The first tells what the tables can do, the second what the landmark network leaves of it.
    """
    random = np.random.default_rng(RECOVERY_SEED)
    visible = np.zeros(len(model.mean), bool)
    visible[model.triangles[outer]] = True
    face = visible & (part == FACE) & (model.kind == SKIN) & (model.mean[:, 2] > RECOVERY_MIN_Z)
    places = at_landmarks(model, model.mean)
    errors = []
    for index in range(RECOVERY_HEADS):
        truth = model.mean + np.tensordot(random.normal(0, RECOVERY_SIGMA, len(model.modes)), model.modes, 1)
        yaw = np.radians((-20, 0, 20)[index % 3])
        camera = look_at(TARGET, yaw, 0.0, RECOVERY_DISTANCE, RECOVERY_FOCAL, PICTURE_SIZE)
        image, owner = render(camera, truth, model.triangles, model.mean, model.kind, places)
        matte = (owner >= 0).astype(np.float32)
        seen, _ = networks.landmarks(image)
        exact = camera.project(at_landmarks(model, truth))[0]
        row = [aligned_error(model.mean, truth, face)]
        for points, weights in ((exact, np.zeros(len(BLENDSHAPE_NAMES))), (seen, networks.blendshapes(seen))):
            fit = fit_head(model, points, weights, matte)
            neutral = model.mean + np.tensordot(fit.identity, model.modes, 1)
            row.append(aligned_error(neutral, truth, face))
        errors.append(row)
    mean, from_exact, from_network = np.mean(errors, axis=0)
    print(f"recovery: {RECOVERY_HEADS} known heads, face error: mean head {mean:.2f} mm, "
          f"fit to true landmarks {from_exact:.2f} mm, fit to the network's {from_network:.2f} mm")
    assert from_exact < mean / 2 and from_network < mean


def fit_points(model, fit):
    """Projected landmarks f64 [478,2] of a fit."""
    return fit.camera.project(at_landmarks(model, fit.vertices))[0]


def draw_tables(path, tables, model):
    """Parts, outer triangles and landmarks on the mean head from three sides."""
    part, outer = load(tables, "vertex_part"), load(tables, "outer").astype(bool)
    places = at_landmarks(model, model.mean)
    sheet = Image.new("RGB", (PICTURE_SIZE * 3, PICTURE_SIZE * 2))
    for index, (yaw, pitch) in enumerate(((0, 0), (50, -15), (-90, 0), (180, 0), (20, -40), (35, 50))):
        camera = look_at(TARGET, np.radians(yaw), np.radians(pitch), DISTANCE, FOCAL, PICTURE_SIZE)
        pixels, depth = camera.project(model.mean)
        owner = rasterise(pixels, depth, model.triangles, PICTURE_SIZE, PICTURE_SIZE)
        picture = PART_COLOURS[part[model.triangles[owner, 0]]].astype(np.float64)
        picture *= shaded(camera, model.mean, model.triangles)[0][..., None] / 240
        picture[(owner >= 0) & ~outer[owner]] = (255, 0, 0)
        picture[owner < 0] = 255
        on_screen = np.floor(camera.project(places)[0]).astype(int)
        facing = (vertex_normals(model.mean, model.triangles)[model.triangles[model.landmark_triangle, 0]]
                  * unit(camera.position() - places)).sum(axis=1) > 0
        x, y = on_screen[facing].T
        picture[y, x] = (0, 0, 0)
        sheet.paste(Image.fromarray(picture.astype(np.uint8)), (index % 3 * PICTURE_SIZE, index // 3 * PICTURE_SIZE))
    sheet.save(path)


def check_fits(package, networks, model, photos, pictures):
    """Fit every photo and compare the residual with the bound."""
    segment = open_session(package / "graphs" / "selfie_segmentation_256.onnx")
    for name, photo in photos.items():
        points, presence = networks.landmarks(photo)
        blendshapes = networks.blendshapes(points)
        fit = fit_head(model, points, blendshapes, person_matte(segment, photo, points))
        eye_pixels = np.linalg.norm(points[LEFT_IRIS[0], :2] - points[RIGHT_IRIS[0], :2])
        worst = np.linalg.norm(fit_points(model, fit) - points[:, :2], axis=1) / eye_pixels
        print(f"fit: {name}: presence {presence:.1f}, eyes {eye_pixels:.1f} px apart, rms {fit.rms:.4f} eye distances "
              f"({' '.join(f'{value:.3f}' for value in fit.rms_of_iteration)}), median {np.median(worst):.4f}, "
              f"worst {worst.max():.3f} at landmark {worst.argmax()}, "
              f"|identity| rms {np.sqrt((fit.identity**2).mean()):.2f} max {np.abs(fit.identity).max():.2f}")
        strongest = np.argsort(-fit.expression)[:5]
        print("     " + ", ".join(f"{BLENDSHAPE_NAMES[row]} {fit.expression[row]:.2f} (net {blendshapes[row]:.2f})"
                                  for row in strongest))
        if pictures:
            draw_fit(pictures / f"fit_{name}.png", photo, points, model, fit)
        assert fit.rms < MAX_RMS, name


def main():
    """Read the command line and check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", nargs="*", type=Path, help="further portraits to fit")
    parser.add_argument("--package", type=Path, default=PACKAGE)
    parser.add_argument("--pictures", type=Path, help="folder for drawings")
    arguments = parser.parse_args()
    tables = arguments.package / "tables"
    model = load_model(tables)
    networks = FaceNetworks(arguments.package / "graphs")
    photos = {"astronaut": data.astronaut()}
    photos.update({path.stem: np.array(Image.open(path).convert("RGB")) for path in arguments.photos})
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
        draw_tables(arguments.pictures / "tables.png", tables, model)
    check_tables(tables, model)
    check_golden(arguments.package)
    check_sides(networks, model)
    check_recovery(networks, model, load(tables, "vertex_part"), load(tables, "outer").astype(bool))
    check_fits(arguments.package, networks, model, photos, arguments.pictures)


if __name__ == "__main__":
    main()
