"""A plain shaded picture of a model head, just real enough for the landmark network.

Lips and brows can be painted where the landmarks of an earlier pass lie.
"""

import numpy as np

from landmark_sets import LEFT_BROW, LIPS_OUTER, RIGHT_BROW
from makehuman import EYE, SKIN
from mesh import unit, vertex_normals
from raster import barycentrics, rasterise

BACKGROUND = np.array([176.0, 180.0, 186.0])
SKIN_COLOUR = np.array([205.0, 160.0, 135.0])
LIP_COLOUR = np.array([165.0, 85.0, 80.0])
BROW_COLOUR = np.array([80.0, 58.0, 45.0])
SCLERA_COLOUR = np.array([238.0, 236.0, 232.0])
IRIS_COLOUR = np.array([62.0, 44.0, 34.0])
PUPIL_COLOUR = np.array([12.0, 10.0, 10.0])
MOUTH_COLOUR = np.array([120.0, 60.0, 60.0])
IRIS_RADIUS = 0.059
PUPIL_RADIUS = 0.02
LIGHT = unit(np.array([0.25, 0.45, 1.0]))
AMBIENT, DIFFUSE = 0.45, 0.62


def inside_polygon(points, polygon):
    """Bool [N]: points [N,2] inside a closed polygon [M,2] (even-odd rule)."""
    inside = np.zeros(len(points), bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0)):
        crosses = (y0 > points[:, 1]) != (y1 > points[:, 1])
        if crosses.any():
            inside ^= crosses & (points[:, 0] < (x1 - x0) * (points[:, 1] - y0) / (y1 - y0) + x0)
    return inside


def rest_colours(mean, kind, rest, owner_kind, landmarks):
    """Albedo f64 [N,3] of surface points given by their place `rest` [N,3] on the mean head.

    `landmarks` f64 [478,3] are the points found so far on the mean head, or None.
    """
    colour = np.where((owner_kind == SKIN)[:, None], SKIN_COLOUR, MOUTH_COLOUR)
    eye = owner_kind == EYE
    colour[eye] = SCLERA_COLOUR
    for side in (-1.0, 1.0):
        center = mean[(kind == EYE) & (mean[:, 0] * side > 0)].mean(axis=0)
        radius = np.hypot(rest[:, 0] - center[0], rest[:, 1] - center[1])
        front = eye & (rest[:, 0] * side > 0) & (rest[:, 2] > center[2])
        colour[front & (radius < IRIS_RADIUS)] = IRIS_COLOUR
        colour[front & (radius < PUPIL_RADIUS)] = PUPIL_COLOUR
    if landmarks is not None:
        facial = (owner_kind == SKIN) & (rest[:, 2] > 0.8)
        for ring, paint in ((LIPS_OUTER, LIP_COLOUR), (LEFT_BROW, BROW_COLOUR), (RIGHT_BROW, BROW_COLOUR)):
            painted = np.flatnonzero(facial)[inside_polygon(rest[facial, :2], landmarks[list(ring), :2])]
            colour[painted] = 0.25 * colour[painted] + 0.75 * paint
    return colour


def render(camera, vertices, triangles, mean, kind, landmarks):
    """Shaded picture u8 [H,W,3] of `vertices` [V,3] and the triangle index image i64 [H,W]."""
    pixels, depth = camera.project(vertices)
    owner = rasterise(pixels, depth, triangles, camera.width, camera.height)
    covered = np.flatnonzero(owner.ravel() >= 0)
    corners = triangles[owner.ravel()[covered]]
    at = np.stack([covered % camera.width + 0.5, covered // camera.width + 0.5], axis=1)
    weights = barycentrics(pixels, depth, corners, at)
    normal = unit(np.einsum("nk,nkc->nc", weights, vertex_normals(vertices, triangles)[corners]))
    rest = np.einsum("nk,nkc->nc", weights, mean[corners])
    albedo = rest_colours(mean, kind, rest, kind[corners[:, 0]], landmarks)
    light = AMBIENT + DIFFUSE * np.maximum(normal @ LIGHT, 0)
    image = np.empty((camera.height * camera.width, 3))
    image[:] = BACKGROUND
    image[covered] = albedo * light[:, None]
    return image.clip(0, 255).astype(np.uint8).reshape(camera.height, camera.width, 3), owner
