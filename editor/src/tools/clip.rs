//! The clipping box: around what, and its edges on the screen.

use glam::{Affine3A, Quat, Vec2, Vec3};
use scene::{PinholeCamera, Scene};

use crate::{
    overlay::{Line, Tone},
    select::{editable_layers, is_selected},
};

/// Room around the selected splats' centres, as a share of the box.
const MARGIN: f32 = 1.03;
/// Flat selections still get a box with so much of its longest side, so that it can be seen.
const THINNEST: f32 = 1e-3;

/// `world_from_box` around the selected splats, turned as their layer is where they are all of one.
pub(crate) fn around_selection(scene: &Scene) -> Option<Affine3A> {
    let mut layers =
        editable_layers(scene).filter(|(_, l)| l.flags.iter().any(|f| is_selected(*f)));
    let first = layers.next()?.0;
    let turn = if layers.next().is_none() {
        scene.world_from_node(first).rotation
    } else {
        Quat::IDENTITY
    };
    let box_from_world = turn.inverse();
    let (mut low, mut high) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
    for (id, layer) in editable_layers(scene) {
        let world_from_layer = scene.world_from_node(id);
        for (mean, flags) in layer.cloud.means().iter().zip(&layer.flags) {
            if is_selected(*flags) {
                let p = box_from_world * world_from_layer.point(*mean);
                (low, high) = (low.min(p), high.max(p));
            }
        }
    }
    let half = 0.5 * (high - low);
    let thinnest = (half.max_element() * THINNEST).max(1e-6);
    let scale = half.max(Vec3::splat(thinnest)) * MARGIN;
    let sound = scale.is_finite();
    let middle = turn * (0.5 * (low + high));
    sound.then(|| Affine3A::from_scale_rotation_translation(scale, turn, middle))
}

/// The twelve edges, those behind the camera left out.
pub(crate) fn edges(world_from_box: &Affine3A, camera: &PinholeCamera) -> Vec<Line> {
    let corner = |i: usize| {
        let side = |bit: usize| if i >> bit & 1 == 0 { -1.0 } else { 1.0 };
        let point = Vec3::new(side(0), side(1), side(2));
        camera.project(world_from_box.transform_point3(point))
    };
    let pairs = (0..8).flat_map(|i| (0..3).map(move |bit| (i, i | 1 << bit)));
    pairs
        .filter(|(a, b)| a != b)
        .map(|(a, b)| [corner(a), corner(b)])
        .filter(|ends| ends.iter().all(|p| p.z > camera.near && p.is_finite()))
        .map(|ends| Line {
            points: ends.map(|p| Vec2::new(p.x, p.y)).to_vec(),
            closed: false,
            tone: Tone::Neutral,
        })
        .collect()
}
