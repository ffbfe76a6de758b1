//! Harmonics held as bytes, and residencies that change while a scene is shown.

use std::sync::Arc;

use renderer::{Background, Frame, HarmonicsFormat, Render, RenderedImage, Residency};
use renderer::{Renderer, SoftwareRenderer};
use scene::{DirectionalLight, Edit, Grade, LodTree, Node, NodeId, Payload, Scene, SplatFlags};

use crate::{
    common::{assert_images, ball, camera, device, everything, insert, layer, place},
    detail::{planet, psnr},
};

/// What pictures of bytes must reach beside those of halves. Real scenes, whose splats vary less with the
/// direction, reach more (docs/decisions/0023-compact-harmonics.md).
const MIN_PSNR_DB: f64 = 55.0;
const BYTES: Residency = Residency {
    scene_bytes: u64::MAX,
    slice: None,
    harmonics: HarmonicsFormat::Bytes,
};

fn frame() -> Frame {
    Frame {
        background: Background::Color([0.2; 3]),
        show_selection: true,
        ..Frame::new(camera([160, 120]))
    }
}

/// Degrees 3, 2 and 1, one layer graded, one lit.
fn subject() -> (Scene, NodeId) {
    let mut scene = Scene::new();
    let graded = insert(&mut scene, layer(ball(2500, 3, 5)));
    insert(&mut scene, place(layer(ball(900, 2, 6)), 0.3, 0.8));
    insert(&mut scene, place(layer(ball(300, 1, 7)), -0.3, 0.7));
    let sun = Node::new("sun", Payload::Light(DirectionalLight::default()));
    insert(&mut scene, sun);
    let grade = Grade {
        exposure: 0.4,
        ..Grade::default()
    };
    let mut edit = Edit::set_grades(graded, vec![grade]);
    edit.apply(&mut scene).expect("a valid edit");
    (scene, graded)
}

fn software(scene: &Scene, residency: Residency) -> SoftwareRenderer {
    let mut renderer = SoftwareRenderer::new();
    renderer.set_residency(residency);
    renderer.sync(scene, &[]);
    renderer
}

fn draw(renderer: &mut dyn Render) -> RenderedImage {
    renderer.render_image(&frame()).expect("a picture")
}

#[test]
fn bytes_look_as_halves_and_take_two_thirds() {
    let mut parts = ball(4096, 3, 5);
    parts.columns.clear();
    let mut scene = Scene::new();
    insert(&mut scene, layer(parts));
    let mut halves = software(&scene, Residency::default());
    let mut bytes = software(&scene, BYTES);
    let db = psnr(&draw(&mut bytes), &draw(&mut halves));
    assert!(db > MIN_PSNR_DB, "{db} dB");
    let each = |r: &SoftwareRenderer| r.stats().scene_bytes / 4096;
    assert_eq!([each(&halves), each(&bytes)], [125, 85], "bytes a splat");
}

#[test]
fn both_renderers_show_bytes_alike() {
    let Some(mut gpu) = device() else { return };
    let (mut scene, graded) = subject();
    gpu.set_residency(BYTES);
    gpu.sync(&scene, &[]);
    let mut cpu = software(&scene, BYTES);
    assert_images("all degrees", &draw(&mut gpu), &draw(&mut cpu), 1);
    for degree in [2, 1, 0] {
        let frame = Frame {
            max_sh_degree: degree,
            ..frame()
        };
        let of_gpu = gpu.render_image(&frame).expect("a picture");
        let of_cpu = cpu.render_image(&frame).expect("a picture");
        assert_images(&format!("degree {degree}"), &of_gpu, &of_cpu, 1);
    }
    // Frames on screen keep the colors of an eye that stays, and compute them anew for flags.
    for _ in 0..3 {
        gpu.render_to_texture(&frame()).expect("a frame");
    }
    let flags = |row: usize, flags: SplatFlags| match row % 3 {
        0 => flags.with(SplatFlags::SELECTED),
        _ => flags,
    };
    let mut edit = Edit::map_flags(&scene, graded, flags).expect("rows");
    let dirty = edit.apply(&mut scene).expect("a valid edit");
    gpu.sync(&scene, &dirty);
    cpu.sync(&scene, &dirty);
    gpu.render_to_texture(&frame()).expect("a frame");
    assert!(gpu.stats().ran.contains(&"recolor"), "only colors changed");
    let of_screen = RenderedImage {
        rgba: gpu.read_target().expect("pixels"),
        ..draw(&mut cpu)
    };
    assert_images("recolored", &of_screen, &draw(&mut cpu), 1);
}

/// Changes the residency of a renderer that shows a scene, and draws what comes of it.
fn draw_in(renderer: &mut dyn Render, scene: &Scene, residency: Residency) -> RenderedImage {
    renderer.set_residency(residency);
    assert!(!renderer.is_complete(), "there is something to take over");
    renderer.sync(scene, &[]);
    let image = draw(renderer);
    assert!(renderer.is_complete(), "it was taken over");
    image
}

fn follows_residencies(renderer: &mut dyn Render, scene: &Scene) {
    renderer.sync(scene, &everything(scene));
    let halves = draw(renderer);
    let bytes = draw_in(renderer, scene, BYTES);
    let mut fresh = software(scene, BYTES);
    assert_images("bytes", &bytes, &draw(&mut fresh), 1);
    assert_ne!(bytes, halves, "the format can be told from the pixels");
    let back = draw_in(renderer, scene, Residency::default());
    assert_eq!(back, halves, "as before");
}

#[test]
fn formats_change_while_a_scene_is_shown() {
    let (scene, _) = subject();
    follows_residencies(&mut SoftwareRenderer::new(), &scene);
    let gpu: Option<Renderer> = device();
    gpu.into_iter()
        .for_each(|mut gpu| follows_residencies(&mut gpu, &scene));
}

#[test]
fn memory_and_format_of_a_streamed_layer_change_while_it_is_shown() {
    let mut parts = planet(30_000);
    // A planet that shimmers.
    let ball = ball(30_000, 3, 8);
    (parts.sh, parts.sh_degree) = (ball.sh, 3);
    let mut scene = Scene::new();
    let node = insert(&mut scene, layer(parts));
    let source = scene.node(node).and_then(|n| n.splats()).expect("a layer");
    let tree = LodTree::build(&source.cloud, &source.flags, &|| false).expect("a tree");
    let mut renderer = software(&scene, Residency::default());
    renderer.set_tree(&scene, node, Arc::new(tree));
    let whole = draw(&mut renderer);
    let held = renderer.stats().scene_bytes;

    let bytes = draw_in(&mut renderer, &scene, BYTES);
    let db = psnr(&bytes, &whole);
    assert!(db > MIN_PSNR_DB, "{db} dB");
    assert!(renderer.stats().scene_bytes * 3 < held * 2 + held / 10);
    let tight = Residency {
        scene_bytes: held / 3,
        ..Residency::default()
    };
    renderer.set_residency(tight);
    renderer.sync(&scene, &[]);
    draw(&mut renderer);
    let now = renderer.stats().scene_bytes;
    assert!(now <= held / 3, "{now} of {}", held / 3);
    let again = draw_in(&mut renderer, &scene, Residency::default());
    assert_images("all memory again", &again, &whole, 1);
    assert_eq!(renderer.stats().error_px, 0.0, "every splat itself");
}

#[test]
fn rows_that_no_longer_fit_are_given_back() {
    let (scene, _) = subject();
    let mut renderer = software(&scene, Residency::default());
    let whole = draw(&mut renderer);
    let held = renderer.stats().scene_bytes;
    let tight = Residency {
        scene_bytes: held / 2,
        ..Residency::default()
    };
    draw_in(&mut renderer, &scene, tight);
    assert!(renderer.stats().scene_bytes <= held / 2 + 3 * 256 * 130);
    assert_eq!(
        draw_in(&mut renderer, &scene, Residency::default()),
        whole,
        "and come again"
    );
}
