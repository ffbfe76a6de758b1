//! blend, inspect and composite.

use super::bed::{Bed, ball, camera, poison, scene};
use crate::{
    Background, Blending, Frame, Guides, ViewMode,
    buffer::Storage,
    consts::TILE,
    cpu, half16, readback,
    view::{self, Part},
};

fn beds() -> impl Iterator<Item = Bed> {
    [
        (scene(vec![ball(4000, 0, 1), ball(300, 0, 8)]), [250, 170]),
        (scene(vec![poison()]), [129, 127]),
        (scene(vec![ball(3, 0, 1)]), [17, 300]),
    ]
    .into_iter()
    .filter_map(|(scene, size)| Bed::new(&scene, &Frame::new(camera(size))))
}

#[test]
pub(super) fn blend() {
    for bed in beds() {
        let prepared = bed.prepared();
        bed.write_lists(&prepared);
        bed.run("blend");
        let expected = cpu::blend::blend(&prepared);
        let actual = bed.read(&bed.buffers.blended, expected.len());
        for (i, (words, pixel)) in actual.iter().zip(&expected).enumerate() {
            let halves = words.map(|w| [half16::low(w), half16::high(w)]);
            for (a, &e) in halves.as_flattened().iter().zip(pixel) {
                // Half precision keeps 11 bits.
                let close = (a - e.min(65504.0)).abs() <= 1e-3 * e.abs().max(1.0);
                assert!(close, "pixel {i} is {halves:?} instead of {pixel:?}");
            }
        }
        assert_picks(&bed, &prepared);
    }
}

fn assert_picks(bed: &Bed, prepared: &cpu::Prepared) {
    let [width, height] = prepared.view.size;
    let picks = bed.read(&bed.buffers.picks, (width * height) as usize);
    let mut flips = 0;
    for y in (0..height).step_by(TILE as usize / 4) {
        for x in (0..width).step_by(3) {
            let slot = cpu::blend::pick(prepared, x, y);
            let expected = slot.map_or([u32::MAX; 2], |s| {
                let source = prepared.projected.placements[s as usize][1];
                [source, prepared.projected.depths[s as usize]]
            });
            flips += usize::from(picks[(y * width + x) as usize] != expected);
        }
    }
    // A transmittance of one half to the last bit is rare.
    assert!(flips <= 2, "{flips} picks differ");
}

/// What stands behind and between the splats, in every kind.
fn backdrops() -> Vec<Frame> {
    let color = Frame::new(camera([250, 170]));
    let guides = Guides {
        grid: true,
        axes: true,
        ground: Some(-0.4),
        reach: Some(20.0),
    };
    let gradient = Background::Gradient {
        top: [0.8, 0.2, 0.1],
        bottom: [0.0, 0.3, 1.0],
    };
    let parallel = Frame {
        camera: color.camera.orthographic_at(4.0),
        guides,
        ..color
    };
    let behind = [
        Background::Transparent,
        Background::Color([0.2, 0.9, 0.4]),
        gradient,
        Background::Environment,
        Background::Checker,
    ];
    let mut frames: Vec<Frame> = behind
        .map(|background| Frame {
            background,
            ..color
        })
        .to_vec();
    frames.extend([
        Frame { guides, ..color },
        parallel,
        Frame {
            outline: true,
            show_selection: true,
            ..color
        },
        Frame {
            outline: true,
            show_selection: true,
            blending: Blending::Linear,
            background: gradient,
            guides,
            ..color
        },
    ]);
    frames
}

#[test]
pub(super) fn composite() {
    for (frame, straight) in backdrops().into_iter().flat_map(|f| [(f, 0), (f, 1)]) {
        let Some(mut bed) = Bed::new(&scene(vec![ball(4000, 0, 1)]), &frame) else {
            return;
        };
        let mut backdrop = view::backdrop(&frame, Part::whole(&frame.camera), frame.outline, None);
        backdrop.straight_alpha = straight;
        bed.buffers.backdrop.write(&bed.gpu.queue, &backdrop);
        let prepared = bed.prepared();
        let pixels = cpu::blend::blend(&prepared);
        let words: Vec<[u32; 2]> = pixels
            .iter()
            .map(|p| [half16::pack2(p[0], p[1]), half16::pack2(p[2], p[3])])
            .collect();
        let rounded: Vec<[f32; 4]> = words.iter().map(halves).collect();
        let depths = cpu::inspect::median_depths(&prepared);
        let coverage = cpu::inspect::coverage(&prepared);
        let picks: Vec<[u32; 2]> = depths
            .iter()
            .map(|&d| {
                if d == cpu::inspect::FAR {
                    [u32::MAX; 2]
                } else {
                    [0, d.to_bits()]
                }
            })
            .collect();
        let device = &bed.gpu.device;
        bed.buffers
            .coverage
            .reserve(device, "coverage", coverage.len());
        bed.write(&bed.buffers.blended, &words);
        bed.write(&bed.buffers.picks, &picks);
        bed.write(&bed.buffers.coverage, &coverage);
        let target = crate::renderer::texture(&bed.gpu, "target", bed.view.size);
        let wide = Storage::<[f32; 4]>::new(device, "wide", words.len());
        bed.record(|passes, context, pass| {
            let target = target.create_view(&Default::default());
            passes.composite.record(context, &target, pass);
            passes.composite.record_floats(context, &wide.raw, pass);
        });
        let blended = cpu::composite::Blended {
            pixels: &rounded,
            depths: &depths,
            coverage: &coverage,
        };
        let actual = readback::read_texture(&bed.gpu, &target).expect("bytes");
        let shading = bed.shading();
        let expected = cpu::composite::composite(&bed.view, &backdrop, shading, &blended);
        for (i, (a, e)) in actual.chunks(4).zip(expected.chunks(4)).enumerate() {
            // Straight colors of nearly transparent pixels are quotients of tiny numbers.
            let slack = if straight == 1 {
                255 / u32::from(e[3]).max(1)
            } else {
                1
            };
            let close = |c: usize| u32::from(a[c].abs_diff(e[c])) <= if c < 3 { slack } else { 1 };
            let all_close = (0..4).all(close);
            assert!(all_close, "{frame:?}: pixel {i} is {a:?} instead of {e:?}");
        }
        let actual = bed.read(&wide, words.len());
        let expected = cpu::composite::floats(&bed.view, &backdrop, shading, &blended);
        for (i, (a, e)) in actual.iter().zip(&expected).enumerate() {
            let close = (0..4).all(|c| (a[c] - e[c]).abs() <= 2e-3 * e[c].abs().max(1.0));
            assert!(close, "{frame:?}: pixel {i} is {a:?} instead of {e:?}");
        }
    }
}

fn halves(words: &[u32; 2]) -> [f32; 4] {
    let [a, b] = words.map(|w| [half16::low(w), half16::high(w)]);
    [a[0], a[1], b[0], b[1]]
}

impl Bed {
    fn write_lists(&self, prepared: &cpu::Prepared) {
        self.write(&self.buffers.records, &prepared.projected.records);
        self.write(&self.buffers.depths, &prepared.projected.depths);
        self.write(&self.buffers.placements, &prepared.projected.placements);
        self.write(&self.buffers.tile_starts, &prepared.tiles.starts);
        assert!(prepared.tiles.entries.len() <= self.buffers.room.intersections);
        self.write(&self.buffers.tile_entries, &prepared.tiles.entries);
    }
}

#[test]
pub(super) fn inspect() {
    for view in [ViewMode::Rings, ViewMode::Overdraw, ViewMode::TileLoad] {
        let frame = Frame {
            view,
            ..Frame::new(camera([250, 170]))
        };
        let Some(mut bed) = Bed::new(&scene(vec![ball(4000, 1, 1), poison()]), &frame) else {
            return;
        };
        let prepared = bed.prepared();
        bed.write_lists(&prepared);
        let expected = cpu::inspect::inspect(&prepared);
        bed.buffers
            .coverage
            .reserve(&bed.gpu.device, "coverage", expected.len());
        bed.run("blend");
        let actual = bed.read(&bed.buffers.blended, expected.len());
        let mut off = 0;
        for (words, pixel) in actual.iter().zip(&expected) {
            let close = |(a, e): (&f32, &f32)| (a - e).abs() <= 2e-3 * e.abs().max(1.0);
            off += usize::from(!halves(words).iter().zip(pixel).all(close));
        }
        // A splat that ends at the last bit of 1/255 counts on one side only.
        assert!(off <= 4, "{view:?}: {off} pixels differ");
        assert_picks(&bed, &prepared);

        bed.record(|passes, context, pass| passes.inspect.record_cover(context, pass));
        let expected = cpu::inspect::coverage(&prepared);
        let actual = bed.read(&bed.buffers.coverage, expected.len());
        for (i, (a, e)) in actual.iter().zip(&expected).enumerate() {
            assert!((a - e).abs() < 1e-3, "coverage {i} is {a} instead of {e}");
        }
    }
}
