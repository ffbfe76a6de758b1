//! OpenGL draws what Vulkan draws.

use crate::{
    common::{assert_images, ball, camera, device, everything, insert, layer, place},
    goldens,
};
use renderer::{Background, Blending, Frame, Gpu, Guides, Render, Renderer, ViewMode};
use scene::Scene;

/// A renderer on OpenGL; `None` where there is none.
fn opengl() -> Option<Renderer> {
    match Gpu::opengl() {
        Ok(gpu) => Some(Renderer::new(gpu).expect("a renderer")),
        Err(reason) => {
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// Layers of different degrees, places and columns, one lit.
fn layers() -> Scene {
    let mut scene = Scene::new();
    insert(&mut scene, layer(ball(6000, 3, 14)));
    insert(&mut scene, place(layer(ball(900, 1, 15)), 0.4, 0.8));
    let last = insert(&mut scene, place(layer(ball(300, 0, 16)), -0.3, 1.2));
    scene::Edit::set_lit(last, true)
        .apply(&mut scene)
        .expect("a valid edit");
    scene
}

/// Several layers in every way to look at them.
fn views() -> Vec<(&'static str, Scene, Frame)> {
    let plain = Frame::new(camera([400, 300]));
    let mut cases: Vec<_> = ViewMode::ALL
        .into_iter()
        .map(|view| ("layers", layers(), Frame { view, ..plain }))
        .collect();
    let guides = Guides {
        grid: true,
        axes: true,
        ..Guides::default()
    };
    let busy = Frame {
        background: Background::Checker,
        blending: Blending::Linear,
        guides,
        ..plain
    };
    cases.push(("guides", layers(), busy));
    cases
}

#[test]
fn opengl_draws_the_pictures_of_vulkan() {
    let (Some(mut vulkan), Some(mut opengl)) = (device(), opengl()) else {
        return;
    };
    for (name, scene, frame) in goldens::cases().into_iter().chain(views()) {
        let draw = |renderer: &mut Renderer| {
            renderer.sync(&scene, &everything(&scene));
            renderer.render_image(&frame).expect("a picture")
        };
        let expected = draw(&mut vulkan);
        let what = format!("{name} {:?} on {}", frame.view, opengl.gpu().adapter_name);
        assert_images(&what, &draw(&mut opengl), &expected, 1);
    }
}
