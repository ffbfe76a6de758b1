"""A reference fit of the head model to one photograph, used to judge the tables.

Gauss-Newton over rotation, translation, identity and expression with a bounded inner solve. It is the numpy twin
of the product's fit, without its matte refinement.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from landmark_sets import FACE_OVAL, LEFT_IRIS, RIGHT_IRIS
from makehuman import SKIN
from networks import LANDMARK_SIZE, sample, square_crop
from raster import Camera

ITERATIONS = 9
POSE_ITERATIONS = 12
SOLVER_SWEEPS = 30
CAMERA_DISTANCE = 14.0
EYE_DISTANCE = 0.63
FOCAL_RANGE = (0.9, 4.5)
SIGMA = 0.03
SPREAD_UNIT = 0.025
EDGE_FACTOR = 1.5
HUBER = 2.0
IDENTITY_LIMIT = 2.8
EXPRESSION_SIGMA = 0.18
EXPRESSION_PRIOR = 0.8
OUTLINE_FROM = 4
OUTLINE_SIGMA = 0.06
OUTLINE_MIN_Y = 6.6
OUTLINE_COUNT = 150
MATTE_REACH = 1.7


@dataclass(frozen=True)
class HeadModel:
    """The tables as they are read back: mean f64 [V,3], modes f64 [K,V,3], shapes f64 [52,V,3], triangles, kind,
    landmark triangle [478], weights [478,3], spread [478]."""

    mean: np.ndarray
    modes: np.ndarray
    shapes: np.ndarray
    triangles: np.ndarray
    kind: np.ndarray
    landmark_triangle: np.ndarray
    landmark_weights: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True)
class Fit:
    """camera, vertices f64 [V,3] in the model frame, identity [K], expression [52], rms distance in eye distances."""

    camera: Camera
    vertices: np.ndarray
    identity: np.ndarray
    expression: np.ndarray
    rms: float
    rms_of_iteration: tuple


def rotation_of(vector):
    """Rotation matrix of an axis-angle vector."""
    angle = np.linalg.norm(vector)
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def face_height(points):
    """The recipe's "fh" in pixels: max(height, 1.2 x width) of the face oval."""
    oval = points[list(FACE_OVAL), :2]
    width, height = oval.max(axis=0) - oval.min(axis=0)
    return max(height, 1.2 * width)


def person_matte(segment, image, points):
    """Alpha f32 [H,W] of the person: the segmentation of a square around the head, zero outside it."""
    height, width = image.shape[:2]
    oval = points[list(FACE_OVAL), :2]
    center = (oval.min(axis=0) + oval.max(axis=0)) / 2
    side = 2 * MATTE_REACH * face_height(points)
    crop, _ = square_crop(image, center, side, 0.0, LANDMARK_SIZE)
    alpha = segment.run(None, {"input_1": (crop[None] / 255).astype(np.float32)})[0].reshape(LANDMARK_SIZE, -1)
    y, x = np.mgrid[0:height, 0:width] + 0.5
    source = (np.stack([x, y], axis=-1) - center) * (LANDMARK_SIZE / side) + LANDMARK_SIZE / 2
    return sample(np.repeat(alpha[..., None], 3, axis=2), source)[..., 0]


def projection_rows(camera, local):
    """d pixel / d camera point, f64 [N,2,3]."""
    x, y, z = local.T
    zero = np.zeros_like(z)
    rows = np.array([[1 / z, zero, -x / z**2], [zero, 1 / z, -y / z**2]]) * camera.focal
    return rows.transpose(2, 0, 1)


def jacobian(camera, points, modes, shapes):
    """Pixels f64 [N,2] and d pixel / d (rotation, translation, identity, expression) f64 [N,2,6+K+52].

    modes [K,N,3], shapes [52,N,3]; rotations are increments on the left of the camera's.
    """
    local = camera.to_camera(points)
    rows = projection_rows(camera, local)
    turned = local - camera.translation
    skew = np.zeros((len(points), 3, 3))
    skew[:, 0, 1], skew[:, 0, 2], skew[:, 1, 2] = turned[:, 2], -turned[:, 1], turned[:, 0]
    skew -= skew.transpose(0, 2, 1)
    moves = np.concatenate([modes, shapes]) @ camera.rotation.T
    columns = np.concatenate([rows @ skew, rows, np.einsum("nij,knj->nik", rows, moves)], axis=2)
    center = np.array([camera.width / 2, camera.height / 2])
    return local[:, :2] / local[:, 2:] * camera.focal + center, columns


def solve_bounded(normal, gradient, low, high):
    """Step f64 [U] minimising 1/2 s'Ns - g's inside bounds, by coordinate descent."""
    step = np.zeros(len(gradient))
    residual = gradient.copy()
    for _ in range(SOLVER_SWEEPS):
        for unknown in range(len(step)):
            value = step[unknown] + residual[unknown] / normal[unknown, unknown]
            change = min(max(value, low[unknown]), high[unknown]) - step[unknown]
            if change:
                step[unknown] += change
                residual -= normal[unknown] * change
    return step


def huber_weight(residual):
    """Weight f64 [N] of residual vectors [N,2] already divided by sigma."""
    return np.minimum(1.0, HUBER / np.maximum(np.linalg.norm(residual, axis=1), 1e-9))


def at_landmarks(model, field):
    """A per-vertex field [...,V,3] interpolated at the landmarks."""
    corners = field[..., model.triangles[model.landmark_triangle], :]
    return np.einsum("...nkc,nk->...nc", corners, model.landmark_weights)


def first_camera(model, points, width, height):
    """Camera from the eye line, then pose-only Gauss-Newton on the mean head."""
    right, left = points[RIGHT_IRIS[0], :2], points[LEFT_IRIS[0], :2]
    eye_pixels = np.linalg.norm(left - right)
    low, high = FOCAL_RANGE
    focal = np.clip(CAMERA_DISTANCE * eye_pixels / EYE_DISTANCE, low * max(width, height), high * max(width, height))
    roll = np.arctan2(*(left - right)[::-1])
    rotation = rotation_of(np.array([0, 0, roll])) @ np.diag([1.0, -1.0, -1.0])
    mean = at_landmarks(model, model.mean)
    depth = focal * np.linalg.norm(mean[LEFT_IRIS[0]] - mean[RIGHT_IRIS[0]]) / eye_pixels
    offset = ((left + right) / 2 - [width / 2, height / 2]) * depth / focal
    translation = np.array([*offset, depth]) - rotation @ (mean[LEFT_IRIS[0]] + mean[RIGHT_IRIS[0]]) / 2
    camera = Camera(rotation, translation, focal, width, height)
    none = np.zeros((0, len(mean), 3))
    for _ in range(POSE_ITERATIONS):
        pixels, columns = jacobian(camera, mean, none, none)
        design, error = columns.reshape(-1, 6), (points[:, :2] - pixels).ravel()
        step = np.linalg.lstsq(design, error, rcond=None)[0]
        camera = Camera(rotation_of(step[:3]) @ camera.rotation, camera.translation + step[3:6], focal, width, height)
    return camera, eye_pixels


def outline_terms(model, camera, vertices, distance, gradient, eye_pixels):
    """Rows f64 [M,U] and errors f64 [M], weighted, that pull skin outside the matte back inside."""
    pixels, _ = camera.project(vertices)
    cell = np.floor(pixels).astype(int)
    inside = ((cell >= 0) & (cell < [camera.width, camera.height])).all(axis=1)
    chosen = np.flatnonzero((model.kind == SKIN) & (model.mean[:, 1] > OUTLINE_MIN_Y) & inside)
    depth = distance[cell[chosen, 1], cell[chosen, 0]]
    chosen, depth = chosen[depth > 0], depth[depth > 0]
    if not len(chosen):
        return None
    direction = gradient[:, cell[chosen, 1], cell[chosen, 0]].T
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9)
    _, columns = jacobian(camera, vertices[chosen], model.modes[:, chosen], model.shapes[:, chosen])
    weight = np.sqrt(min(1.0, OUTLINE_COUNT / len(chosen))) / (OUTLINE_SIGMA * eye_pixels)
    return np.einsum("nc,ncu->nu", direction, columns) * weight, -depth * weight


def fit_head(model, points, blendshapes, matte):
    """Fit the model to 478 image points f64 [478,>=2] and a matte f32 [H,W]."""
    height, width = matte.shape
    camera, eye_pixels = first_camera(model, points, width, height)
    identity, expression = np.zeros(len(model.modes)), EXPRESSION_PRIOR * blendshapes.astype(np.float64)
    expression_prior = expression.copy()
    base, modes, shapes = (at_landmarks(model, field) for field in (model.mean, model.modes, model.shapes))
    sigma = SIGMA * eye_pixels * np.sqrt(1 + (model.spread / SPREAD_UNIT) ** 2)
    sigma[list(FACE_OVAL + LEFT_IRIS + RIGHT_IRIS)] *= EDGE_FACTOR
    distance = distance_transform_edt(matte < 0.5)
    gradient = np.array(np.gradient(distance)[::-1])
    count = len(identity)
    rms = []
    for iteration in range(ITERATIONS):
        here = base + np.tensordot(identity, modes, 1) + np.tensordot(expression, shapes, 1)
        pixels, columns = jacobian(camera, here, modes, shapes)
        residual = (points[:, :2] - pixels) / sigma[:, None]
        weight = np.sqrt(huber_weight(residual))[:, None]
        design = (columns * (weight / sigma[:, None])[..., None]).reshape(len(points) * 2, -1)
        error = (residual * weight).ravel()
        if iteration >= OUTLINE_FROM:
            vertices = model.mean + np.tensordot(identity, model.modes, 1) + np.tensordot(expression, model.shapes, 1)
            outline = outline_terms(model, camera, vertices, distance, gradient, eye_pixels)
            if outline is not None:
                design, error = np.vstack([design, outline[0]]), np.concatenate([error, outline[1]])
        prior = np.concatenate([np.full(6, 1e-6), np.ones(count), np.full(len(expression), EXPRESSION_SIGMA**-2)])
        pull = np.concatenate([np.zeros(6), -identity, (expression_prior - expression) * EXPRESSION_SIGMA**-2])
        low = np.concatenate([np.full(6, -np.inf), -IDENTITY_LIMIT - identity, -expression])
        high = np.concatenate([np.full(6, np.inf), IDENTITY_LIMIT - identity, 1 - expression])
        step = solve_bounded(design.T @ design + np.diag(prior), design.T @ error + pull, low, high)
        camera = Camera(
            rotation_of(step[:3]) @ camera.rotation, camera.translation + step[3:6], camera.focal, width, height
        )
        identity, expression = identity + step[6 : 6 + count], expression + step[6 + count :]
        here = base + np.tensordot(identity, modes, 1) + np.tensordot(expression, shapes, 1)
        error = camera.project(here)[0] - points[:, :2]
        rms.append(float(np.sqrt((error**2).sum(axis=1).mean()) / eye_pixels))
    vertices = model.mean + np.tensordot(identity, model.modes, 1) + np.tensordot(expression, model.shapes, 1)
    return Fit(camera, vertices, identity, expression, rms[-1], tuple(rms))
