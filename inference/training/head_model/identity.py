"""The identity space: random heads out of MakeHuman's targets, aligned, then a weighted PCA."""

from dataclasses import dataclass

import numpy as np

from makehuman import SKIN, TARGET_DIR, read_target
from parts import FACE, LEFT_EAR, RIGHT_EAR, SCALP

MODE_COUNT = 64
HEAD_COUNT = 1600
DETAIL_SIGMA = 0.36
TWIN_SIGMA = 0.05
HEAD_MIN_Y = 6.2
"""Vertices above this height (dm, base mesh) count as the head in the alignment."""

RACES = ("african", "asian", "caucasian")
GENDERS = ("female", "male")
AGES = ("child", "young", "old")
MUSCLES = ("minmuscle", "averagemuscle", "maxmuscle")
WEIGHTS = ("minweight", "averageweight", "maxweight")
DETAIL_FOLDERS = ("head", "cheek", "chin", "forehead", "eyebrows", "eyes", "nose", "mouth", "ears", "neck")

OPPOSITES = (
    ("decr", "incr"),
    ("down", "up"),
    ("backward", "forward"),
    ("in", "out"),
    ("concave", "convex"),
    ("compress", "uncompress"),
)
"""Endings of the two targets of a signed pair."""
EAR_SHAPES = (("square", "round"), ("pointed", "triangle"))
"""... and the opposite shapes of an ear."""


@dataclass(frozen=True)
class DetailGroup:
    """One independent knob: `negative` and `positive` are target paths, one per body side.

    A knob without a side has one path, a two-sided knob has two (left, right). `negative` is empty where
    MakeHuman has no opposite; then only the positive half of the weight acts.
    """

    name: str
    negative: tuple
    positive: tuple


def detail_groups(archive):
    """The knobs of the detail folders, in a fixed order."""
    groups = {}
    for folder in DETAIL_FOLDERS:
        for path in archive.names(f"{TARGET_DIR}{folder}/"):
            stem = path.rsplit("/", 1)[1].removesuffix(".target.gz")
            name = stem[2:] if stem[:2] in ("l-", "r-") else stem
            base, _, ending = name.rpartition("-")
            sign = "positive"
            for low, high in EAR_SHAPES if base == "ear-shape" else OPPOSITES:
                if ending in (low, high):
                    name = f"{base}-{low}-{high}"
                    sign = "negative" if ending == low else "positive"
            groups.setdefault((folder, name), {"negative": [], "positive": []})[sign].append(path)
    return [DetailGroup(name, tuple(side["negative"]), tuple(side["positive"])) for (_, name), side in groups.items()]


def _triangle_weights(position):
    """Shares [N,3] of a low, a middle and a high shape for positions in 0..1, middle at 0.5."""
    low = np.clip(1.0 - 2.0 * position, 0.0, 1.0)
    high = np.clip(2.0 * position - 1.0, 0.0, 1.0)
    return np.stack([low, 1.0 - low - high, high], axis=1)


def sample_heads(archive, region, seed):
    """Random heads f32 [HEAD_COUNT, V, 3], dm, before the alignment, and the number of detail knobs.

    Macro shapes: race Dirichlet(.6), gender N(.5,.4), age Beta(2.2,2.2) blended child/young/old, muscle
    N(.5,.18), weight N(.5,.22), all clipped to 0..1. Details: every knob N(0,.36), twins +- N(0,.05).
    """
    random = np.random.default_rng(seed)
    race = random.dirichlet([0.6] * len(RACES), HEAD_COUNT)
    male = np.clip(random.normal(0.5, 0.4, HEAD_COUNT), 0, 1)
    gender = np.stack([1 - male, male], axis=1)
    age = _triangle_weights(random.beta(2.2, 2.2, HEAD_COUNT))
    muscle = _triangle_weights(np.clip(random.normal(0.5, 0.18, HEAD_COUNT), 0, 1))
    weight = _triangle_weights(np.clip(random.normal(0.5, 0.22, HEAD_COUNT), 0, 1))

    paths, columns = [], []
    for g, gender_name in enumerate(GENDERS):
        for a, age_name in enumerate(AGES):
            for r, race_name in enumerate(RACES):
                paths.append(f"{TARGET_DIR}macrodetails/{race_name}-{gender_name}-{age_name}.target.gz")
                columns.append(race[:, r] * gender[:, g] * age[:, a])
            for m, muscle_name in enumerate(MUSCLES):
                for w, weight_name in enumerate(WEIGHTS):
                    stem = f"universal-{gender_name}-{age_name}-{muscle_name}-{weight_name}"
                    paths.append(f"{TARGET_DIR}macrodetails/{stem}.target.gz")
                    columns.append(gender[:, g] * age[:, a] * muscle[:, m] * weight[:, w])

    groups = detail_groups(archive)
    for group in groups:
        knob = random.normal(0, DETAIL_SIGMA, HEAD_COUNT)
        sides = max(len(group.negative), len(group.positive))
        for side in range(sides):
            value = knob + random.normal(0, TWIN_SIGMA, HEAD_COUNT) if sides == 2 else knob
            for sided_paths, amount in ((group.negative, -value), (group.positive, value)):
                if sided_paths:
                    paths.append(sided_paths[side])
                    columns.append(np.maximum(amount, 0))

    targets = np.stack([read_target(archive, path, region).ravel() for path in paths]).astype(np.float32)
    amounts = np.stack(columns, axis=1).astype(np.float32)
    heads = amounts @ targets + region.base.ravel().astype(np.float32)
    return heads.reshape(HEAD_COUNT, -1, 3), len(groups)


def _move_onto(heads, reference, chosen):
    """Translate and scale every head onto `reference` [V,3], least squares over the chosen vertices."""
    center = reference[chosen].mean(axis=0)
    pattern = reference[chosen] - center
    centers = heads[:, chosen].mean(axis=1, keepdims=True)
    parts = heads[:, chosen] - centers
    scale = np.einsum("nvc,vc->n", parts, pattern) / np.einsum("nvc,nvc->n", parts, parts)
    return (heads - centers) * scale[:, None, None] + center


def align(heads, region):
    """Bring every head to the frame of the base mesh, then to the mean head found there (f32 [N,V,3])."""
    chosen = region.base[:, 1] > HEAD_MIN_Y
    on_base = _move_onto(heads, region.base.astype(np.float32), chosen)
    return _move_onto(on_base, on_base.mean(axis=0), chosen)


def vertex_weights(region, part):
    """PCA weight f64 [V]: 1.6 face, 1 skull and ears, .5 eyes, teeth, tongue, neck and shoulders."""
    weight = np.full(len(part), 0.5)
    skin = region.kind == SKIN
    weight[skin & np.isin(part, (SCALP, LEFT_EAR, RIGHT_EAR))] = 1.0
    weight[skin & (part == FACE)] = 1.6
    return weight


@dataclass(frozen=True)
class IdentitySpace:
    """mean f64 [V,3] and modes f64 [K,V,3] in dm; coefficients of `heads` are N(0,1).

    kept f64 [HEAD_COUNT]: cumulative share of the weighted variance.
    """

    mean: np.ndarray
    modes: np.ndarray
    kept: np.ndarray


def principal_modes(heads, vertex_weight):
    """PCA by the Gram matrix, distances weighted per vertex; the sign makes the largest entry positive."""
    mean = heads.mean(axis=0, dtype=np.float64)
    offsets = heads - mean.astype(np.float32)
    weighted = (offsets * np.sqrt(vertex_weight)[None, :, None].astype(np.float32)).reshape(len(heads), -1)
    values, vectors = np.linalg.eigh((weighted @ weighted.T).astype(np.float64))
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = np.cumsum(np.maximum(values, 0)) / np.maximum(values, 0).sum()
    chosen = vectors[:, :MODE_COUNT]
    modes = (chosen.T @ offsets.reshape(len(heads), -1)).reshape(MODE_COUNT, -1, 3) / np.sqrt(len(heads))
    flat = modes.reshape(MODE_COUNT, -1)
    peak = np.take_along_axis(flat, np.abs(flat).argmax(axis=1)[:, None], axis=1)
    return IdentitySpace(mean, modes * np.sign(peak)[:, :, None], kept)
