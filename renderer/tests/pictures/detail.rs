//! Pictures drawn of merged splats.

use std::sync::Arc;

use glam::{Quat, Vec3};
use renderer::{Detail, Frame, Render, RenderedImage, SoftwareRenderer};
use scene::{
    Edit, LodTree, NodeId, Scene, SplatFlags,
    cloud::{CloudParts, logit},
    sh,
};

use crate::common::{assert_images, ball, camera, device, insert, layer, place};

/// Where every splat is a pixel apart from its neighbors, merging four of them shows a little.
pub(crate) const GOOD_DB: f64 = 34.0;
pub(crate) const COARSE: Detail = Detail::Coarse {
    tolerance_px: 1.0,
    budget: u32::MAX,
};

/// A planet: disks on a unit sphere, colored by place.
pub(crate) fn planet(n: usize) -> CloudParts {
    let at = |i: usize| {
        // A Fibonacci spiral covers a sphere evenly.
        let z = 1.0 - 2.0 * (i as f32 + 0.5) / n as f32;
        let (s, c) = (i as f32 * 2.399_963).sin_cos();
        Vec3::new(c, s, 0.0) * (1.0 - z * z).sqrt() + Vec3::Z * z
    };
    let size = (2.0 / (n as f32).sqrt()).ln();
    let color = |p: Vec3| 0.5 + 0.4 * (5.0 * p).map(f32::sin);
    CloudParts {
        means: (0..n).map(at).collect(),
        rotations: (0..n)
            .map(|i| Quat::from_rotation_arc(Vec3::Z, at(i)))
            .collect(),
        log_scales: vec![Vec3::new(size, size, size - 3.0); n],
        opacity_logits: vec![logit(0.9); n],
        sh_degree: 0,
        sh: (0..n)
            .flat_map(|i| sh::dc_from_color(color(at(i))).to_array())
            .collect(),
        columns: Vec::new(),
    }
}

/// A planet with levels of detail and a plain ball in it.
fn space() -> (Scene, NodeId, Arc<LodTree>) {
    let mut scene = Scene::new();
    let node = insert(&mut scene, place(layer(planet(50_000)), 0.4, 1.1));
    insert(&mut scene, place(layer(ball(1000, 1, 4)), 1.2, 0.5));
    let source = scene.node(node).and_then(|n| n.splats()).expect("a layer");
    let tree = LodTree::build(&source.cloud, &source.flags, &|| false).expect("a tree");
    (scene, node, Arc::new(tree))
}

/// Peak signal-to-noise ratio over premultiplied color.
pub(crate) fn psnr(a: &RenderedImage, b: &RenderedImage) -> f64 {
    let value = |p: &[u8], c: usize| f64::from(p[c]) * f64::from(p[3]) / 255.0;
    let pixels = a.rgba.chunks(4).zip(b.rgba.chunks(4));
    let squares: f64 = pixels
        .flat_map(|(a, b)| [0, 1, 2].map(|c| (value(a, c) - value(b, c)).powi(2)))
        .sum();
    let mean = squares / f64::from(3 * a.width * a.height);
    10.0 * (255.0 * 255.0 / mean).log10()
}

fn draw(renderer: &mut dyn Render, detail: Detail) -> RenderedImage {
    let frame = Frame {
        detail,
        ..Frame::new(camera([160, 120]))
    };
    renderer.render_image(&frame).expect("an image")
}

#[test]
fn coarse_frames_look_like_exact_ones_and_draw_far_fewer_splats() {
    let (scene, node, tree) = space();
    let mut renderer = SoftwareRenderer::new();
    renderer.sync(&scene, &[]);
    renderer.set_tree(&scene, node, tree);
    let exact = draw(&mut renderer, Detail::Exact);
    assert_eq!(
        renderer.stats().error_px,
        0.0,
        "an exact frame does not err"
    );
    let coarse = draw(&mut renderer, COARSE);
    let stats = renderer.stats();
    let db = psnr(&exact, &coarse);
    assert!(db > GOOD_DB, "{db} dB");
    assert!(stats.considered < 51_000 / 3, "{} splats", stats.considered);
    assert!(
        stats.error_px > 0.0 && stats.error_px <= 1.0,
        "{} px",
        stats.error_px
    );
}

#[test]
fn a_tree_does_not_change_exact_frames() {
    let (scene, node, tree) = space();
    let mut renderer = SoftwareRenderer::new();
    renderer.sync(&scene, &[]);
    let before = draw(&mut renderer, Detail::Exact);
    renderer.set_tree(&scene, node, tree);
    assert_images(
        "with a tree",
        &draw(&mut renderer, Detail::Exact),
        &before,
        1,
    );
}

#[test]
fn no_merged_splat_shows_deleted_ones_and_a_refreshed_tree_is_as_good_as_a_new_one() {
    let (mut scene, node, tree) = space();
    let mut renderer = SoftwareRenderer::new();
    renderer.sync(&scene, &[]);
    renderer.set_tree(&scene, node, tree.clone());
    draw(&mut renderer, COARSE);
    // The half of the planet that the spiral comes to last.
    let half: Vec<u32> = (25_000..50_000).collect();
    let deleted = vec![SplatFlags::DELETED; half.len()];
    let mut edit = Edit::set_flags(node, half.clone(), deleted);
    let dirty = edit.apply(&mut scene).expect("a valid edit");
    renderer.sync(&scene, &dirty);
    let exact = draw(&mut renderer, Detail::Exact);
    let db = psnr(&draw(&mut renderer, COARSE), &exact);
    assert!(db > GOOD_DB, "with what is left of the tree: {db} dB");

    let layer = scene.node(node).and_then(|n| n.splats()).expect("a layer");
    let mut refreshed = LodTree::clone(&tree);
    refreshed
        .refresh(&half, &layer.cloud, &layer.flags)
        .expect("a tree");
    let refreshed = Arc::new(refreshed);
    renderer.set_tree(&scene, node, refreshed.clone());
    let coarse = draw(&mut renderer, COARSE);
    let considered = renderer.stats().considered;
    let mut fresh = SoftwareRenderer::new();
    fresh.sync(&scene, &[]);
    fresh.set_tree(&scene, node, refreshed);
    assert_images("refreshed", &coarse, &draw(&mut fresh, COARSE), 1);
    assert_eq!(considered, fresh.stats().considered);
}

#[test]
fn device_and_software_agree_on_coarse_frames_within_a_budget() {
    let Some(mut gpu) = device() else { return };
    let (scene, node, tree) = space();
    let mut cpu = SoftwareRenderer::new();
    for renderer in [&mut gpu as &mut dyn Render, &mut cpu] {
        renderer.sync(&scene, &[]);
        renderer.set_tree(&scene, node, tree.clone());
    }
    for budget in [4_000, 9_000, 20_000] {
        let detail = Detail::Coarse {
            tolerance_px: 0.0,
            budget,
        };
        let name = format!("a budget of {budget}");
        assert_images(&name, &draw(&mut gpu, detail), &draw(&mut cpu, detail), 1);
        // The ball has no tree: it comes on top of the budget.
        assert!(
            gpu.stats().considered <= budget + 1000,
            "{name}: {}",
            gpu.stats().considered
        );
        assert_eq!(gpu.stats().considered, cpu.stats().considered, "{name}");
    }
}

#[test]
fn picks_in_coarse_frames_hit_real_splats() {
    let (scene, node, tree) = space();
    let mut renderer = SoftwareRenderer::new();
    renderer.sync(&scene, &[]);
    let frame = Frame::new(camera([160, 120]));
    let pixel = [80, 60];
    let exact = renderer.pick(&frame, pixel).expect("an answer");
    renderer.set_tree(&scene, node, tree);
    let coarse = Frame {
        detail: COARSE,
        ..frame
    };
    assert_eq!(renderer.pick(&coarse, pixel).expect("an answer"), exact);
    assert!(exact.is_some_and(|p| p.node == node), "{exact:?}");
}

#[test]
fn a_selection_shows_on_merged_splats() {
    let (mut scene, node, tree) = space();
    let mut renderer = SoftwareRenderer::new();
    renderer.sync(&scene, &[]);
    renderer.set_tree(&scene, node, tree);
    let tinted = |renderer: &mut SoftwareRenderer, detail| {
        let frame = Frame {
            detail,
            show_selection: true,
            ..Frame::new(camera([160, 120]))
        };
        renderer.render_image(&frame).expect("an image")
    };
    let plain = tinted(&mut renderer, COARSE);
    // One of three rows everywhere, all rows of the northern half.
    let third = |row: &u32| row % 3 == 0 || *row < 25_000;
    let rows: Vec<u32> = (0..50_000).filter(third).collect();
    let flags = vec![SplatFlags::SELECTED; rows.len()];
    let mut edit = Edit::set_flags(node, rows, flags);
    let dirty = edit.apply(&mut scene).expect("a valid edit");
    renderer.sync(&scene, &dirty);
    let exact = tinted(&mut renderer, Detail::Exact);
    let coarse = tinted(&mut renderer, COARSE);
    let changed = psnr(&plain, &exact);
    let db = psnr(&coarse, &exact);
    assert!(
        db > 26.0 && changed < 18.0,
        "{db} dB, the tint is {changed} dB"
    );
    // A part of a half that is a third selected: the tint is right on average.
    let mean = |image: &RenderedImage| {
        let sum: u32 = image.rgba.chunks(4).map(|p| u32::from(p[2])).sum();
        f64::from(sum) / f64::from(image.width * image.height)
    };
    let (coarse, exact, plain) = (mean(&coarse), mean(&exact), mean(&plain));
    let error = (coarse - exact) / (exact - plain);
    assert!(
        error.abs() < 0.1,
        "{coarse}, exactly {exact}, without {plain}"
    );
}
