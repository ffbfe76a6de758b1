//! cull and project.

use super::bed::{Bed, assert_flips, ball, camera, poison, scene};
use crate::{
    Blending, ClipBox, Filter, Frame, HarmonicsFormat, ViewMode, cpu::scan, half16, layout::Record,
};
use glam::{Affine3A, Quat, Vec3};
use scene::PinholeCamera;

fn frames() -> Vec<Frame> {
    let color = Frame {
        show_selection: true,
        ..Frame::new(camera([333, 257]))
    };
    let modes = [
        ViewMode::Normals,
        ViewMode::Depth,
        ViewMode::Labels,
        ViewMode::Confidence,
        ViewMode::Centers,
        ViewMode::Albedo,
        ViewMode::Roughness,
        ViewMode::Metallic,
        ViewMode::Occlusion,
    ];
    let mut frames = vec![
        color,
        Frame {
            filter: Filter::Mip,
            max_sh_degree: 2,
            ..color
        },
        Frame {
            max_sh_degree: 1,
            ..color
        },
        Frame {
            max_sh_degree: 0,
            ..color
        },
    ];
    frames.extend(modes.map(|view| Frame { view, ..color }));
    let parallel = color.camera.orthographic_at(4.0);
    let cut = ClipBox {
        world_from_box: Affine3A::from_scale_rotation_translation(
            Vec3::new(1.4, 1.1, 1.2),
            Quat::from_rotation_y(0.4),
            Vec3::new(0.1, 0.0, -0.2),
        ),
    };
    frames.extend([
        Frame {
            camera: parallel,
            ..color
        },
        Frame {
            clip: Some(cut),
            camera: PinholeCamera {
                near: 2.4,
                far: 5.2,
                ..color.camera
            },
            blending: Blending::Linear,
            ..color
        },
    ]);
    frames
}

fn beds() -> impl Iterator<Item = Bed> {
    let layers = |degree| scene(vec![ball(3000, degree, 1), ball(700, 3, 2), ball(90, 0, 3)]);
    let scenes = [layers(3), layers(2), layers(1), scene(vec![poison()])];
    frames()
        .into_iter()
        .flat_map(move |frame| scenes.clone().into_iter().map(move |s| (s, frame)))
        .filter_map(|(scene, frame)| Bed::new(&scene, &frame))
}

/// Where all but the first coefficients are bytes.
fn compact_beds() -> impl Iterator<Item = Bed> {
    let layers = vec![ball(3000, 3, 1), ball(700, 2, 3), ball(90, 1, 5)];
    let scenes = [scene(layers), scene(vec![poison()])];
    let bytes = HarmonicsFormat::Bytes;
    // The others do not look at what the format decides.
    let views = [ViewMode::Color, ViewMode::Albedo];
    frames()
        .into_iter()
        .filter(move |frame| views.contains(&frame.view))
        .flat_map(move |frame| scenes.clone().into_iter().map(move |s| (s, frame)))
        .filter_map(move |(scene, frame)| Bed::holding(&scene, &frame, bytes))
}

#[test]
pub(super) fn cull() {
    for bed in beds() {
        bed.run("cull");
        let expected = bed.visibility();
        let words = bed.read(&bed.buffers.words, expected.words.len());
        assert_flips("visibility words", &words, &expected.words, 0);
        let counts = bed.read(&bed.buffers.offsets, expected.offsets.len());
        assert_flips("visible splats a block", &counts, &expected.offsets, 0);
    }
}

#[test]
pub(super) fn project() {
    for bed in beds().chain(compact_beds()) {
        let mut visibility = bed.visibility();
        scan::exclusive(&mut visibility.offsets);
        bed.write(&bed.buffers.words, &visibility.words);
        bed.write(&bed.buffers.offsets, &visibility.offsets);
        bed.run("project");
        let expected = bed.prepared().projected;
        let n = expected.records.len();
        assert!(n > 40, "the scene must be seen");

        assert_flips(
            "depths",
            &bed.read(&bed.buffers.depths, n),
            &expected.depths,
            0,
        );
        let placements = bed.read(&bed.buffers.placements, n);
        // A box that ends on the edge of a bin may round to either side.
        assert_flips("placements", &placements, &expected.placements, n / 1000);
        let records = bed.read(&bed.buffers.records, n);
        for (i, (actual, expected)) in records.iter().zip(&expected.records).enumerate() {
            if bed.read_is_empty(&placements[i]) {
                continue;
            }
            assert_close(i, actual, expected);
        }
    }
}

impl Bed {
    fn read_is_empty(&self, placement: &[u32; 2]) -> bool {
        placement[0] == crate::consts::EMPTY_RECT
    }
}

fn assert_close(i: usize, actual: &Record, expected: &Record) {
    // A few units in the last place of square roots, quotients and logarithms.
    let close = |a: f32, b: f32| (a - b).abs() <= 2e-5 * b.abs().max(0.05);
    // Normals, labels and lights pass through trigonometry and powers before they become halves.
    let close_half = |a: f32, b: f32| (a - b).abs() <= 2e-3 * b.abs().max(0.1);
    let floats = |r: &Record| {
        [
            r.mean[0],
            r.mean[1],
            r.root[0],
            r.root[1],
            r.root[2],
            r.log2_opacity,
        ]
    };
    let colors = |r: &Record| {
        [
            half16::low(r.color_rg),
            half16::high(r.color_rg),
            half16::low(r.color_b),
        ]
    };
    let same = floats(actual)
        .iter()
        .zip(floats(expected))
        .all(|(&a, b)| close(a, b))
        && colors(actual)
            .iter()
            .zip(colors(expected))
            .all(|(&a, b)| close_half(a, b));
    assert!(
        same,
        "record {i} is {actual:?} {:?} instead of {expected:?} {:?}",
        colors(actual),
        colors(expected)
    );
}
