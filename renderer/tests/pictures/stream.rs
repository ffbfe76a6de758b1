//! Layers larger than what a renderer may hold: nodes come and go.

use std::{sync::Arc, time::Duration};

use glam::Vec3;
use renderer::{Detail, Frame, Render, RenderedImage, Residency, SoftwareRenderer};
use scene::{Edit, LodTree, NodeId, PinholeCamera, Scene, SplatFlags};

use crate::{
    common::{assert_images, camera, device, insert, layer},
    detail::{COARSE, GOOD_DB, planet, psnr},
};

const N: usize = 70_000;
/// What the planet's nodes need together: 85 slots of 2048 rows of 41 bytes.
const ALL_BYTES: u64 = 85 * 2048 * 41;
/// A frame or two of work.
const SLICE: Duration = Duration::from_millis(1);

fn space() -> (Scene, NodeId, Arc<LodTree>) {
    let mut scene = Scene::new();
    let node = insert(&mut scene, layer(planet(N)));
    let source = scene.node(node).and_then(|n| n.splats()).expect("a layer");
    let tree = LodTree::build(&source.cloud, &source.flags, &|| false).expect("a tree");
    assert_eq!(tree.nodes().len(), 85, "four levels");
    (scene, node, Arc::new(tree))
}

/// A picture of the planet after so many degrees of an orbit.
fn frame(degrees: f32, detail: Detail) -> Frame {
    let (s, c) = degrees.to_radians().sin_cos();
    let eye = 3.0 * Vec3::new(s, 0.3, c);
    let camera = PinholeCamera::look_at(eye, Vec3::ZERO, Vec3::Y, 0.8, [120, 90]);
    Frame {
        detail,
        ..Frame::new(camera)
    }
}

fn renderer(space: &(Scene, NodeId, Arc<LodTree>), residency: Residency) -> SoftwareRenderer {
    let mut renderer = SoftwareRenderer::new();
    renderer.set_residency(residency);
    renderer.sync(&space.0, &[]);
    renderer.set_tree(&space.0, space.1, space.2.clone());
    renderer
}

fn draw(renderer: &mut dyn Render, frame: &Frame) -> RenderedImage {
    renderer.render_image(frame).expect("an image")
}

/// Share of the opaque pixels of one picture that the other one lets through.
fn holes(image: &RenderedImage, whole: &RenderedImage) -> f32 {
    let pixels = || image.rgba.chunks(4).zip(whole.rgba.chunks(4));
    let opaque = pixels().filter(|(_, w)| w[3] > 250).count();
    let open = pixels().filter(|(i, w)| w[3] > 250 && i[3] < 200).count();
    open as f32 / opaque.max(1) as f32
}

#[test]
fn a_picture_for_which_there_is_room_is_the_one_of_a_resident_scene() {
    let space = space();
    let mut resident = renderer(&space, Residency::default());
    // Half of the planet is seen, and the nodes above it are not needed.
    let scene_bytes = ALL_BYTES * 7 / 10;
    let mut tight = renderer(
        &space,
        Residency {
            scene_bytes,
            ..Residency::default()
        },
    );
    for degrees in [0.0, 120.0, 240.0, 0.0] {
        let close = |detail| {
            let mut frame = frame(degrees, detail);
            frame.camera.fx *= 2.5;
            frame.camera.fy *= 2.5;
            frame
        };
        for detail in [Detail::Exact, COARSE] {
            let expected = draw(&mut resident, &close(detail));
            let actual = draw(&mut tight, &close(detail));
            assert_images(&format!("{degrees}°, {detail:?}"), &actual, &expected, 1);
            assert_eq!(tight.stats().error_px, resident.stats().error_px);
            let bytes = tight.stats().scene_bytes;
            assert!(bytes <= scene_bytes, "{bytes} of {scene_bytes}");
            assert_eq!(tight.stats().missing_parts, 0);
        }
    }
}

#[test]
fn however_few_slots_there_are_pictures_end_and_have_no_holes() {
    let space = space();
    let mut resident = renderer(&space, Residency::default());
    let mut before = 14.0;
    for slots in [0u64, 1, 2, 5, 7, 20] {
        let scene_bytes = slots * 2048 * 41;
        let mut tight = renderer(
            &space,
            Residency {
                scene_bytes,
                ..Residency::default()
            },
        );
        let mut last = 0.0;
        for degrees in [0.0, 90.0, 200.0] {
            for detail in [COARSE, Detail::Exact] {
                let expected = draw(&mut resident, &frame(degrees, Detail::Exact));
                let actual = draw(&mut tight, &frame(degrees, detail));
                let holes = holes(&actual, &expected);
                // The root alone has a splat for every sixty: its edge is ragged.
                let most = if slots < 7 { 0.04 } else { 0.02 };
                assert!(holes < most, "{slots} slots: {holes} of the pixels open");
                last = psnr(&actual, &expected);
            }
        }
        let bytes = tight.stats().scene_bytes;
        assert!(bytes <= scene_bytes.max(2048 * 41), "{slots}: {bytes}");
        assert!(last > before - 0.5, "{slots} slots: {last} dB");
        before = last;
    }
}

#[test]
fn what_is_not_there_yet_is_drawn_coarser_and_comes_frame_by_frame() {
    let space = space();
    let mut waiting = renderer(&space, Residency::default());
    let mut streaming = renderer(
        &space,
        Residency {
            scene_bytes: ALL_BYTES / 2,
            slice: Some(SLICE),
            ..Residency::default()
        },
    );
    let mut turned = 0;
    for degrees in [0.0, 180.0] {
        let frame = frame(degrees, COARSE);
        let expected = draw(&mut waiting, &frame);
        for i in 0.. {
            let actual = draw(&mut streaming, &frame);
            assert!(holes(&actual, &expected) < 0.02, "{degrees}°, frame {i}");
            if streaming.is_complete() {
                turned += i;
                assert_images("in the end", &actual, &expected, 1);
                break;
            }
            assert!(i < 10_000, "it never ends");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    assert!(turned > 0, "something had to come");
}

#[test]
fn a_layer_without_a_tree_fills_its_room_slice_by_slice() {
    let mut scene = Scene::new();
    let mut parts = planet(Residency::LARGE + 50_000);
    parts.sh.fill(0.3);
    insert(&mut scene, layer(parts));
    let mut renderer = SoftwareRenderer::new();
    renderer.set_residency(Residency {
        scene_bytes: u64::MAX,
        slice: Some(Duration::ZERO),
        ..Residency::default()
    });
    let frame = frame(0.0, Detail::Exact);
    let mut waiting = Vec::new();
    while waiting.last() != Some(&0) && waiting.len() < 9 {
        renderer.sync(&scene, &[]);
        draw(&mut renderer, &frame);
        waiting.push(renderer.stats().waiting);
    }
    assert_eq!(waiting, [184_464, 118_928, 53_392, 0], "a page a call");
    assert!(renderer.is_complete());
    let mut fresh = SoftwareRenderer::new();
    fresh.sync(&scene, &[]);
    let expected = draw(&mut fresh, &frame);
    assert_images("all of it", &draw(&mut renderer, &frame), &expected, 1);
}

#[test]
fn the_device_streams_like_the_software() {
    let Some(mut gpu) = device() else { return };
    let space = space();
    let residency = Residency {
        scene_bytes: ALL_BYTES / 3,
        ..Residency::default()
    };
    let mut cpu = renderer(&space, residency);
    gpu.set_residency(residency);
    gpu.sync(&space.0, &[]);
    gpu.set_tree(&space.0, space.1, space.2.clone());
    for degrees in [0.0, 150.0] {
        for detail in [COARSE, Detail::Exact] {
            let frame = frame(degrees, detail);
            let expected = draw(&mut cpu, &frame);
            assert_images("streamed", &draw(&mut gpu, &frame), &expected, 1);
            assert_eq!(gpu.stats().considered, cpu.stats().considered);
            assert!(gpu.stats().scene_bytes <= residency.scene_bytes);
        }
    }
}

#[test]
fn picks_and_flags_find_their_rows_in_slots() {
    let (mut scene, node, tree) = space();
    let mut renderer = renderer(
        &(scene.clone(), node, tree),
        Residency {
            scene_bytes: ALL_BYTES * 2 / 3,
            ..Residency::default()
        },
    );
    let frame = Frame::new(camera([160, 120]));
    let pick = |r: &mut SoftwareRenderer| r.pick(&frame, [80, 60]).expect("a pick");
    let first = pick(&mut renderer).expect("a splat");
    let rows = vec![first.row];
    let mut edit = Edit::set_flags(node, rows, vec![SplatFlags::HIDDEN]);
    let dirty = edit.apply(&mut scene).expect("a valid edit");
    renderer.sync(&scene, &dirty);
    let second = pick(&mut renderer).expect("a splat");
    assert_ne!(first.row, second.row, "a hidden splat is not picked");
    let mut fresh = SoftwareRenderer::new();
    fresh.sync(&scene, &[]);
    assert_eq!(pick(&mut fresh).map(|p| p.row), Some(second.row));
    let exact = draw(&mut renderer, &frame);
    assert_images("hidden", &exact, &draw(&mut fresh, &frame), 1);
    assert!(psnr(&exact, &draw(&mut fresh, &frame)) > GOOD_DB);
}

#[test]
fn a_change_of_every_flag_comes_slice_by_slice() {
    let mut space = space();
    let mut slow = renderer(
        &space,
        Residency {
            slice: Some(Duration::ZERO),
            ..Residency::default()
        },
    );
    let frame = Frame {
        show_selection: true,
        ..frame(0.0, Detail::Exact)
    };
    let all_there = |renderer: &mut SoftwareRenderer, space: &(Scene, NodeId, Arc<LodTree>)| {
        for frames in 1..10_000 {
            renderer.sync(&space.0, &[]);
            let image = draw(renderer, &frame);
            if renderer.is_complete() {
                return (frames, image);
            }
        }
        panic!("it never ends");
    };
    let (_, plain) = all_there(&mut slow, &space);
    for flags in [SplatFlags::SELECTED, SplatFlags::HIDDEN] {
        let rows = |row: usize, old: SplatFlags| {
            // Half of the planet.
            if row < N / 2 { flags } else { old }
        };
        let mut edit = Edit::map_flags(&space.0, space.1, rows).expect("rows");
        let dirty = edit.apply(&mut space.0).expect("a valid edit");
        slow.sync(&space.0, &dirty);
        assert!(!slow.is_complete(), "there is something to do");
        let (frames, image) = all_there(&mut slow, &space);
        assert!(frames > 10, "{flags:?} came at once");
        let mut whole = SoftwareRenderer::new();
        whole.sync(&space.0, &[]);
        let expected = draw(&mut whole, &frame);
        assert_images(&format!("{flags:?}"), &image, &expected, 1);
        assert_ne!(image, plain, "{flags:?} can be seen");
    }
}

#[test]
fn a_pick_brings_only_what_is_near_and_the_picture_goes_on() {
    fn picks(renderer: &mut dyn Render, space: &(Scene, NodeId, Arc<LodTree>)) -> Frame {
        renderer.set_residency(Residency {
            // Of nodes, without the rows themselves.
            scene_bytes: ALL_BYTES,
            slice: Some(Duration::ZERO),
            ..Residency::default()
        });
        renderer.sync(&space.0, &[]);
        renderer.set_tree(&space.0, space.1, space.2.clone());
        let mut frame = frame(0.0, Detail::Exact);
        (frame.camera.width, frame.camera.height) = (600, 450);
        (frame.camera.fx, frame.camera.fy) = (5.0 * frame.camera.fx, 5.0 * frame.camera.fy);
        (frame.camera.cx, frame.camera.cy) = (300.0, 225.0);
        let before = renderer.stats().missing_parts;
        let pick = renderer.pick(&frame, [300, 225]).expect("a renderer");
        assert!(pick.is_some(), "the planet is there");
        let under = renderer.under(&frame, [300, 225]).expect("a renderer");
        assert!(under.iter().any(|u| Some(u.row) == pick.map(|p| p.row)));
        assert_eq!(renderer.stats().missing_parts, before, "of the screen");
        frame
    }
    let space = space();
    let mut software = SoftwareRenderer::new();
    let frame = picks(&mut software, &space);
    draw(&mut software, &frame);
    let missing = software.stats().missing_parts;
    assert!(
        missing > 3,
        "all but {missing} parts were brought for a pixel"
    );
    if let Some(mut gpu) = device() {
        picks(&mut gpu, &space);
    }
}
