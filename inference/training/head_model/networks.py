"""The ONNX networks of the package with their pre- and post-processing.

Pictures are u8 [H,W,3] RGB. Image points are pixels with pixel centres at +0.5.
"""

import numpy as np
import onnxruntime

from landmark_sets import BLENDSHAPE_INPUTS, LANDMARK_COUNT

DETECTOR_SIZE = 128
LANDMARK_SIZE = 256
CROP_FACTOR = 1.5
LANDMARK_ROUNDS = 3


def open_session(path):
    """An inference session on two CPU threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def sample(image, source):
    """Bilinear samples f32 [...,3] of a picture at image points [...,2]; black outside."""
    height, width = image.shape[:2]
    x, y = source[..., 0] - 0.5, source[..., 1] - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    out = np.zeros((*source.shape[:-1], 3), np.float32)
    for dy in (0, 1):
        for dx in (0, 1):
            weight = (1 - np.abs(x - x0 - dx)) * (1 - np.abs(y - y0 - dy))
            column, row = x0 + dx, y0 + dy
            valid = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            out += (weight * valid)[..., None] * image[row.clip(0, height - 1), column.clip(0, width - 1)]
    return out


def square_crop(image, center, side, angle, size):
    """Picture f32 [size,size,3] in 0..255 of a square turned by `angle`, and its 2x3 map crop -> image pixels.

    Squares larger than `size` are averaged over the samples that fall into each output pixel.
    """
    factor = max(1, int(np.ceil(side / size)))
    axis = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * side / size
    to_image = np.concatenate([axis, (center - axis @ np.full(2, size / 2))[:, None]], axis=1)
    steps = (np.arange(size * factor) + 0.5) / factor
    grid = np.stack(np.meshgrid(steps, steps), axis=-1)
    samples = sample(image, grid @ axis.T + to_image[:, 2])
    return samples.reshape(size, factor, size, factor, 3).mean(axis=(1, 3)), to_image


def detector_anchors():
    """Anchor centres f64 [896,2] of the short-range detector, in 0..1."""
    anchors = []
    for stride, repeats in ((8, 2), (16, 6)):
        cells = DETECTOR_SIZE // stride
        y, x = np.mgrid[0:cells, 0:cells]
        centers = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) / cells
        anchors.append(np.repeat(centers, repeats, axis=0))
    return np.concatenate(anchors)


class FaceNetworks:
    """Detector, landmark network and blendshape network of one folder of graphs."""

    def __init__(self, graphs):
        self._detector = open_session(graphs / "blazeface_short_range.onnx")
        self._landmarks = open_session(graphs / "face_landmarks_478_v2.onnx")
        self._blendshapes = open_session(graphs / "face_blendshapes_52.onnx")
        self._anchors = detector_anchors()

    def detect(self, image):
        """The best face: probability, centre [2], box side, roll angle of the eye line (pixels, radians)."""
        height, width = image.shape[:2]
        crop, to_image = square_crop(image, np.array([width / 2, height / 2]), max(height, width), 0.0, DETECTOR_SIZE)
        boxes, logits = self._detector.run(None, {"input": (crop[None] / 127.5 - 1).astype(np.float32)})
        best = int(logits[0, :, 0].argmax())
        points = boxes[0, best].reshape(8, 2).astype(np.float64)
        points[[0, 2, 3, 4, 5, 6, 7]] += self._anchors[best] * DETECTOR_SIZE
        points[[0, 2, 3]] = points[[0, 2, 3]] @ to_image[:, :2].T + to_image[:, 2]
        side = points[1].max() * to_image[0, 0]
        eyes = points[3] - points[2]
        return 1 / (1 + np.exp(-np.clip(logits[0, best, 0], -80, 80))), points[0], side, np.arctan2(eyes[1], eyes[0])

    def landmarks(self, image):
        """478 image points f64 [478,3] (pixels; z in the same scale, nose negative) and the presence logit."""
        _, center, side, angle = self.detect(image)
        side *= CROP_FACTOR
        for _ in range(LANDMARK_ROUNDS):
            crop, to_image = square_crop(image, center, side, angle, LANDMARK_SIZE)
            points, presence, _ = self._landmarks.run(None, {"input_12": (crop[None] / 255).astype(np.float32)})
            points = points.reshape(LANDMARK_COUNT, 3).astype(np.float64)
            points[:, :2] = points[:, :2] @ to_image[:, :2].T + to_image[:, 2]
            points[:, 2] *= side / LANDMARK_SIZE
            eyes = points[263, :2] - points[33, :2]
            angle = np.arctan2(eyes[1], eyes[0])
            low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
            center, side = (low + high) / 2, (high - low).max() * CROP_FACTOR
        return points, float(presence.reshape(-1)[0])

    def blendshapes(self, points):
        """52 weights f32 [52] for landmarks [478,>=2] in image pixels."""
        subset = points[list(BLENDSHAPE_INPUTS), :2].astype(np.float32)[None]
        return self._blendshapes.run(None, {"serving_default_input_points:0": subset})[0].reshape(-1)
