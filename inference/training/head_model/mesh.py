"""Small mesh helpers."""

import numpy as np


def triangle_normals(vertices, triangles):
    """Area-weighted normals f64 [T,3]."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)


def unit(vectors):
    """Vectors scaled to length 1 (zero stays zero)."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def vertex_normals(vertices, triangles):
    """Unit normals f64 [V,3]."""
    faces = triangle_normals(vertices, triangles)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], faces)
    return unit(normals)
