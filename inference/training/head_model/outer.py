"""Which triangles of the head can be seen from outside at all."""

import numpy as np

from makehuman import EYE, SKIN
from raster import look_at, rasterise

DIRECTIONS = 75
DISTANCE = 60.0
MIN_PIXELS = 3
SIZE = 768
FOCAL = SIZE * 13.0
TARGET = np.array([0.0, 6.7, 0.4])


def outer_triangles(mean, triangles, kind):
    """Bool [T]: skin and eyes seen on at least 3 pixels over all directions together.

    Teeth and tongue are never outer: a few of them shine through the gap of the closed lips.

    The directions are a Fibonacci spiral over the sphere without its lowest cap, where the open cut of the bust
    would show the inside.
    """
    count = np.zeros(len(triangles), int)
    golden = np.pi * (3 - np.sqrt(5))
    for index in range(DIRECTIONS):
        pitch = np.arcsin(1 - 1.5 * (index + 0.5) / DIRECTIONS)
        camera = look_at(TARGET, golden * index, pitch, DISTANCE, FOCAL, SIZE)
        owner = rasterise(*camera.project(mean), triangles, SIZE, SIZE)
        count += np.bincount(owner[owner >= 0], minlength=len(triangles))
    return (count >= MIN_PIXELS) & np.isin(kind[triangles[:, 0]], (SKIN, EYE))
