//! Scenes of more than one page: what is out of sight is left out, what changed is found again.

use crate::common::{assert_images, ball, device, insert, layer};
use glam::Vec3;
use renderer::{CpuRasterizer, Frame, Render, SoftwareRenderer};
use scene::{
    Dirty, Edit, GaussianCloud, PinholeCamera, Rasterizer, Scene, SplatFlags, Transform,
    cloud::CloudParts,
};

const N: usize = 150_000;

fn dust() -> CloudParts {
    let mut parts = ball(N, 0, 8);
    parts.log_scales.iter_mut().for_each(|s| *s -= 1.5);
    parts
}

/// A camera in the cloud that sees a small part of it.
fn inside() -> Frame {
    let eye = Vec3::new(0.4, 0.1, 0.9);
    Frame::new(PinholeCamera::look_at(
        eye,
        Vec3::new(0.2, 0.9, 0.6),
        Vec3::Y,
        0.5,
        [160, 120],
    ))
}

#[test]
fn pages_out_of_sight_are_left_out_and_none_is_missed() {
    let frame = inside();
    let cloud = GaussianCloud::new(dust()).expect("a valid cloud");
    let mut scene = Scene::new();
    insert(&mut scene, layer(dust()));
    let mut software = SoftwareRenderer::new();
    software.sync(&scene, &[]);
    let drawn = software.render_image(&frame).expect("a picture");

    // The rasterizer knows no pages and keeps the file's order.
    let whole = CpuRasterizer.rasterize(&cloud, &frame.camera);
    for (i, (a, e)) in drawn.rgba.chunks_exact(4).zip(&whole.pixels).enumerate() {
        let difference = (f32::from(a[3]) - e[3] * 255.0).abs();
        assert!(difference <= 1.0, "alpha of pixel {i}: {difference} / 255");
    }
    let Some(mut device) = device() else { return };
    device.sync(&scene, &[]);
    let image = device.render_image(&frame).expect("a picture");
    assert_images("pages", &image, &drawn, 1);
    assert_eq!(device.stats().splats as usize, N);
}

#[test]
fn rows_keep_their_names_though_pages_are_sorted() {
    let Some(mut device) = device() else { return };
    let frame = inside();
    let mut scene = Scene::new();
    let node = insert(&mut scene, layer(dust()));
    device.sync(&scene, &[]);
    let pixel = [80, 60];
    let first = device
        .pick(&frame, pixel)
        .expect("a pick")
        .expect("a splat");
    let mean = scene
        .node(node)
        .and_then(|n| n.splats())
        .expect("a layer")
        .cloud
        .means()[first.row as usize];
    assert!(
        (mean - first.point).length() < 0.2,
        "the picked row lies where it was picked: {mean}, {}",
        first.point
    );

    // Hidden row by row, each lets the one behind it be seen.
    let row = first.row as usize;
    let dirty = Edit::set_flags(node, vec![row as u32], vec![SplatFlags::HIDDEN])
        .apply(&mut scene)
        .expect("a valid edit");
    device.sync(&scene, &dirty);
    let second = device
        .pick(&frame, pixel)
        .expect("a pick")
        .expect("a splat");
    assert_ne!(second.row, first.row, "a hidden splat is not picked");

    let mut software = SoftwareRenderer::new();
    software.sync(&scene, &[Dirty::Graph]);
    let expected = software.render_image(&frame).expect("a picture");
    let image = device.render_image(&frame).expect("a picture");
    assert_images("one hidden", &image, &expected, 1);
}

#[test]
fn a_layer_that_arrives_in_parts_is_sorted_when_it_is_complete() {
    let frame = inside();
    let parts: Vec<CloudParts> = (0..3)
        .map(|seed| {
            let mut parts = ball(30_000, 0, seed);
            parts.log_scales.iter_mut().for_each(|s| *s -= 1.0);
            parts
        })
        .collect();
    let mut scene = Scene::new();
    let mut software = SoftwareRenderer::new();
    let node = scene.begin_incoming("dust", "test", Transform::IDENTITY);
    for part in parts {
        let part = GaussianCloud::new(part).expect("a valid cloud");
        let dirty = scene.extend_incoming(node, part).expect("room");
        software.sync(&scene, &[Dirty::Graph, dirty]);
        software.render_image(&frame).expect("a picture");
    }
    scene.finish_incoming(node).expect("a layer");
    software.sync(&scene, &[Dirty::Graph]);
    let kept = software.render_image(&frame).expect("a picture");

    let mut fresh = SoftwareRenderer::new();
    fresh.sync(&scene, &[]);
    let expected = fresh.render_image(&frame).expect("a picture");
    assert!(kept == expected, "as if it had come at once");
    let pixel = [70, 50];
    let pick = |r: &mut SoftwareRenderer| r.pick(&frame, pixel).expect("a pick").map(|p| p.row);
    assert!(pick(&mut software).is_some() && pick(&mut software) == pick(&mut fresh));
}
