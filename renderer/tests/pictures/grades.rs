//! Grades and marks: the same on both renderers, and the same as colors that were baked.

use crate::common::{assert_images, ball, camera, device, everything, insert, layer};
use renderer::{Frame, Render, RenderedImage, SoftwareRenderer};
use scene::{Edit, Grade, NodeId, Scene, SplatFlags};

/// Halves and the order of sums.
const TOLERANCE: u8 = 2;

fn warm() -> Grade {
    Grade {
        exposure: 0.4,
        temperature: 0.5,
        contrast: 1.2,
        opacity: 0.9,
        ..Grade::NEUTRAL
    }
}

fn grey() -> Grade {
    Grade {
        saturation: 0.1,
        hue: 0.6,
        black: 0.05,
        opacity: 0.4,
        ..Grade::NEUTRAL
    }
}

/// A ball with a grade, a part of it with a second one.
fn graded() -> (Scene, NodeId) {
    let mut scene = Scene::new();
    let id = insert(&mut scene, layer(ball(1500, 3, 7)));
    let part = Edit::map_flags(&scene, id, |row, flags| {
        flags.with_grade(usize::from(row % 3 == 0))
    });
    let grades = Edit::set_grades(id, vec![warm(), grey()]);
    for mut edit in [part.expect("rows"), grades] {
        edit.apply(&mut scene).expect("a valid edit");
    }
    (scene, id)
}

fn frame() -> Frame {
    Frame {
        show_selection: true,
        ..Frame::new(camera([96, 80]))
    }
}

fn software(scene: &Scene) -> RenderedImage {
    let mut renderer = SoftwareRenderer::new();
    renderer.sync(scene, &[]);
    renderer.render_image(&frame()).expect("a picture")
}

#[test]
fn a_baked_grade_looks_like_one_that_is_only_shown() {
    let (mut scene, id) = graded();
    let shown = software(&scene);
    let cloud = scene
        .node(id)
        .and_then(|n| n.splats())
        .expect("a layer")
        .baked()
        .into_owned();
    let mut plain = Scene::new();
    insert(&mut plain, layer(cloud.into_parts()));
    assert_images("baked", &software(&plain), &shown, TOLERANCE);
    Edit::set_grades(id, Vec::new())
        .apply(&mut scene)
        .expect("a valid edit");
    assert_ne!(software(&scene), shown, "the grade can be seen");
}

#[test]
fn both_renderers_show_grades_and_marks_alike() {
    let Some(mut gpu) = device() else { return };
    let (mut scene, id) = graded();
    gpu.sync(&scene, &everything(&scene));
    let image = gpu.render_image(&frame()).expect("a picture");
    assert_images("grades", &image, &software(&scene), TOLERANCE);

    let mark = Edit::map_flags(&scene, id, |row, flags| {
        if row % 5 == 0 {
            flags.with(SplatFlags::MARKED)
        } else {
            flags
        }
    });
    let unmarked = software(&scene);
    let dirty = mark.expect("rows").apply(&mut scene).expect("a valid edit");
    gpu.sync(&scene, &dirty);
    let image = gpu.render_image(&frame()).expect("a picture");
    assert_images("marks", &image, &software(&scene), TOLERANCE);
    assert_ne!(image, unmarked, "marks can be seen");
    let quiet = Frame {
        show_selection: false,
        ..frame()
    };
    let image = gpu.render_image(&quiet).expect("a picture");
    assert_images("files know no marks", &image, &unmarked, TOLERANCE);
}

#[test]
fn changing_a_grade_computes_only_colors_unless_it_changes_the_opacity() {
    let colors = ["recolor", "blend", "composite"];
    let exposed = Grade {
        exposure: 1.0,
        ..warm()
    };
    let opaque = Grade {
        opacity: 0.8,
        ..grey()
    };
    let mut renderer = SoftwareRenderer::new();
    let (mut scene, id) = graded();
    renderer.sync(&scene, &everything(&scene));
    renderer.render_image(&frame()).expect("a picture");
    for (grades, first) in [
        (vec![exposed, grey()], colors[0]),
        (vec![exposed, opaque], "cull"),
    ] {
        let dirty = Edit::set_grades(id, grades).apply(&mut scene);
        renderer.sync(&scene, &dirty.expect("a valid edit"));
        let image = renderer.render_image(&frame()).expect("a picture");
        assert_eq!(
            renderer.stats().ran.first(),
            Some(&first),
            "what has to run"
        );
        assert_images("kept", &image, &software(&scene), 0);
    }
}
