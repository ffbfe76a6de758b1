"""The 52 expression rows, in the order of the blendshape network's outputs."""

import numpy as np

from makehuman import FACE_UNIT_DIR, read_target

BLENDSHAPE_NAMES = (
    "_neutral", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight",
    "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker",
    "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight",
)
"""Output names of the network; `_neutral` is output 0 and moves nothing. ARKit's `tongueOut` is not among them."""


def expression_shapes(archive, region):
    """Offsets f64 [52,V,3] in dm; the row of `_neutral` is zero."""
    shapes = np.zeros((len(BLENDSHAPE_NAMES), len(region.base), 3))
    for row, name in enumerate(BLENDSHAPE_NAMES):
        if name != "_neutral":
            shapes[row] = read_target(archive, f"{FACE_UNIT_DIR}{name}.target", region)
    return shapes
