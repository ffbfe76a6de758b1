//! What is likely where, in logarithms: skin, hair, cloth.

use super::Scores;
use super::hanging::Hanging;
use super::regions::Regions;
use crate::portrait::mesh::VertexPart;

/// 0 up to `from`, 1 from `to` on, a line between.
fn ramp(value: f32, from: f32, to: f32) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

/// The prior of one pixel.
pub(super) fn at(regions: &Regions, i: usize, hanging: &Hanging) -> Scores {
    let hangs = hanging.is_long(regions.side[i]);
    let mut scores = match regions.part[i] {
        Some(_) => on_model(regions, i, hangs),
        None => beside_model(regions, i, hangs),
    };
    let mut add = |skin: f32, hair: f32, cloth: f32| {
        scores[0] += skin;
        scores[1] += hair;
        scores[2] += cloth;
    };
    let (below, side) = (regions.below[i], regions.side[i]);
    if regions.lower_face[i] {
        // Hanging hair may fall into the face, most of all at its rim.
        let sure = if hangs {
            0.6 * ramp(regions.oval_depth[i], 0.02, 0.2)
        } else {
            1.0
        };
        add(1.0 + 4.5 * sure, -1.0 - 5.0 * sure, -12.0);
    } else if regions.oval[i] {
        // A forehead is bare rather than in shadow; a fringe is told by its color.
        add(1.5, 0.0, -12.0);
    }
    if regions.brows_and_eyes[i] {
        add(0.0, -9.0, 0.0);
    }
    let throat = if hangs { 0.22 } else { 0.34 };
    if side.abs() < throat && (-0.12..0.45).contains(&below) {
        add(0.0, if hangs { -2.5 } else { -9.0 }, 0.0);
    }
    // Hair that ends beside the face is not further down either.
    if !hangs {
        let end = hanging.lowest(side);
        add(0.0, -9.0 * ramp(below, end, end + 0.12), 0.0);
    } else if below > 0.0 {
        add(0.0, -1.2 * below, 0.0);
    }
    if below > 0.0 {
        add(
            0.0,
            0.0,
            if hangs {
                1.5 * ramp(below, 0.1, 0.9)
            } else {
                2.5 * ramp(below, 0.0, 0.4)
            },
        );
    }
    // Above the brows what is beyond the forehead is hair.
    if regions.is_crown(i) {
        add(
            0.0,
            ramp(regions.oval_distance[i] / regions.height, 0.03, 0.1),
            0.0,
        );
    }
    // Far from the head hair is rare.
    if below > -0.55 {
        let far = ramp(regions.head_distance[i], 0.22, 0.6);
        add(0.0, -4.0 * far, -f32::from(u8::from(far > 0.0)));
    }
    scores
}

fn on_model(regions: &Regions, i: usize, hangs: bool) -> Scores {
    let below = regions.below[i];
    // No cloth on the head itself, but collars reach up to the jaw.
    let cloth = -7.0 * ramp(-below, 0.1, 0.35);
    if regions.is_scalp(i) {
        // The further from the forehead, the surer it is hair.
        let crown = if regions.is_crown(i) {
            ramp(regions.oval_distance[i] / regions.height, 0.02, 0.2)
        } else {
            0.0
        };
        return [-1.5 - 3.0 * crown, 1.5 + 1.5 * crown, cloth.min(-4.0)];
    }
    match regions.part[i] {
        Some(VertexPart::LeftEar | VertexPart::RightEar) => {
            if hangs {
                [0.0, 1.5, cloth]
            } else {
                [2.0, 0.0, cloth]
            }
        }
        Some(VertexPart::Neck) if hangs => [0.5, -0.5, 0.0],
        Some(VertexPart::Neck) => [2.0, -7.0, 0.0],
        // Cheek between the outline and the ear, below the temple.
        Some(VertexPart::Face) if below > -0.4 => [1.5, if hangs { 0.0 } else { -1.5 }, cloth],
        _ => [0.0, 0.0, cloth],
    }
}

fn beside_model(regions: &Regions, i: usize, hangs: bool) -> Scores {
    let below = regions.below[i];
    let near = 1.0 - ramp(regions.head_distance[i], 0.1, 0.35);
    // Cheeks and ears are a little wider than the model's; crowns are not bare.
    let tolerance = if below > -0.65 {
        ramp(regions.model_distance[i], 0.02, 0.12)
    } else {
        1.0
    };
    let hair = 2.5 * ramp(-below, 0.15, 0.45) * tolerance;
    if hangs {
        // Beside the neck it is hair or a collar; shoulders are the model's too.
        let skin = -3.5 + 2.5 * ramp(below, 0.0, 0.4);
        return [
            skin * tolerance,
            hair + 1.5 * near * tolerance,
            -8.0 * ramp(-below, -0.9, -0.3),
        ];
    }
    if below >= 0.0 {
        return [0.0; 3];
    }
    let crown = near * ramp(-below, 0.45, 0.7);
    let cloth = if below > -0.42 { -3.0 } else { -9.0 };
    [-3.5 * tolerance, hair + crown, cloth]
}
