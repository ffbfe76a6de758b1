//! What breaks careless renderers: absurd splats, degenerate cameras, the smallest and the largest
//! screens, a device that goes away.

use crate::common::{assert_images, ball, camera, device, insert, layer, splat};
use glam::{Affine3A, Mat3A, Quat, Vec3, Vec3A};
use renderer::{Frame, Gpu, Render, RenderError, Renderer, SoftwareRenderer};
use scene::{GaussianCloud, Scene, cloud::CloudParts};

fn scene_of(parts: CloudParts) -> Scene {
    let mut scene = Scene::new();
    insert(&mut scene, layer(parts));
    scene
}

/// Draws with both renderers, compares them, and returns the picture.
fn drawn(what: &str, scene: &Scene, frame: &Frame) -> renderer::RenderedImage {
    let mut software = SoftwareRenderer::new();
    software.sync(scene, &[]);
    let expected = software.render_image(frame).expect("a picture");
    if let Some(mut device) = device() {
        device.sync(scene, &[]);
        let actual = device.render_image(frame).expect("a picture");
        assert_images(what, &actual, &expected, 1);
    }
    expected
}

#[test]
fn numbers_that_are_none_are_refused_at_the_door() {
    for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut parts = splat(Vec3::ZERO, 0.1, 0.5);
        parts.means[0].y = poison;
        assert!(GaussianCloud::new(parts).is_err(), "a mean of {poison}");
        let mut parts = splat(Vec3::ZERO, 0.1, 0.5);
        parts.log_scales[0].x = poison;
        assert!(GaussianCloud::new(parts).is_err(), "a scale of {poison}");
    }
    let mut parts = splat(Vec3::ZERO, 0.1, 0.5);
    parts.rotations[0] = Quat::from_xyzw(0.0, 0.0, 0.0, 0.0);
    assert!(
        GaussianCloud::new(parts).is_err(),
        "no direction to turn to"
    );
}

#[test]
fn absurd_splats_leave_the_others_alone() {
    let mut parts = ball(900, 1, 11);
    for i in 0..900 {
        match i % 9 {
            0 => parts.rotations[i] = Quat::from_xyzw(0.0, 1e-10, 0.0, 0.0),
            1 => parts.log_scales[i] = Vec3::new(4.0, -30.0, -30.0),
            2 if i < 60 => parts.log_scales[i] = Vec3::splat(60.0),
            3 => parts.means[i] = Vec3::new(0.0, 0.0, 3.0 + i as f32),
            4 => parts.means[i] *= 1e20,
            5 => parts.opacity_logits[i] = -80.0,
            6 => parts.log_scales[i] = Vec3::splat(-80.0),
            _ => {}
        }
    }
    let frame = Frame::new(camera([130, 90]));
    let image = drawn("absurd splats", &scene_of(parts), &frame);
    assert!(image.rgba.iter().any(|&b| b > 0), "something is seen");
}

#[test]
fn degenerate_cameras_draw_something_or_nothing_but_return() {
    let scene = scene_of(ball(500, 1, 5));
    let sound = camera([64, 48]);
    let mut cameras = vec![sound; 7];
    cameras[0].fx = 0.0;
    cameras[1].view_from_world.matrix3 = Mat3A::ZERO;
    cameras[2].view_from_world.translation = Vec3A::splat(f32::NAN);
    cameras[3].near = f32::INFINITY;
    cameras[4].near = 0.0;
    cameras[5].fy = 1e30;
    cameras[6].view_from_world = Affine3A::from_scale(Vec3::splat(1e-30));
    let mut software = SoftwareRenderer::new();
    software.sync(&scene, &[]);
    let mut device = device();
    if let Some(device) = &mut device {
        device.sync(&scene, &[]);
    }
    for (i, camera) in cameras.into_iter().enumerate() {
        let frame = Frame::new(camera);
        let image = software.render_image(&frame).expect("a picture");
        assert_eq!(image.rgba.len(), 64 * 48 * 4, "camera {i}");
        if let Some(device) = &mut device {
            let image = device.render_image(&frame).expect("a picture");
            assert_eq!(image.rgba.len(), 64 * 48 * 4, "camera {i}");
        }
    }
    // And the next sound frame is as if nothing had been.
    let frame = Frame::new(sound);
    let expected = software.render_image(&frame).expect("a picture");
    if let Some(device) = &mut device {
        let actual = device.render_image(&frame).expect("a picture");
        assert_images("afterwards", &actual, &expected, 1);
    }
}

#[test]
fn one_pixel_and_an_8k_screen_are_drawn() {
    let scene = scene_of(splat(Vec3::ZERO, 0.05, 0.9));
    let tiny = drawn("one pixel", &scene, &Frame::new(camera([1, 1])));
    assert_eq!(tiny.rgba.len(), 4);
    let Some(mut device) = device() else { return };
    device.sync(&scene, &[]);
    let (width, height) = (7680, 4320);
    let frame = Frame::new(camera([width, height]));
    let size = {
        let texture = device.render_to_texture(&frame).expect("a texture");
        [texture.width(), texture.height()]
    };
    assert_eq!(size, [width, height]);
    let bytes = device.read_target().expect("bytes");
    let center = camera([width, height]).project(Vec3::ZERO);
    let at = ((center.y as u32 * width + center.x as u32) * 4 + 3) as usize;
    assert!(bytes[at] > 200, "the splat is in the middle: {}", bytes[at]);
    assert_eq!(bytes[3], 0, "and not in the corner");
}

#[test]
fn a_lost_device_is_an_error_and_the_scene_lives_on() {
    if device().is_none() {
        return;
    }
    let scene = scene_of(ball(3000, 1, 6));
    let frame = Frame::new(camera([200, 150]));
    let gpu = Gpu::software_driver().or_else(|_| Gpu::headless());
    let mut lost = Renderer::new(gpu.expect("a device")).expect("a renderer");
    lost.sync(&scene, &[]);
    lost.render_to_texture(&frame).expect("a texture");
    // In the middle of a frame: it is submitted, and not yet finished.
    lost.gpu().device.destroy();
    let image = lost.render_image(&frame);
    let told = matches!(&image, Err(RenderError::DeviceLost { .. }));
    assert!(
        told,
        "it must be told, not hidden: {:?}",
        image.map(|i| i.width)
    );
    assert!(lost.render_to_texture(&frame).is_err(), "and stay told");
    lost.sync(&scene, &[]);
    assert!(
        lost.pick(&frame, [10, 10]).is_err(),
        "no pick from a lost device"
    );

    let mut again = device().expect("a device");
    again.sync(&scene, &[]);
    let picture = again.render_image(&frame).expect("a picture");
    let mut software = SoftwareRenderer::new();
    software.sync(&scene, &[]);
    let expected = software.render_image(&frame).expect("a picture");
    assert_images("a new device", &picture, &expected, 1);
}
