//! scan and sort.

use super::bed::{Bed, Noise, assert_flips, ball, camera, scene};
use crate::{
    Frame,
    buffer::{Storage, Uniform},
    consts::{EMPTY_DEPTH, SORT_BLOCK},
    cpu,
    layout::ScanRows,
};

fn bed(n: usize) -> Option<Bed> {
    Bed::new(&scene(vec![ball(n, 0, 5)]), &Frame::new(camera([64, 64])))
}

#[test]
pub(super) fn scan() {
    let Some(bed) = bed(10) else { return };
    let device = &bed.gpu.device;
    let mut noise = Noise(3);
    for length in [0u32, 1, 2, 255, 256, 1023, 1024, 1025, 5000] {
        let n = 3 * length as usize;
        let mut expected: Vec<u32> = (0..n).map(|_| noise.bits() % 100).collect();
        let values = Storage::new(device, "values", n);
        let totals = Storage::<u32>::new(device, "totals", 5);
        let rows = Uniform::new(device, "rows");
        bed.write(&values, &expected);
        rows.write(
            &bed.gpu.queue,
            &ScanRows {
                length,
                first_total: 2,
                padding: [0; 2],
            },
        );
        bed.record(|passes, context, pass| {
            passes
                .scan
                .record(context.device, pass, (&rows, 3), [&values.raw, &totals.raw]);
        });
        let sums: Vec<u32> = if length == 0 {
            vec![0; 3]
        } else {
            expected
                .chunks_mut(length as usize)
                .map(cpu::scan::exclusive)
                .collect()
        };
        assert_flips("sums", &bed.read(&values, n), &expected, 0);
        assert_eq!(
            bed.read(&totals, 5),
            [0, 0, sums[0], sums[1], sums[2]],
            "rows of {length}"
        );
    }
}

fn assert_sorts(bed: &Bed, depths: &[u32], what: &str) {
    bed.write(&bed.buffers.depths, depths);
    bed.write_visible(depths.len());
    bed.run("sort");
    let pairs = bed.read(bed.buffers.order(), depths.len());
    let order: Vec<u32> = pairs.iter().map(|p| p[1]).collect();
    assert_flips(what, &order, &cpu::sort::sort(&bed.view, depths), 0);
}

#[test]
pub(super) fn sort() {
    let block = SORT_BLOCK as usize;
    let Some(bed) = bed(3 * block + 1) else {
        return;
    };
    let mut noise = Noise(9);
    let sizes = [0, 1, 2, 15, 16, 17, 255, 257, block - 1, block, block + 1];
    for n in sizes
        .into_iter()
        .chain([2 * block, 3 * block - 7, 3 * block, 3 * block + 1])
    {
        let random: Vec<u32> = (0..n).map(|_| (3.0 + noise.signed()).to_bits()).collect();
        assert_sorts(&bed, &random, "random depths");
        assert_sorts(&bed, &vec![3.5f32.to_bits(); n], "equal depths");
        let falling: Vec<u32> = (0..n).map(|i| (4.0 - i as f32 * 1e-5).to_bits()).collect();
        assert_sorts(&bed, &falling, "falling depths");
        let holes: Vec<u32> = (0..n)
            .map(|i| if i % 3 == 0 { EMPTY_DEPTH } else { random[i] })
            .collect();
        assert_sorts(&bed, &holes, "depths with empty slots");
        let extreme: Vec<u32> = (0..n).map(|i| [0, f32::MAX.to_bits(), 1][i % 3]).collect();
        assert_sorts(&bed, &extreme, "depths outside the range");
    }
}
