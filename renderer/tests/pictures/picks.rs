//! What lies under the cursor.

use crate::common::{camera, device, insert, layer, place, splat};
use glam::Vec3;
use renderer::{Frame, Pick, Render, SoftwareRenderer};
use scene::{Edit, NodeId, Scene};

/// A small opaque splat at the origin, a veil in front of it, and a wall behind.
fn scene() -> (Scene, NodeId) {
    let mut scene = Scene::new();
    insert(
        &mut scene,
        layer(splat(Vec3::new(0.0, 0.0, -1.0), 0.5, 0.95)),
    );
    let target = insert(
        &mut scene,
        place(layer(splat(Vec3::ZERO, 0.1, 0.9)), 0.0, 2.0),
    );
    insert(&mut scene, layer(splat(Vec3::new(0.0, 0.0, 1.0), 0.3, 0.1)));
    (scene, target)
}

fn assert_target(pick: Option<Pick>, target: NodeId, frame: &Frame) {
    let pick = pick.expect("a splat under the middle");
    assert_eq!(
        (pick.node, pick.row),
        (target, 0),
        "the veil lets most light through"
    );
    let depth = frame.camera.project(Vec3::ZERO).z;
    assert!(
        (pick.depth - depth).abs() < 1e-4,
        "{} instead of {depth}",
        pick.depth
    );
    assert!(pick.point.length() < 0.05, "{}", pick.point);
}

#[test]
fn the_first_splat_that_stops_half_the_light_is_picked() {
    let (scene, target) = scene();
    let frame = Frame::new(camera([200, 150]));
    let at = frame.camera.project(Vec3::ZERO);
    let middle = [at.x as u32, at.y as u32];
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(&scene, &[]);
    assert_target(cpu.pick(&frame, middle).expect("a device"), target, &frame);
    assert_eq!(
        cpu.pick(&frame, [0, 0]).expect("a device"),
        None,
        "the corner is empty"
    );
    assert_eq!(
        cpu.pick(&frame, [200, 0]).expect("a device"),
        None,
        "outside"
    );

    let Some(mut gpu) = device() else { return };
    gpu.sync(&scene, &[]);
    // Once with nothing drawn, once from the frame on the screen.
    for drawn in [false, true] {
        if drawn {
            gpu.render_to_texture(&frame).expect("a texture");
        }
        assert_target(gpu.pick(&frame, middle).expect("a device"), target, &frame);
        assert_eq!(
            gpu.pick(&frame, [0, 0]).expect("a device"),
            None,
            "the corner is empty"
        );
    }
    assert!(gpu.stats().splats == 3, "{:?}", gpu.stats());
}

#[test]
fn invisible_layers_are_not_picked() {
    let (mut scene, target) = scene();
    let frame = Frame::new(camera([200, 150]));
    let at = frame.camera.project(Vec3::ZERO);
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(&scene, &[]);
    let dirty = Edit::set_visible(target, false)
        .apply(&mut scene)
        .expect("a valid edit");
    cpu.sync(&scene, &dirty);
    let pick = cpu
        .pick(&frame, [at.x as u32, at.y as u32])
        .expect("a device");
    assert!(
        pick.expect("the wall").node != target,
        "an invisible layer was picked"
    );
}
