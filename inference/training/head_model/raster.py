"""A z-buffer for triangle meshes in numpy, and the pinhole camera of the renderings.

Camera axes are OpenCV's: x right, y down, z forward; pixel centres lie at +0.5.
"""

from dataclasses import dataclass

import numpy as np

CHUNK_PIXELS = 2_000_000


@dataclass(frozen=True)
class Camera:
    """Pinhole camera: X_camera = rotation @ X + translation (dm); focal length and size in pixels."""

    rotation: np.ndarray
    translation: np.ndarray
    focal: float
    width: int
    height: int

    def to_camera(self, points):
        """Camera-space points f64 [...,3]."""
        return points @ self.rotation.T + self.translation

    def project(self, points):
        """Pixels f64 [N,2] and depth f64 [N] of points [N,3]."""
        local = self.to_camera(points)
        center = np.array([self.width / 2, self.height / 2])
        return local[:, :2] / local[:, 2:] * self.focal + center, local[:, 2]

    def position(self):
        """Camera centre f64 [3]."""
        return -self.rotation.T @ self.translation


def look_at(target, yaw, pitch, distance, focal, size):
    """Square camera around `target`; yaw > 0 moves it to the subject's left, pitch > 0 above (radians)."""
    back = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    right = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    rotation = np.stack([right, np.cross(right, back), -back])
    return Camera(rotation, -rotation @ (target + distance * back), focal, size, size)


def rasterise(pixels, depth, triangles, width, height):
    """Index i64 [height,width] of the nearest triangle that faces the camera, -1 where there is none."""
    a, b, c = (pixels[triangles[:, corner]] for corner in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    low = np.floor(np.minimum(np.minimum(a, b), c) - 0.5).astype(int).clip(0)
    high = np.ceil(np.maximum(np.maximum(a, b), c) - 0.5).astype(int)
    high = np.minimum(high, [width - 1, height - 1])
    extent = (high - low).max(axis=1) + 1
    visible = (area < -1e-12) & (high >= low).all(axis=1) & (depth[triangles] > 0).all(axis=1)
    inverse = 1.0 / depth[triangles]

    hits = []
    lower, upper = 0, 4
    while lower < max(width, height):
        members = np.flatnonzero(visible & (extent > lower) & (extent <= upper))
        offset_y, offset_x = (grid.ravel() for grid in np.mgrid[0:upper, 0:upper])
        for chunk in np.array_split(members, max(1, len(members) * upper * upper // CHUNK_PIXELS)):
            x = low[chunk, 0:1] + offset_x
            y = low[chunk, 1:2] + offset_y
            px, py = x + 0.5, y + 0.5
            weights = []
            for p, q in ((b, c), (c, a), (a, b)):
                edge = (q[chunk, 0:1] - p[chunk, 0:1]) * (py - p[chunk, 1:2])
                edge -= (q[chunk, 1:2] - p[chunk, 1:2]) * (px - p[chunk, 0:1])
                weights.append(edge / area[chunk, None])
            inside = (weights[0] >= 0) & (weights[1] >= 0) & (weights[2] >= 0) & (x < width) & (y < height)
            nearness = sum(w * inverse[chunk, corner : corner + 1] for corner, w in enumerate(weights))
            row = np.nonzero(inside)[0]
            hits.append((y[inside] * width + x[inside], nearness[inside], chunk[row]))
        lower, upper = upper, upper * 2

    where, nearness, owner = (np.concatenate(column) for column in zip(*hits))
    best = np.zeros(width * height)
    np.maximum.at(best, where, nearness)
    first = nearness == best[where]
    image = np.full(width * height, -1)
    image[where[first]] = owner[first]
    return image.reshape(height, width)


def barycentrics(pixels, depth, corners, at):
    """Perspective-correct weights f64 [N,3] of image points `at` [N,2] in triangles with vertex ids [N,3]."""
    a, b, c = (pixels[corners[:, corner]] for corner in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    weights = []
    for p, q in ((b, c), (c, a), (a, b)):
        weights.append(((q[:, 0] - p[:, 0]) * (at[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (at[:, 0] - p[:, 0])) / area)
    weights = np.stack(weights, axis=1) / depth[corners]
    return weights / weights.sum(axis=1, keepdims=True)
