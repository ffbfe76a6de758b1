//! blend and composite.

use super::bed::{Bed, ball, camera, poison, scene};
use crate::{Background, Frame, consts::TILE, cpu, half16, readback};

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
fn blend() {
    for bed in beds() {
        let prepared = bed.prepared();
        bed.write(&bed.buffers.records, &prepared.projected.records);
        bed.write(&bed.buffers.depths, &prepared.projected.depths);
        bed.write(&bed.buffers.placements, &prepared.projected.placements);
        bed.write(&bed.buffers.tile_starts, &prepared.tiles.starts);
        assert!(prepared.tiles.entries.len() <= bed.buffers.room.intersections);
        bed.write(&bed.buffers.tile_entries, &prepared.tiles.entries);
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

#[test]
fn composite() {
    let backgrounds = [Background::Transparent, Background::Color([0.2, 0.9, 0.4])];
    for (background, straight) in backgrounds.into_iter().flat_map(|b| [(b, 0), (b, 1)]) {
        let frame = Frame {
            background,
            ..Frame::new(camera([250, 170]))
        };
        let Some(mut bed) = Bed::new(&scene(vec![ball(4000, 0, 1)]), &frame) else {
            return;
        };
        bed.view.straight_alpha = straight;
        bed.buffers.view.write(&bed.gpu.queue, &bed.view);
        let pixels = cpu::blend::blend(&bed.prepared());
        let words: Vec<[u32; 2]> = pixels
            .iter()
            .map(|p| [half16::pack2(p[0], p[1]), half16::pack2(p[2], p[3])])
            .collect();
        let rounded: Vec<[f32; 4]> = words
            .iter()
            .map(|&[a, b]| {
                [
                    half16::low(a),
                    half16::high(a),
                    half16::low(b),
                    half16::high(b),
                ]
            })
            .collect();
        bed.write(&bed.buffers.blended, &words);
        let target = crate::renderer::texture(bed.gpu, "target", bed.view.size);
        bed.record(|passes, context, pass| {
            let target = target.create_view(&Default::default());
            passes.composite.record(context, &target, pass);
        });
        let actual = readback::read_texture(bed.gpu, &target).expect("bytes");
        let expected = cpu::composite::composite(&bed.view, &rounded);
        for (i, (a, e)) in actual.iter().zip(&expected).enumerate() {
            assert!(a.abs_diff(*e) <= 1, "byte {i} is {a} instead of {e}");
        }
    }
}
