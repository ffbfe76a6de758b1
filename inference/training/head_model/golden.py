"""Small inputs and outputs of every network, for the self-test at install time.

The inputs come from the public-domain astronaut portrait that scikit-image carries: NASA, Eileen Collins.
"""

import json

import numpy as np
from skimage import data

from landmark_sets import BLENDSHAPE_INPUTS
from networks import CROP_FACTOR, DETECTOR_SIZE, LANDMARK_SIZE, FaceNetworks, open_session, square_crop
from tables import save_npy, write_atomically

FULL_RANGE_SIZE = 192
RELATIVE_TOLERANCE = 1e-3
"""Allowed error of an output element, relative to the largest magnitude of that output, or to 1 if that is smaller."""

CASES = (
    ("blazeface_short_range", "portrait_128", 1 / 127.5, -1.0),
    ("blazeface_full_range", "portrait_192", 1 / 127.5, -1.0),
    ("face_landmarks_478_v2", "face_256", 1 / 255, 0.0),
    ("selfie_segmentation_256", "face_256", 1 / 255, 0.0),
    ("face_blendshapes_52", "blendshape_points", 1.0, 0.0),
)
"""Graph, input table, and the scale and offset that turn the stored input into the network's."""


def golden_inputs(graphs):
    """Dict name -> array: u8 pictures [S,S,3] and the blendshape network's points f32 [1,146,2]."""
    photo = data.astronaut()
    networks = FaceNetworks(graphs)
    _, center, side, _ = networks.detect(photo)
    points, _ = networks.landmarks(photo)

    def picture(middle, extent, angle, size):
        return np.rint(square_crop(photo, middle, extent, angle, size)[0]).astype(np.uint8)

    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    eyes = points[263, :2] - points[33, :2]
    wide = 3 * side
    return {
        "portrait_128": picture(center, wide, 0.0, DETECTOR_SIZE),
        "portrait_192": picture(center, wide, 0.0, FULL_RANGE_SIZE),
        "face_256": picture((low + high) / 2, (high - low).max() * CROP_FACTOR, np.arctan2(*eyes[::-1]), LANDMARK_SIZE),
        "blendshape_points": points[list(BLENDSHAPE_INPUTS), :2].astype(np.float32)[None],
    }


def network_input(stored, scale, offset):
    """The f32 network input of a stored table; pictures get a leading batch axis."""
    values = stored[None] if stored.dtype == np.uint8 else stored
    return (values.astype(np.float32) * np.float32(scale) + np.float32(offset)).astype(np.float32)


def write_golden(graphs, folder):
    """Write inputs, outputs and `golden.json`, which says how they belong together."""
    inputs = golden_inputs(graphs)
    for name, stored in inputs.items():
        save_npy(folder / f"{name}.npy", stored, stored.dtype)
    cases = []
    for graph, name, scale, offset in CASES:
        session = open_session(graphs / f"{graph}.onnx")
        feed = {session.get_inputs()[0].name: network_input(inputs[name], scale, offset)}
        outputs = []
        for index, (output, value) in enumerate(zip(session.get_outputs(), session.run(None, feed))):
            file = f"{graph}.{index}.npy"
            save_npy(folder / file, value, np.float32)
            outputs.append({"name": output.name, "file": file})
        cases.append({
            "graph": f"{graph}.onnx",
            "input": {"name": session.get_inputs()[0].name, "file": f"{name}.npy", "scale": scale, "offset": offset},
            "outputs": outputs,
            "relative_tolerance": RELATIVE_TOLERANCE,
        })
    write_atomically(folder / "golden.json", (json.dumps(cases, indent=1) + "\n").encode())
