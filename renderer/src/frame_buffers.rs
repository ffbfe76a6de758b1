//! What the passes of one frame hand to each other.

use crate::{
    Gpu, RenderError, Tuning,
    buffer::{Storage, Uniform},
    consts::{BIN_BLOCK, ENTRY_CHUNK, SORT_BLOCK, TILES_PER_BIN, WORKGROUP_WORDS},
    layout::{Backdrop, ChunkView, Counters, Record, ScanRows, Shading, SortRound, View},
};

/// Most workgroups along one axis of a dispatch.
const MAX_GROUPS: usize = 65_535;
/// Where `Counters::visible` and `Counters::intersections` lie.
const VISIBLE_TOTAL: u32 = 0;
const INTERSECTIONS_TOTAL: u32 = 2;

/// All buffers of a frame. They only grow.
#[derive(Debug)]
pub(crate) struct FrameBuffers {
    pub(crate) tuning: Tuning,
    pub(crate) view: Uniform<View>,
    pub(crate) backdrop: Uniform<Backdrop>,
    pub(crate) shading: Uniform<Shading>,
    pub(crate) chunk_views: Vec<Uniform<ChunkView>>,
    pub(crate) cull_rows: Uniform<ScanRows>,
    pub(crate) sort_rows: Uniform<ScanRows>,
    pub(crate) bin_rows: Uniform<ScanRows>,
    pub(crate) tile_rows: Uniform<ScanRows>,
    pub(crate) sort_rounds: Vec<Uniform<SortRound>>,
    pub(crate) counters: Storage<Counters>,
    pub(crate) words: Storage<[u32; 4]>,
    pub(crate) offsets: Storage<u32>,
    pub(crate) records: Storage<Record>,
    pub(crate) depths: Storage<u32>,
    pub(crate) placements: Storage<[u32; 2]>,
    pub(crate) pairs: [Storage<[u32; 2]>; 2],
    pub(crate) sort_counts: Storage<u32>,
    pub(crate) sort_totals: Storage<u32>,
    pub(crate) bin_block_offsets: Storage<u32>,
    pub(crate) bin_counts: Storage<u32>,
    pub(crate) bin_chunks: Storage<u32>,
    /// The indirect dispatch of `tiles`.
    pub(crate) tile_groups: Storage<u32>,
    pub(crate) entries: Storage<u32>,
    pub(crate) tile_bits: Storage<u32>,
    pub(crate) tile_offsets: Storage<u32>,
    pub(crate) tile_starts: Storage<u32>,
    pub(crate) tile_entries: Storage<u32>,
    pub(crate) blended: Storage<[u32; 2]>,
    pub(crate) picks: Storage<[u32; 2]>,
    /// Selected coverage; only as large as a frame with an outline needs.
    pub(crate) coverage: Storage<f32>,
    /// Colors of the harmonics of each drawn chunk, where the eye stays.
    pub(crate) colors: Vec<Storage<[u32; 2]>>,
    /// Whether they are those of the view.
    pub(crate) colors_known: bool,
    /// Splats of the view that may be visible.
    visible: u32,
    /// Visible splats that the buffers have room for.
    visible_room: usize,
    /// Less than the device could hold, in tests.
    pub(crate) visible_at_most: usize,
    /// Room of the lists whose length only drawing tells.
    pub(crate) room: Room,
    /// The list of tile entries never gets longer than this.
    pub(crate) most_intersections: usize,
}

/// Room of the lists whose length only drawing tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Room {
    /// `ENTRY_CHUNK`s of bin entries.
    pub(crate) chunks: usize,
    /// Tile entries.
    pub(crate) intersections: usize,
}

impl Room {
    /// Whether lists of these lengths fit.
    pub(crate) fn holds(&self, counters: &Counters) -> bool {
        counters.chunks as usize <= self.chunks
            && counters.intersections as usize <= self.intersections
    }
}

impl FrameBuffers {
    pub(crate) fn new(gpu: &Gpu) -> Self {
        let device = &gpu.device;
        Self {
            tuning: gpu.tuning,
            view: Uniform::new(device, "view"),
            backdrop: Uniform::new(device, "backdrop"),
            shading: Uniform::new(device, "shading"),
            chunk_views: Vec::new(),
            cull_rows: Uniform::new(device, "cull_rows"),
            sort_rows: Uniform::new(device, "sort_rows"),
            bin_rows: Uniform::new(device, "bin_rows"),
            tile_rows: Uniform::new(device, "tile_rows"),
            sort_rounds: (0..gpu.tuning.sort_rounds())
                .map(|_| Uniform::new(device, "sort_round"))
                .collect(),
            counters: Storage::new(device, "counters", 1),
            words: Storage::new(device, "words", 0),
            offsets: Storage::new(device, "offsets", 0),
            records: Storage::new(device, "records", 0),
            depths: Storage::new(device, "depths", 0),
            placements: Storage::new(device, "placements", 0),
            pairs: [0, 1].map(|_| Storage::new(device, "pairs", 0)),
            sort_counts: Storage::new(device, "sort_counts", 0),
            sort_totals: Storage::new(device, "sort_totals", gpu.tuning.digits() as usize),
            bin_block_offsets: Storage::new(device, "bin_block_offsets", 0),
            bin_counts: Storage::new(device, "bin_counts", 0),
            bin_chunks: Storage::new(device, "bin_chunks", 0),
            tile_groups: Storage::indirect(device, "tile_groups", 4),
            entries: Storage::new(device, "entries", 0),
            tile_bits: Storage::new(device, "tile_bits", 0),
            tile_offsets: Storage::new(device, "tile_offsets", 0),
            tile_starts: Storage::new(device, "tile_starts", 0),
            tile_entries: Storage::new(device, "tile_entries", 0),
            blended: Storage::new(device, "blended", 0),
            picks: Storage::new(device, "picks", 0),
            coverage: Storage::new(device, "coverage", 0),
            colors: Vec::new(),
            colors_known: false,
            visible: 0,
            visible_room: 0,
            visible_at_most: usize::MAX,
            room: Room::default(),
            most_intersections: usize::MAX,
        }
    }

    /// Makes room for a view, fills in its capacities and uploads it with its chunks.
    pub(crate) fn begin(
        &mut self,
        gpu: &Gpu,
        view: &mut View,
        shading: &Shading,
        chunk_views: &[ChunkView],
    ) -> Result<(), RenderError> {
        let splats: usize = chunk_views.iter().map(|c| c.count as usize).sum();
        let limit = self.visible_limit(gpu);
        let visible = splats.min(limit);
        // A camera that draws back sees ever more pages: leave room for some.
        if visible > self.visible_room {
            let grown = if self.visible_room == 0 {
                visible
            } else {
                (visible + visible / 4).min(limit)
            };
            self.visible_room = grown;
        }
        self.visible = visible as u32;
        self.fit(gpu, view, self.visible_room)?;
        view.visible_capacity = visible as u32;
        view.bin_blocks = visible.div_ceil(BIN_BLOCK as usize) as u32;
        view.chunk_capacity = self.room.chunks as u32;
        view.intersection_capacity = self.room.intersections as u32;
        self.upload(gpu, view, shading, chunk_views);
        Ok(())
    }

    /// Most splats that can be visible at once.
    pub(crate) fn visible_limit(&self, gpu: &Gpu) -> usize {
        Storage::<Record>::limit(&gpu.device).min(self.visible_at_most)
    }

    /// Most pixels that can be drawn at once.
    pub(crate) fn pixel_limit(&self, gpu: &Gpu) -> usize {
        Storage::<[u32; 2]>::limit(&gpu.device)
    }

    fn fit(&mut self, gpu: &Gpu, view: &View, visible: usize) -> Result<(), RenderError> {
        let device = &gpu.device;
        let bins = (view.bins[0] * view.bins[1]) as usize;
        let pixels = view.size[0] as usize * view.size[1] as usize;
        let blocks = view.block_count as usize;
        self.words
            .reserve(device, "words", blocks * WORKGROUP_WORDS as usize);
        self.offsets.reserve(device, "offsets", blocks);
        self.records.reserve(device, "records", visible);
        self.depths.reserve(device, "depths", visible);
        self.placements.reserve(device, "placements", visible);
        for pairs in &mut self.pairs {
            pairs.reserve(device, "pairs", visible);
        }
        let counts = self.tuning.digits() as usize * visible.div_ceil(SORT_BLOCK as usize);
        self.sort_counts.reserve(device, "sort_counts", counts);
        let matrix = bins * visible.div_ceil(BIN_BLOCK as usize);
        if matrix > Storage::<u32>::limit(device) {
            return Err(RenderError::Capacity {
                what: "so many splats on so large an image",
            });
        }
        self.bin_block_offsets
            .reserve(device, "bin_block_offsets", matrix);
        self.bin_counts.reserve(device, "bin_counts", bins);
        self.bin_chunks.reserve(device, "bin_chunks", bins + 1);
        let tiles = bins * TILES_PER_BIN as usize;
        self.tile_starts.reserve(device, "tile_starts", tiles + 1);
        self.blended.reserve(device, "blended", pixels);
        self.picks.reserve(device, "picks", pixels);
        // Every splat in one bin and a half, every entry in three tiles: usual scenes fit at once.
        let first_guess = Room {
            chunks: bins + (visible * 3 / 2).div_ceil(ENTRY_CHUNK as usize),
            intersections: 4 * visible,
        };
        self.reserve_lists(gpu, first_guess);
        Ok(())
    }

    /// Gives the lists at least this much room, as far as the device can.
    pub(crate) fn reserve_lists(&mut self, gpu: &Gpu, wanted: Room) {
        let device = &gpu.device;
        let limit = Storage::<u32>::limit(device);
        let tile_bits_per_chunk = (TILES_PER_BIN * WORKGROUP_WORDS) as usize;
        let chunk_limit = (limit / tile_bits_per_chunk).min(MAX_GROUPS);
        let chunks = wanted.chunks.min(chunk_limit).max(self.room.chunks);
        let most = limit.min(self.most_intersections);
        let intersections = wanted.intersections.min(most).max(self.room.intersections);
        self.room = Room {
            chunks,
            intersections,
        };
        self.entries
            .reserve(device, "entries", chunks * ENTRY_CHUNK as usize);
        self.tile_bits
            .reserve(device, "tile_bits", chunks * tile_bits_per_chunk);
        self.tile_offsets
            .reserve(device, "tile_offsets", chunks * TILES_PER_BIN as usize);
        self.tile_entries
            .reserve(device, "tile_entries", intersections);
    }

    fn upload(&mut self, gpu: &Gpu, view: &View, shading: &Shading, chunk_views: &[ChunkView]) {
        let queue = &gpu.queue;
        self.view.write(queue, view);
        self.shading.write(queue, shading);
        for (i, chunk_view) in chunk_views.iter().enumerate() {
            if self.chunk_views.len() <= i {
                self.chunk_views
                    .push(Uniform::new(&gpu.device, "chunk_view"));
            }
            self.chunk_views[i].write(queue, chunk_view);
        }
        let rows = |length, first_total| ScanRows {
            length,
            first_total,
            padding: [0; 2],
        };
        let tiles = view.bins[0] * view.bins[1] * TILES_PER_BIN;
        self.cull_rows
            .write(queue, &rows(view.block_count, VISIBLE_TOTAL));
        self.sort_rows.write(queue, &rows(self.sort_blocks(), 0));
        self.bin_rows.write(queue, &rows(view.bin_blocks, 0));
        self.tile_rows
            .write(queue, &rows(tiles + 1, INTERSECTIONS_TOTAL));
        for (i, round) in self.sort_rounds.iter().enumerate() {
            round.write(
                queue,
                &SortRound {
                    shift: i as u32 * self.tuning.digit_bits(),
                    first: u32::from(i == 0),
                    blocks: self.sort_blocks(),
                    padding: 0,
                },
            );
        }
    }

    /// Blocks of a sort round: enough for every splat of the view to be visible.
    pub(crate) fn sort_blocks(&self) -> u32 {
        self.visible.div_ceil(SORT_BLOCK)
    }

    /// Where the last sort round leaves its pairs.
    pub(crate) fn order(&self) -> &Storage<[u32; 2]> {
        &self.pairs[(self.sort_rounds.len() + 1) % 2]
    }

    /// Bytes of all buffers.
    pub(crate) fn bytes(&self) -> u64 {
        [
            self.words.bytes(),
            self.offsets.bytes(),
            self.records.bytes(),
            self.depths.bytes(),
            self.placements.bytes(),
            self.pairs[0].bytes(),
            self.pairs[1].bytes(),
            self.sort_counts.bytes(),
            self.bin_block_offsets.bytes(),
            self.entries.bytes(),
            self.tile_bits.bytes(),
            self.tile_offsets.bytes(),
            self.tile_starts.bytes(),
            self.tile_entries.bytes(),
            self.blended.bytes(),
            self.picks.bytes(),
            self.coverage.bytes(),
        ]
        .iter()
        .sum::<u64>()
            + self.colors.iter().map(Storage::bytes).sum::<u64>()
    }
}
