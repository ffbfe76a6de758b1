//! Cameras and clipping against formulas written down independently of both renderers.

use crate::common::{camera, device, insert, layer, splat};
use glam::{Affine3A, Mat2, Mat3, Quat, Vec2, Vec3};
use renderer::{ClipBox, Frame, Part, Render, SoftwareRenderer};
use scene::{PinholeCamera, Scene};

fn renders() -> Vec<Box<dyn Render>> {
    let mut renders: Vec<Box<dyn Render>> = vec![Box::new(SoftwareRenderer::new())];
    renders.extend(device().map(|d| Box::new(d) as Box<dyn Render>));
    renders
}

#[test]
fn an_orthographic_splat_is_the_shadow_of_its_gaussian() {
    let opacity = 0.8;
    let (turn, sigmas) = (
        Quat::from_euler(glam::EulerRot::XYZ, 0.4, 0.9, -0.3),
        Vec3::new(0.5, 0.12, 0.05),
    );
    let mean = Vec3::new(0.15, -0.1, 0.7);
    let mut parts = splat(mean, 1.0, opacity);
    parts.rotations[0] = turn;
    parts.log_scales[0] = sigmas.map(f32::ln);
    let mut scene = Scene::new();
    insert(&mut scene, layer(parts));
    let frame = Frame::new(camera([160, 120]).orthographic_at(3.0));
    let camera = frame.camera;

    // W Σ Wᵀ without its third row and column, in pixels, and the pixel filter.
    let splat_axes = Mat3::from_quat(turn) * Mat3::from_diagonal(sigmas);
    let in_view = Mat3::from(camera.view_from_world.matrix3) * splat_axes;
    let covariance = in_view * in_view.transpose();
    let px = camera.fx * camera.fx;
    let shadow = Mat2::from_cols(
        Vec2::new(covariance.x_axis.x * px + 0.3, covariance.x_axis.y * px),
        Vec2::new(covariance.y_axis.x * px, covariance.y_axis.y * px + 0.3),
    );
    let center = camera.project(mean).truncate();
    for render in &mut renders() {
        render.sync(&scene, &[]);
        let image = render
            .render_floats(&frame, Part::whole(&camera), 1)
            .expect("floats");
        for (i, pixel) in image.pixels.iter().enumerate() {
            let at = Vec2::new((i % 160) as f32 + 0.5, (i / 160) as f32 + 0.5);
            let d = at - center;
            let alpha = opacity * (-0.5 * d.dot(shadow.inverse() * d)).exp();
            let expected = if alpha < 1.0 / 255.0 { 0.0 } else { alpha };
            // Around 1/255 either is right.
            let edge = (alpha - 1.0 / 255.0).abs() < 1e-4;
            let off = (pixel[3] - expected).abs();
            assert!(edge || off < 1e-3, "pixel {i}: {} for {expected}", pixel[3]);
        }
    }
}

#[test]
fn planes_and_boxes_cut_off_what_lies_beyond() {
    let mut scene = Scene::new();
    let places = [-1.0, 0.0, 1.0].map(|x| Vec3::new(0.6 * x, 0.0, x));
    for place in places {
        insert(&mut scene, layer(splat(place, 0.05, 0.9)));
    }
    let whole = Frame::new(camera([160, 120]));
    let depth = |i: usize| whole.camera.project(places[i]).z;
    let planes = Frame {
        camera: PinholeCamera {
            near: 0.5 * (depth(1) + depth(2)),
            far: 0.5 * (depth(0) + depth(1)),
            ..whole.camera
        },
        ..whole
    };
    let boxed = |center: Vec3| Frame {
        clip: Some(ClipBox {
            world_from_box: Affine3A::from_scale_rotation_translation(
                Vec3::splat(0.2),
                Quat::from_rotation_y(0.7),
                center,
            ),
        }),
        ..whole
    };
    let cases = [
        (whole, [true; 3]),
        (planes, [false, true, false]),
        (boxed(places[0]), [true, false, false]),
        (boxed(places[2] + Vec3::Y * 0.1), [false, false, true]),
    ];
    for render in &mut renders() {
        render.sync(&scene, &[]);
        for (frame, expected) in &cases {
            let image = render.render_image(frame).expect("an image");
            let seen = places.map(|place| {
                let at = frame.camera.project(place);
                image.rgba[(at.y as usize * 160 + at.x as usize) * 4 + 3] > 100
            });
            assert_eq!(&seen, expected, "{frame:?}");
        }
    }
}
