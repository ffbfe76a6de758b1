//! bin and tiles.

use super::bed::{Bed, assert_flips, ball, camera, poison, scene};
use crate::{
    Frame,
    consts::ENTRY_CHUNK,
    cpu::{bin::Bins, project::Projected, sort, tiles::TileLists},
};

fn beds() -> impl Iterator<Item = Bed> {
    let big = |n| {
        let mut parts = ball(n, 0, 4);
        parts.log_scales.iter_mut().for_each(|s| *s += 2.5);
        parts
    };
    [
        (scene(vec![ball(6000, 1, 1), ball(500, 0, 2)]), [640, 360]),
        (scene(vec![big(1500)]), [321, 1000]),
        (scene(vec![poison()]), [200, 200]),
        // More bins than one window of bin.scatter serves.
        (scene(vec![big(1100)]), [2600, 2100]),
    ]
    .into_iter()
    .filter_map(|(scene, size)| Bed::new(&scene, &Frame::new(camera(size))))
}

impl Bed {
    fn write_projected(&self, projected: &Projected) -> Vec<u32> {
        self.write(&self.buffers.records, &projected.records);
        self.write(&self.buffers.depths, &projected.depths);
        self.write(&self.buffers.placements, &projected.placements);
        self.write_visible(projected.depths.len());
        let order = sort::sort(&self.view, &projected.depths);
        let pairs: Vec<[u32; 2]> = order.iter().map(|&slot| [0, slot]).collect();
        self.write(self.buffers.order(), &pairs);
        order
    }

    fn read_bins(&self) -> Bins {
        let n = (self.view.bins[0] * self.view.bins[1]) as usize;
        let mut first_chunks = self.read(&self.buffers.bin_chunks, n + 1);
        let chunks = first_chunks.pop().expect("an end");
        Bins {
            first_chunks,
            counts: self.read(&self.buffers.bin_counts, n),
            entries: self.read(&self.buffers.entries, (chunks * ENTRY_CHUNK) as usize),
        }
    }
}

#[test]
pub(super) fn bin() {
    for mut bed in beds() {
        let projected = bed.prepared().projected;
        let order = bed.write_projected(&projected);
        let expected = crate::cpu::bin::bin(&bed.view, &projected.placements, &order);
        bed.make_room(expected.entries.len() / ENTRY_CHUNK as usize, 0);
        bed.run("bin");
        let actual = bed.read_bins();
        assert_flips("bin counts", &actual.counts, &expected.counts, 0);
        assert_flips(
            "first chunks",
            &actual.first_chunks,
            &expected.first_chunks,
            0,
        );
        for bin in 0..actual.counts.len() {
            assert_flips(
                "entries",
                actual.entries_of(bin),
                expected.entries_of(bin),
                0,
            );
        }
    }
}

#[test]
pub(super) fn tiles() {
    for mut bed in beds() {
        let prepared = bed.prepared();
        let order = bed.write_projected(&prepared.projected);
        let bins = crate::cpu::bin::bin(&bed.view, &prepared.projected.placements, &order);
        let chunks = bins.entries.len() / ENTRY_CHUNK as usize;
        bed.make_room(chunks, prepared.tiles.entries.len() + 1000);
        let mut ends = bins.first_chunks.clone();
        ends.push(chunks as u32);
        bed.write(&bed.buffers.bin_chunks, &ends);
        bed.write(&bed.buffers.bin_counts, &bins.counts);
        bed.write(&bed.buffers.entries, &bins.entries);
        bed.write(&bed.buffers.tile_groups, &[chunks as u32, 1, 1]);
        bed.run("tiles");
        assert_tiles(&bed, &prepared.tiles);
    }
}

fn assert_tiles(bed: &Bed, expected: &TileLists) {
    let starts = bed.read(&bed.buffers.tile_starts, expected.starts.len());
    let total = starts.last().copied().unwrap_or(0) as usize;
    let entries = bed.read(&bed.buffers.tile_entries, total);
    let actual = TileLists { starts, entries };
    // An outline that only just touches a tile may round to either side; blend decides by pixel anyway.
    let budget = expected.entries.len() / 10_000;
    let mut flips = 0;
    for tile in 0..expected.starts.len() - 1 {
        let list = |t: &TileLists| {
            t.entries[t.starts[tile] as usize..t.starts[tile + 1] as usize].to_vec()
        };
        let (a, e) = (list(&actual), list(expected));
        if a != e {
            let only = |x: &[u32], y: &[u32]| x.iter().filter(|s| !y.contains(s)).count();
            flips += only(&a, &e) + only(&e, &a);
            let both: Vec<u32> = a.iter().copied().filter(|s| e.contains(s)).collect();
            let same: Vec<u32> = e.iter().copied().filter(|s| a.contains(s)).collect();
            assert_eq!(
                both, same,
                "tile {tile}: what both lists hold must be in one order"
            );
        }
    }
    assert!(
        flips <= budget,
        "{flips} of {} intersections differ",
        expected.entries.len()
    );
}

impl Bed {
    /// Room for lists of known lengths.
    fn make_room(&mut self, chunks: usize, intersections: usize) {
        let room = crate::frame_buffers::Room {
            chunks,
            intersections,
        };
        self.buffers.reserve_lists(&self.gpu, room);
        self.view.chunk_capacity = self.buffers.room.chunks as u32;
        self.view.intersection_capacity = self.buffers.room.intersections as u32;
        self.buffers.view.write(&self.gpu.queue, &self.view);
    }
}
