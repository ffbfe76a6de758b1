//! Whole pictures: the device against the software renderer, what must not change a picture and what
//! must, and the picks under the cursor.

use crate::common::{assert_images, ball, camera, device, everything, insert, layer, place};
use glam::{Affine3A, Quat, Vec3};
use renderer::{
    Background, Blending, ClipBox, CpuRasterizer, Filter, Frame, Guides, Part, Render,
    RenderedImage, SoftwareRenderer, ViewMode,
};
use scene::{
    DirectionalLight, Dirty, Edit, GaussianCloud, Node, Payload, PinholeCamera, Rasterizer, Scene,
    SplatFlags,
};

fn both(scene: &Scene, frame: &Frame) -> Option<[RenderedImage; 2]> {
    let mut gpu = device()?;
    gpu.sync(scene, &[]);
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(scene, &[]);
    Some([gpu.render_image(frame), cpu.render_image(frame)].map(|i| i.expect("an image")))
}

fn three_layers() -> Scene {
    let mut scene = Scene::new();
    insert(&mut scene, layer(ball(3000, 3, 1)));
    let lit = insert(&mut scene, place(layer(ball(2000, 1, 2)), 0.4, 0.8));
    insert(&mut scene, place(layer(ball(500, 0, 3)), -0.5, 1.3));
    insert(
        &mut scene,
        Node::new("sun", Payload::Light(DirectionalLight::default())),
    );
    Edit::set_lit(lit, true)
        .apply(&mut scene)
        .expect("a valid edit");
    scene
}

/// Other cameras, clipping, backgrounds, guides and blending.
fn special_frames(color: Frame) -> Vec<Frame> {
    let guides = Guides {
        grid: true,
        axes: true,
        ground: None,
        reach: None,
    };
    let clip = ClipBox {
        world_from_box: Affine3A::from_scale_rotation_translation(
            Vec3::new(0.8, 0.5, 0.6),
            Quat::from_rotation_y(0.5),
            Vec3::new(0.1, 0.0, 0.0),
        ),
    };
    vec![
        Frame {
            camera: color.camera.orthographic_at(3.0),
            guides,
            background: Background::Environment,
            ..color
        },
        Frame {
            clip: Some(clip),
            guides,
            background: Background::Gradient {
                top: [0.3, 0.4, 0.6],
                bottom: [0.1, 0.05, 0.0],
            },
            ..color
        },
        Frame {
            blending: Blending::Linear,
            background: Background::Checker,
            ..color
        },
        Frame {
            blending: Blending::Linear,
            ..color
        },
        Frame {
            show_selection: true,
            outline: true,
            guides,
            ..color
        },
    ]
}

#[test]
fn device_and_software_agree_in_every_mode() {
    let mut scene = three_layers();
    let id = scene.layers().next().expect("a layer").0;
    let rows = (0..900).collect();
    Edit::set_flags(id, rows, vec![SplatFlags::SELECTED; 900])
        .apply(&mut scene)
        .expect("a valid edit");
    let color = Frame::new(camera([300, 200]));
    let mut frames = vec![
        color,
        Frame {
            filter: Filter::Mip,
            background: Background::Color([0.1, 0.5, 0.9]),
            ..color
        },
        Frame {
            max_sh_degree: 0,
            ..color
        },
    ];
    frames.extend(ViewMode::ALL.map(|view| Frame { view, ..color }));
    frames.extend(special_frames(color));
    for frame in frames {
        let Some([gpu, cpu]) = both(&scene, &frame) else {
            return;
        };
        assert_images(&format!("{frame:?}"), &gpu, &cpu, 1);
    }
}

#[test]
fn more_than_a_page_of_splats_agree() {
    let mut scene = Scene::new();
    insert(&mut scene, layer(ball(70_000, 0, 4)));
    let Some([gpu, cpu]) = both(&scene, &Frame::new(camera([128, 96]))) else {
        return;
    };
    assert_images("70 000 splats", &gpu, &cpu, 1);
}

#[test]
fn an_image_of_several_parts_has_no_seams() {
    // The device draws it in parts of 4096 pixels, the software renderer in one.
    let mut scene = Scene::new();
    insert(&mut scene, layer(ball(300, 1, 4)));
    let wide = Frame::new(camera([4196, 140]));
    let Some([gpu, cpu]) = both(&scene, &wide) else {
        return;
    };
    assert_images("two parts", &gpu, &cpu, 1);
}

#[test]
fn the_rasterizer_draws_what_the_renderer_draws() {
    let parts = ball(3000, 2, 1);
    let cloud = GaussianCloud::new(parts.clone()).expect("a valid cloud");
    let mut scene = Scene::new();
    insert(&mut scene, layer(parts));
    let camera = camera([150, 100]);
    let frame = Frame {
        background: Background::Color([0.0; 3]),
        ..Frame::new(camera)
    };
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(&scene, &[]);
    let image = cpu.render_image(&frame).expect("an image");
    let pixels = CpuRasterizer.rasterize(&cloud, &camera).pixels;
    for (i, (pixel, bytes)) in pixels.iter().zip(image.rgba.chunks(4)).enumerate() {
        for c in 0..3 {
            let expected = f32::from(bytes[c]) / 255.0;
            let off = (pixel[c].min(1.0) - expected).abs();
            assert!(
                off < 0.6 / 255.0,
                "pixel {i} is {pixel:?} instead of {bytes:?}"
            );
        }
    }
}

#[test]
fn an_empty_scene_is_its_background() {
    let frame = Frame {
        background: Background::Color([1.0, 0.5, 0.0]),
        ..Frame::new(camera([33, 17]))
    };
    let Some(images) = both(&Scene::new(), &frame) else {
        return;
    };
    for image in images {
        assert!(
            image.rgba.chunks(4).all(|p| p == [255, 128, 0, 255]),
            "{:?}",
            &image.rgba[..4]
        );
    }
}

#[test]
fn a_frame_repeats_bit_for_bit() {
    let Some(mut first) = device() else { return };
    let scene = three_layers();
    let frame = Frame::new(camera([300, 200]));
    first.sync(&scene, &[]);
    let image = first.render_image(&frame).expect("an image");
    for _ in 0..3 {
        let again = first.render_image(&frame).expect("an image");
        assert!(image == again, "the same renderer drew another picture");
    }
    let mut second = device().expect("a device");
    second.sync(&scene, &[]);
    let again = second.render_image(&frame).expect("an image");
    assert!(image == again, "a fresh renderer drew another picture");
}

#[test]
fn what_an_earlier_scene_left_in_the_buffers_does_not_show() {
    let Some(mut used) = device() else { return };
    let frame = Frame::new(camera([300, 200]));
    let scene = three_layers();
    used.sync(&walls(2500), &[]);
    used.render_image(&Frame::new(camera([500, 400])))
        .expect("an image");
    used.sync(&scene, &everything(&scene));
    let mut fresh = device().expect("a device");
    fresh.sync(&scene, &[]);
    let [a, b] = [used, fresh].map(|mut r| r.render_image(&frame).expect("an image"));
    assert!(a == b, "the picture depends on what was drawn before it");
}

/// So many walls of splats that every list is far longer than the first guess.
fn walls(n: usize) -> Scene {
    let mut parts = ball(n, 0, 6);
    parts
        .log_scales
        .iter_mut()
        .for_each(|s| *s = Vec3::splat(0.5));
    parts.opacity_logits.iter_mut().for_each(|o| *o = -4.0);
    let mut scene = Scene::new();
    insert(&mut scene, layer(parts));
    scene
}

#[test]
fn lists_that_overflow_grow_until_the_picture_is_whole() {
    for n in [60, 2500] {
        let Some([gpu, cpu]) = both(&walls(n), &Frame::new(camera([400, 300]))) else {
            return;
        };
        assert_images("overflow", &gpu, &cpu, 1);
    }
}

#[test]
fn the_screen_settles_after_an_overflow_without_being_asked_to_wait() {
    let Some(mut gpu) = device() else { return };
    gpu.sync(&walls(2500), &[]);
    let frame = Frame::new(camera([400, 300]));
    gpu.render_to_texture(&frame).expect("a texture");
    assert!(
        !gpu.is_settled(),
        "nobody can know yet whether the lists were long enough"
    );
    let (mut asked, mut overflowed) = (0, false);
    while !gpu.is_settled() {
        gpu.gpu()
            .device
            .poll(wgpu::PollType::wait_indefinitely())
            .expect("a device");
        gpu.render_to_texture(&frame).expect("a texture");
        overflowed |= gpu.stats().overflowed;
        asked += 1;
        assert!(asked < 10, "it never settles");
    }
    assert!(
        overflowed && !gpu.stats().overflowed,
        "it must overflow first and then fit"
    );
}

#[test]
fn a_still_camera_draws_nothing() {
    let Some(mut gpu) = device() else { return };
    let mut scene = three_layers();
    let mut frame = Frame::new(camera([200, 100]));
    gpu.sync(&scene, &[]);
    for (what, cached) in [("the first frame", false), ("the same frame", true)] {
        gpu.render_to_texture(&frame).expect("a texture");
        assert_eq!(gpu.stats().cached, cached, "{what}");
    }
    let (_, mut edit) = Edit::insert(&scene, layer(ball(10, 0, 9)));
    let dirty = edit.apply(&mut scene).expect("a valid edit");
    gpu.sync(&scene, &dirty);
    gpu.render_to_texture(&frame).expect("a texture");
    assert!(!gpu.stats().cached, "an edit must show");
    frame.background = Background::Color([1.0; 3]);
    gpu.render_to_texture(&frame).expect("a texture");
    assert!(!gpu.stats().cached, "another background must show");
}

#[test]
fn flags_alone_are_uploaded_and_show() {
    let mut scene = Scene::new();
    let id = insert(&mut scene, layer(ball(2000, 0, 1)));
    let frame = Frame {
        show_selection: true,
        ..Frame::new(camera([160, 120]))
    };
    let Some(mut gpu) = device() else { return };
    gpu.sync(&scene, &[]);
    gpu.render_image(&frame).expect("an image");
    for flag in [
        SplatFlags::SELECTED,
        SplatFlags::HIDDEN,
        SplatFlags::DELETED,
        SplatFlags::NONE,
    ] {
        let rows: Vec<u32> = (501..1303).collect();
        let values = vec![flag; rows.len()];
        let dirty = Edit::set_flags(id, rows, values)
            .apply(&mut scene)
            .expect("a valid edit");
        let only_flags = dirty.iter().all(|d| matches!(d, Dirty::Flags { .. }));
        assert!(only_flags, "{dirty:?}");
        gpu.sync(&scene, &dirty);
        let mut cpu = SoftwareRenderer::new();
        cpu.sync(&scene, &[]);
        let images =
            [gpu.render_image(&frame), cpu.render_image(&frame)].map(|i| i.expect("an image"));
        assert_images(&format!("{flag:?}"), &images[0], &images[1], 1);
    }
}

#[test]
fn hidden_splats_do_not_contribute() {
    let mut parts = ball(400, 0, 1);
    let mut scene = Scene::new();
    let id = insert(&mut scene, layer(parts.clone()));
    let rows: Vec<u32> = (0..400).filter(|r| r % 2 == 1).collect();
    let values = vec![SplatFlags::HIDDEN; rows.len()];
    Edit::set_flags(id, rows, values)
        .apply(&mut scene)
        .expect("a valid edit");
    let mut keep = (0..400).map(|r| r % 2 == 0);
    parts.means.retain(|_| keep.next().expect("a row"));
    crate::common::keep_even_rows(&mut parts);
    let mut without = Scene::new();
    insert(&mut without, layer(parts));
    let frame = Frame::new(camera([96, 96]));
    let [mut a, mut b] = [SoftwareRenderer::new(), SoftwareRenderer::new()];
    a.sync(&scene, &[]);
    b.sync(&without, &[]);
    let images = [a.render_image(&frame), b.render_image(&frame)].map(|i| i.expect("an image"));
    assert!(images[0] == images[1], "hidden splats show");
}

#[test]
fn a_layer_that_grows_and_changes_stays_in_step() {
    let mut scene = Scene::new();
    let id = insert(&mut scene, layer(ball(300, 2, 1)));
    let frame = Frame::new(camera([96, 64]));
    let Some(mut gpu) = device() else { return };
    gpu.sync(&scene, &[]);
    for (n, degree, seed) in [(1500, 2, 1), (900, 2, 5), (900, 0, 5), (4000, 3, 6)] {
        let node = layer(ball(n, degree, seed));
        let Payload::Splats(splats) = node.payload else {
            unreachable!("a layer")
        };
        let dirty = Edit::replace_layer(id, splats)
            .apply(&mut scene)
            .expect("a valid edit");
        gpu.sync(&scene, &dirty);
        let mut cpu = SoftwareRenderer::new();
        cpu.sync(&scene, &[]);
        let images =
            [gpu.render_image(&frame), cpu.render_image(&frame)].map(|i| i.expect("an image"));
        assert_images(
            &format!("{n} splats of degree {degree}"),
            &images[0],
            &images[1],
            1,
        );
    }
}

#[test]
fn impossible_sizes_are_refused() {
    let mut cpu = SoftwareRenderer::new();
    for size in [[0, 10], [10, 0], [1_000_000, 10]] {
        let error = cpu
            .render_image(&Frame::new(camera(size)))
            .expect_err("no such image");
        assert!(error.to_string().contains("pixels"), "{error}");
    }
}

#[test]
fn lists_that_cannot_grow_cut_the_picture_and_change_nothing() {
    let scene = three_layers();
    let frame = Frame::new(camera([150, 100]));
    let Some(mut free) = device() else { return };
    let mut bound = device().expect("a device");
    free.sync(&scene, &[]);
    bound.sync(&scene, &[]);
    let whole = free.render_image(&frame).expect("an image");
    let needed = free.stats().intersections as usize;
    bound.limit_intersections(needed / 9);
    let cut = bound.render_image(&frame).expect("an image");
    assert!(bound.stats().intersections as usize <= needed / 9);
    // A part counts pixels from its own corner: the last bit of a position may differ.
    assert_images("cut into parts", &cut, &whole, 1);
}

#[test]
fn parts_are_the_pixels_of_the_whole() {
    let scene = three_layers();
    let frame = Frame {
        background: Background::Gradient {
            top: [1.0, 0.5, 0.0],
            bottom: [0.0, 0.2, 0.4],
        },
        ..Frame::new(camera([230, 170]))
    };
    let mut renders: Vec<Box<dyn Render>> = vec![Box::new(SoftwareRenderer::new())];
    renders.extend(device().map(|d| Box::new(d) as Box<dyn Render>));
    let part = Part {
        origin: [50, 31],
        size: [121, 90],
    };
    for render in &mut renders {
        render.sync(&scene, &[]);
        let whole = render.render_image(&frame).expect("an image");
        let piece = render.render_part(&frame, part).expect("a part");
        for (y, row) in piece.rgba.chunks(4 * 121).enumerate() {
            let start = ((31 + y) * 230 + 50) * 4;
            let off = row
                .iter()
                .zip(&whole.rgba[start..])
                .map(|(a, b)| a.abs_diff(*b));
            assert!(off.max() <= Some(1), "row {y}");
        }
        let outside = Part {
            origin: [200, 0],
            size: [31, 5],
        };
        assert!(
            render.render_part(&frame, outside).is_err(),
            "beyond the edge"
        );
    }
}

#[test]
fn floats_agree_with_bytes_and_average_finer_pixels() {
    let scene = three_layers();
    let frame = Frame {
        background: Background::Color([0.1, 0.5, 0.9]),
        ..Frame::new(camera([150, 100]))
    };
    let whole = Part::whole(&frame.camera);
    let mut images = Vec::new();
    let mut renders: Vec<Box<dyn Render>> = vec![Box::new(SoftwareRenderer::new())];
    renders.extend(device().map(|d| Box::new(d) as Box<dyn Render>));
    for render in &mut renders {
        render.sync(&scene, &[]);
        let bytes = render.render_image(&frame).expect("an image");
        let floats = render.render_floats(&frame, whole, 1).expect("floats");
        assert_images("floats", &floats.to_bytes(), &bytes, 1);

        let fine = PinholeCamera {
            fx: 4.0 * frame.camera.fx,
            fy: 4.0 * frame.camera.fy,
            cx: 4.0 * frame.camera.cx,
            cy: 4.0 * frame.camera.cy,
            width: 600,
            height: 400,
            ..frame.camera
        };
        let fine = Frame {
            camera: fine,
            ..frame
        };
        let finer = render
            .render_floats(&fine, Part::whole(&fine.camera), 1)
            .expect("floats");
        let smooth = render.render_floats(&frame, whole, 4).expect("floats");
        for (x, y) in [(75, 50), (10, 90), (60, 30)] {
            for c in 0..4 {
                let block = (0..16).map(|i| finer.pixels[(4 * y + i / 4) * 600 + 4 * x + i % 4][c]);
                let mean = block.sum::<f32>() / 16.0;
                let actual = smooth.pixels[y * 150 + x][c];
                assert!(
                    (actual - mean).abs() < 1e-4,
                    "({x}, {y}) {c}: {actual}, {mean}"
                );
            }
        }
        assert_eq!(smooth.to_u16()[3], 65_535, "opaque");
        images.push(smooth);
    }
    if let [cpu, gpu] = &images[..] {
        for (a, e) in gpu.pixels.iter().zip(&cpu.pixels) {
            assert!((0..4).all(|c| (a[c] - e[c]).abs() < 2e-3), "{a:?}, {e:?}");
        }
    }
}
