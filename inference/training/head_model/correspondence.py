"""Where the 478 landmarks lie on the mesh, as the landmark network itself sees it.

Random model heads are rendered and shown to the network. A landmark is placed at the surface point whose
projections into all those pictures lie closest to where the network put it. The network's own systematic error
is inside that answer, so it cancels when a photograph is fitted later.
"""

from dataclasses import dataclass

import numpy as np

from canonical import mirror_map
from expression import BLENDSHAPE_NAMES
from landmark_sets import CANONICAL_COUNT, LANDMARK_COUNT, LEFT_IRIS, LIPS_INNER, RIGHT_IRIS
from makehuman import EYE, SKIN
from mesh import triangle_normals, unit
from portrait import render
from raster import look_at

PASS_VIEWS = (26, 26, 90)
IDENTITY_SIGMA = 0.55
SMILE = 0.5
JAW_OPEN = 0.35
YAWS = np.radians([-18.0, -9.0, 0.0, 9.0, 18.0])
PITCHES = np.radians([-8.0, 10.0])
PICTURE_SIZE = 384
FOCAL = 1400.0
DISTANCE = 11.0
TARGET = np.array([0.0, 7.2, 0.5])
PRESENCE_LOGIT = 2.0

SEEN_SHARE = 0.1
"""A skin triangle may carry a landmark when it is visible in at least this share of the pictures."""
EYE_FRONT = 0.4
"""An eye triangle may carry an iris landmark when its normal points at least this much to the front."""
ROBUST_DISTANCE = 0.02
"""Distance (dm) from which a view counts linearly: beyond the outline of a turned head the net only guesses."""
SUBDIVISIONS = 12
REFINED_TRIANGLES = 12


@dataclass(frozen=True)
class View:
    """One rendering the network saw.

    camera; vertices f64 [V,3]; points f64 [478,2] in pixels; seen bool [T]; jaw_is_open
    """

    camera: object
    vertices: np.ndarray
    points: np.ndarray
    seen: np.ndarray
    jaw_is_open: bool


@dataclass(frozen=True)
class Correspondence:
    """triangle i64 [478], weights f64 [478,3], spread f64 [478] (dm), mirror i64 [478], counts of views."""

    triangle: np.ndarray
    weights: np.ndarray
    spread: np.ndarray
    mirror: np.ndarray
    rendered: int
    passed: int

    def places(self, mean, triangles):
        """Landmark places f64 [478,3] on the mean head."""
        return np.einsum("nk,nkc->nc", self.weights, mean[triangles[self.triangle]])


def landmark_mirror(canonical):
    """i64 [478]: mirror partner of each landmark.

    The iris ring starts at the side of the picture's right and runs over the top: right, top, left, bottom for
    both eyes. So centres, tops and bottoms swap, and the right point of one eye meets the left point of the other.
    """
    mirror = np.empty(LANDMARK_COUNT, int)
    mirror[:CANONICAL_COUNT] = mirror_map(canonical)
    for ring, other in ((LEFT_IRIS, RIGHT_IRIS), (RIGHT_IRIS, LEFT_IRIS)):
        mirror[list(ring)] = np.array(other)[[0, 3, 2, 1, 4]]
    return mirror


def show_heads(networks, random, count, mean, modes, shapes, triangles, kind, painted):
    """Views of `count` random identities, those in which the network saw a face.

    Of every three heads one is neutral, one smiles and one opens the jaw.
    """
    row = {name: index for index, name in enumerate(BLENDSHAPE_NAMES)}
    smile = SMILE * (shapes[row["mouthSmileLeft"]] + shapes[row["mouthSmileRight"]])
    jaw = JAW_OPEN * shapes[row["jawOpen"]]
    views = []
    for index in range(count):
        vertices = mean + np.tensordot(random.normal(0, IDENTITY_SIGMA, len(modes)), modes, 1)
        vertices = vertices + (np.zeros_like(mean), smile, jaw)[index % 3]
        yaw = YAWS[index % len(YAWS)]
        camera = look_at(TARGET, yaw, random.uniform(*PITCHES), DISTANCE, FOCAL, PICTURE_SIZE)
        image, owner = render(camera, vertices, triangles, mean, kind, painted)
        points, presence = networks.landmarks(image)
        if presence >= PRESENCE_LOGIT:
            seen = np.zeros(len(triangles), bool)
            seen[owner[owner >= 0]] = True
            views.append(View(camera, vertices, points[:, :2], seen, index % 3 == 2))
    return views


def view_distances(view, corners, weights, landmarks):
    """Distance f32 [L,C] (dm, at the candidate's depth) of candidates to landmarks in one picture.

    corners i64 [C,3] and weights f64 [C,3] give the candidates as points of the mesh.
    """
    points = np.einsum("ck,ckd->cd", weights, view.vertices[corners])
    pixels, depth = view.camera.project(points)
    offset = view.points[landmarks][:, None] - pixels[None]
    return (np.hypot(offset[..., 0], offset[..., 1]) * (depth / view.camera.focal)).astype(np.float32)


def robust(distance):
    """Huber cost of a distance."""
    inner = np.minimum(distance, ROBUST_DISTANCE)
    return inner * (distance - 0.5 * inner)


def total_costs(views, corners, weights, mirrored_corners, landmarks, mirror):
    """Cost f32 [L,C] of every candidate for every landmark plus that of the mirrored candidate for its twin."""
    cost = np.zeros((len(landmarks), len(corners)), np.float32)
    for view in views:
        cost += robust(view_distances(view, corners, weights, landmarks))
        cost += robust(view_distances(view, mirrored_corners, weights, mirror[landmarks]))
    return cost


def barycentric_grid():
    """Weights f64 [G,3] of a regular grid inside a triangle, edges included."""
    steps = np.arange(SUBDIVISIONS + 1)
    i, j = (grid.ravel() for grid in np.meshgrid(steps, steps))
    inside = i + j <= SUBDIVISIONS
    return np.stack([SUBDIVISIONS - i - j, i, j], axis=1)[inside] / SUBDIVISIONS


def place_landmarks(views, landmarks, candidates, triangles, vertex_mirror, mirror):
    """Triangle i64 [L] and weights f64 [L,3] of the best surface point of each landmark.

    First the best triangles by their centres, then a fine grid inside those.
    """
    corners = triangles[candidates]
    third = np.full((len(candidates), 3), 1 / 3)
    coarse = total_costs(views, corners, third, vertex_mirror[corners], landmarks, mirror)
    grid = barycentric_grid()
    chosen, weights = np.empty(len(landmarks), int), np.empty((len(landmarks), 3))
    for index, landmark in enumerate(landmarks):
        best = candidates[np.argsort(coarse[index], kind="stable")[:REFINED_TRIANGLES]]
        owner = np.repeat(best, len(grid))
        inner = np.tile(grid, (len(best), 1))
        fine_corners = triangles[owner]
        cost = total_costs(views, fine_corners, inner, vertex_mirror[fine_corners], np.array([landmark]), mirror)[0]
        winner = int(cost.argmin())
        chosen[index], weights[index] = owner[winner], inner[winner]
    return chosen, weights


def mirror_twins(triangle, weights, mirror, triangles, vertex_mirror, mean):
    """Make the right half the exact mirror of the left half where the mesh has the mirrored triangle."""
    index_of = {tuple(sorted(corners)): index for index, corners in enumerate(triangles.tolist())}
    left = np.einsum("nk,nkc->nc", weights, mean[triangles[triangle]])[:, 0] > 0
    for landmark in np.flatnonzero(left):
        twin = mirror[landmark]
        corners = vertex_mirror[triangles[triangle[landmark]]]
        found = index_of.get(tuple(sorted(corners.tolist())))
        if twin != landmark and found is not None:
            order = [corners.tolist().index(corner) for corner in triangles[found].tolist()]
            triangle[twin], weights[twin] = found, weights[landmark][order]


def views_for(landmark_group, views):
    """Inner-lip landmarks use the open mouths only: with closed lips both rims lie on one line."""
    return [view for view in views if view.jaw_is_open] if landmark_group == "rim" else views


def find_landmarks(networks, mean, modes, shapes, triangles, kind, vertex_mirror, canonical, seed):
    """Three passes; each paints lips and brows where the pass before found them."""
    random = np.random.default_rng(seed)
    mirror = landmark_mirror(canonical)
    indices = np.arange(LANDMARK_COUNT)
    on_rim = np.isin(indices, LIPS_INNER)
    groups = {"skin": indices[(indices < CANONICAL_COUNT) & ~on_rim], "rim": indices[on_rim],
              "iris": indices[CANONICAL_COUNT:]}
    owner_kind = kind[triangles[:, 0]]
    front_eyes = np.flatnonzero((owner_kind == EYE) & (unit(triangle_normals(mean, triangles))[:, 2] > EYE_FRONT))
    places, rendered, passed = None, 0, 0
    for count in PASS_VIEWS:
        views = show_heads(networks, random, count, mean, modes, shapes, triangles, kind, places)
        rendered, passed = rendered + count, passed + len(views)
        triangle, weights = np.empty(LANDMARK_COUNT, int), np.empty((LANDMARK_COUNT, 3))
        spread = np.empty(LANDMARK_COUNT)
        for name, landmarks in groups.items():
            used = views_for(name, views)
            share = np.mean([view.seen for view in used], axis=0)
            candidates = front_eyes if name == "iris" else np.flatnonzero((owner_kind == SKIN) & (share >= SEEN_SHARE))
            triangle[landmarks], weights[landmarks] = place_landmarks(
                used, landmarks, candidates, triangles, vertex_mirror, mirror
            )
        mirror_twins(triangle, weights, mirror, triangles, vertex_mirror, mean)
        for name, landmarks in groups.items():
            spread[landmarks] = spread_over(views_for(name, views), landmarks, triangle, weights, triangles)
        spread = np.sqrt((spread**2 + spread[mirror] ** 2) / 2)
        found = Correspondence(triangle, weights, spread, mirror, rendered, passed)
        places = found.places(mean, triangles)
    return found


def spread_over(views, landmarks, triangle, weights, triangles):
    """Per-axis rms distance f64 [L] (dm) between the network's landmarks and the projected surface points."""
    squares = np.zeros(len(landmarks))
    for view in views:
        points = np.einsum("lk,lkd->ld", weights[landmarks], view.vertices[triangles[triangle[landmarks]]])
        pixels, depth = view.camera.project(points)
        offset = (view.points[landmarks] - pixels) * (depth / view.camera.focal)[:, None]
        squares += (offset**2).sum(axis=1)
    return np.sqrt(squares / (2 * len(views)))
