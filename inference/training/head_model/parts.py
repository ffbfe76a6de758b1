"""A coarse part for every vertex: face, ears, neck, scalp, torso."""

import numpy as np

from makehuman import SKIN, TARGET_DIR, read_target

FACE, LEFT_EAR, RIGHT_EAR, NECK, SCALP, TORSO = range(6)

EAR_TARGET = "ear-wing-incr"
EAR_THRESHOLD = 0.1
"""A skin vertex belongs to the ear when this target, which folds the ear outwards, moves it by more than this share of
its largest move."""
NECK_BELOW_CHIN = 0.12
"""Skin this far (dm) below the lowest front vertex of the chin is neck (or torso), never face."""
CHIN_MIN_Z = 1.3
SCALP_MIN_Y = 8.0
SCALP_BEHIND_Z = 0.55
SCALP_BEHIND_MIN_Y = 6.5
TORSO_BONES = ("spine", "clavicle", "shoulder", "upperarm", "breast", "root")
UNDER_JAW_NORMAL_Y = -0.55
UNDER_JAW_MAX_Y = 6.45
UNDER_JAW_MAX_Z = 1.25
"""Head skin that looks down this much, below this height and behind this depth, is the underside of the jaw."""


def vertex_parts(archive, region, bone_weights, mean, normals):
    """Part u8 [V] of every vertex.

    ear    moved by MakeHuman's `ear-wing-incr` target of that side
    torso  the spine, clavicle, shoulder and arm bones together outweigh the neck's
    neck   the neck bones outweigh the head's; below the hairline behind the ears; underside of the jaw; below the chin
    scalp  y > 8, or z < .55 and y > 6.5 (the hair prior of the portrait recipe)
    face   everything else, with eyes, teeth, tongue, sockets and mouth bag
    """
    part = np.full(len(mean), FACE, np.uint8)
    skin = region.kind == SKIN

    def total(prefixes):
        return sum((w for bone, w in bone_weights.items() if bone.startswith(prefixes)), np.zeros(len(mean)))

    neck, torso = total(("neck",)), total(TORSO_BONES)
    head = np.maximum(1.0 - neck - torso, 0.0)
    scalp = (mean[:, 1] > SCALP_MIN_Y) | ((mean[:, 2] < SCALP_BEHIND_Z) & (mean[:, 1] > SCALP_BEHIND_MIN_Y))
    part[skin & scalp] = SCALP
    under_jaw = (
        (normals[:, 1] < UNDER_JAW_NORMAL_Y) & (mean[:, 1] < UNDER_JAW_MAX_Y) & (mean[:, 2] < UNDER_JAW_MAX_Z)
    )
    chin_y = mean[skin & (mean[:, 2] > CHIN_MIN_Z), 1].min()
    behind = (mean[:, 2] < SCALP_BEHIND_Z) & (mean[:, 1] <= SCALP_BEHIND_MIN_Y)
    below_head = (neck > head) | behind | under_jaw | (mean[:, 1] < chin_y - NECK_BELOW_CHIN)
    part[skin & ~scalp & below_head] = NECK
    part[skin & (torso > np.maximum(neck, head))] = TORSO
    for side, value in (("l", LEFT_EAR), ("r", RIGHT_EAR)):
        move = np.linalg.norm(read_target(archive, f"{TARGET_DIR}ears/{side}-{EAR_TARGET}.target.gz", region), axis=1)
        part[skin & (move > EAR_THRESHOLD * move.max())] = value
    return part
