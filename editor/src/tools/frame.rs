//! How large things are: spheres to frame.

use glam::Vec3;
use scene::{NodeId, Scene, SplatFlags};

/// Enough samples for percentiles that nobody sees move.
const SAMPLES: usize = 100_000;
/// Share of stray splats at either end that framing does not care about.
const STRAY: f32 = 0.005;

/// The sphere around all drawn splats of visible layers, stray ones aside.
pub(crate) fn sphere_of_scene(scene: &Scene) -> Option<(Vec3, f32)> {
    sphere(scene, |_, flags| flags.is_drawn())
}

/// The sphere around the splats of visible layers that `counts`, stray ones aside. O(N).
pub(crate) fn sphere(
    scene: &Scene,
    counts: impl Fn(NodeId, SplatFlags) -> bool,
) -> Option<(Vec3, f32)> {
    let shown = || scene.layers().filter(|(id, ..)| scene.is_visible(*id));
    let counted =
        shown().map(|(id, _, layer)| layer.flags.iter().filter(|f| counts(id, **f)).count());
    // A small selection must not fall through the sampling, so every so many-th of *it* is taken.
    let step = counted.sum::<usize>().div_ceil(SAMPLES).max(1);
    let mut axes = [Vec::new(), Vec::new(), Vec::new()];
    let mut sizes = Vec::new();
    for (id, _, layer) in shown() {
        let world_from_layer = scene.world_from_node(id);
        let rows = (0..layer.cloud.len()).filter(|row| counts(id, layer.flags[*row]));
        for row in rows.step_by(step) {
            let point = world_from_layer.point(layer.cloud.means()[row]);
            for (axis, value) in axes.iter_mut().zip(point.to_array()) {
                axis.push(value);
            }
            sizes.push(world_from_layer.scale * layer.cloud.scale(row).max_element());
        }
    }
    let [x, y, z] = &mut axes;
    let ((x0, x1), (y0, y1), (z0, z1)) = (extent(x)?, extent(y)?, extent(z)?);
    let (low, high) = (Vec3::new(x0, y0, z0), Vec3::new(x1, y1, z1));
    // Splats reach beyond their centres; a single one is all reach.
    let middle = sizes.len() / 2;
    let (_, size, _) = sizes.select_nth_unstable_by(middle, f32::total_cmp);
    let radius = 0.5 * (high - low).length() + 3.0 * *size;
    let sound = radius.is_finite() && radius > 0.0;
    sound.then_some((0.5 * (low + high), radius))
}

/// Low and high end of values, stray ones aside.
fn extent(values: &mut [f32]) -> Option<(f32, f32)> {
    let last = values.len().checked_sub(1)?;
    let stray = (last as f32 * STRAY) as usize;
    let (_, low, _) = values.select_nth_unstable_by(stray, f32::total_cmp);
    let low = *low;
    let (_, high, _) = values.select_nth_unstable_by(last - stray, f32::total_cmp);
    Some((low, *high))
}
