//! Which choice is fastest on a device, measured on made-up splats.

use std::time::Instant;

use super::Tuning;
use crate::{
    Gpu, RenderError,
    consts::{BIN, BIN_TILES, TILE, TILES_PER_BIN},
    frame_buffers::FrameBuffers,
    layout::{ChunkView, Counters, Record, View},
    passes::{self, Context, Passes},
    readback,
};

/// Splats of a tile's list.
const PER_TILE: u32 = 128;
/// Sides of the made-up picture, px; the larger ones where a device is done with the one before too soon
/// to tell.
const SIDES: [u32; 3] = [128, 512, 1024];
/// A pass that takes less says nothing about larger scenes.
const TELLING_MS: f32 = 1.0;
/// How often every choice is timed.
const ROUNDS: usize = 2;
/// Another choice than the default must be so much faster, as a share of its time.
const WORTHWHILE: f32 = 0.95;

/// A choice and, where the device is to change to it, its passes.
#[derive(Debug)]
pub struct Tuned {
    /// The choice.
    pub tuning: Tuning,
    pub(crate) passes: Option<Passes>,
}

/// Finds the fastest choice: about a quarter of a second of a processor that plays a graphics device,
/// less on a real one. The device is waited for; best on a thread of its own, while nobody draws.
pub fn measure(gpu: &Gpu) -> Result<Tuned, RenderError> {
    let tuning = fastest(gpu)?;
    let passes = (tuning != gpu.tuning).then(|| Passes::new(&gpu.clone().with_tuning(tuning)));
    Ok(Tuned { tuning, passes })
}

fn fastest(gpu: &Gpu) -> Result<Tuning, RenderError> {
    let default = Tuning::default();
    let wide = Tuning {
        digit_bits: 8,
        ..default
    };
    let narrow = Tuning {
        blend_rows: 1,
        ..default
    };
    // The sort and blend do not depend on each other's choice.
    let [usual, wide_gpu, narrow_gpu] = [default, wide, narrow].map(|t| gpu.clone().with_tuning(t));
    let scan = passes::Scan::of(&usual);
    let sorts = [&usual, &wide_gpu].map(passes::Sort::of);
    let blends = [&usual, &narrow_gpu].map(passes::Blend::of);
    let mut best = default;
    for side in SIDES {
        let beds = gpu.try_allocate(|| [&usual, &wide_gpu].map(|gpu| Bed::new(gpu, side)));
        let Some([Ok(usual_bed), Ok(wide_bed)]) = beds else {
            break;
        };
        let beds = [usual_bed, wide_bed];
        let mut times = [[f32::INFINITY; 2]; 2];
        for round in 0..=ROUNDS {
            for choice in 0..2 {
                let sort = beds[choice].time(|c, pass| sorts[choice].record(c, &scan, pass))?;
                let blend = beds[0].time(|c, pass| blends[choice].record(c, pass))?;
                // The first run of a kernel may compile it.
                if round > 0 {
                    times[0][choice] = times[0][choice].min(sort);
                    times[1][choice] = times[1][choice].min(blend);
                }
            }
        }
        log::debug!("sort and blend at {side} px, usual and other choice: {times:?} ms");
        let [wider, narrower] = times.map(|[usual, other]| other < WORTHWHILE * usual);
        best = Tuning {
            digit_bits: if wider { wide } else { default }.digit_bits,
            blend_rows: if narrower { narrow } else { default }.blend_rows,
        };
        if times[0][0].min(times[1][0]) > TELLING_MS {
            break;
        }
    }
    Ok(best)
}

/// Buffers filled as the passes before sort and blend might.
struct Bed {
    gpu: Gpu,
    view: View,
    buffers: FrameBuffers,
}

impl Bed {
    fn new(gpu: &Gpu, side: u32) -> Result<Self, RenderError> {
        let tiles = (side / TILE).pow(2);
        let n = tiles * PER_TILE;
        let mut view: View = bytemuck::Zeroable::zeroed();
        view.size = [side; 2];
        view.bins = [side.div_ceil(BIN); 2];
        view.depth_min_bits = 1f32.to_bits();
        let mut chunk: ChunkView = bytemuck::Zeroable::zeroed();
        chunk.add_range(0, n);
        view.block_count = chunk.block_count;
        let mut buffers = FrameBuffers::new(gpu);
        let shading = bytemuck::Zeroable::zeroed();
        buffers.begin(gpu, &mut view, &shading, &[chunk])?;
        let bed = Self {
            gpu: gpu.clone(),
            view,
            buffers,
        };
        bed.fill(n);
        Ok(bed)
    }

    /// Round splats of a few pixels, those of a tile one after the other, at random depths.
    fn fill(&self, n: u32) {
        let queue = &self.gpu.queue;
        let bins = self.view.bins[0];
        let mut noise = 1u32;
        let mut unit = || {
            noise = noise.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
            (noise >> 8) as f32 / (1 << 24) as f32
        };
        let mut records = Vec::with_capacity(n as usize);
        let mut depths = Vec::with_capacity(n as usize);
        for i in 0..n {
            let (bin, tile) = (i / PER_TILE / TILES_PER_BIN, i / PER_TILE % TILES_PER_BIN);
            let first = [
                (bin % bins * BIN_TILES + tile % BIN_TILES) * TILE,
                (bin / bins * BIN_TILES + tile / BIN_TILES) * TILE,
            ];
            let mean = first.map(|v| v as f32 + unit() * TILE as f32);
            let width = 0.2 + 0.4 * unit();
            records.push(Record {
                mean,
                root: [width, 0.0, width],
                log2_opacity: -4.0 * unit() - 2.0,
                color_rg: 0,
                color_b: 0,
            });
            depths.push((1.0 + unit()).to_bits());
        }
        self.buffers.records.write(queue, 0, &records);
        self.buffers.depths.write(queue, 0, &depths);
        let slots: Vec<u32> = (0..n).collect();
        self.buffers.tile_entries.write(queue, 0, &slots);
        let starts: Vec<u32> = (0..=n / PER_TILE).map(|t| t * PER_TILE).collect();
        self.buffers.tile_starts.write(queue, 0, &starts);
        let counters = Counters {
            visible: n,
            ..Counters::default()
        };
        self.buffers.counters.write(queue, 0, &[counters]);
    }

    /// Milliseconds until the device has run something.
    fn time(
        &self,
        record: impl FnOnce(&Context<'_>, &mut wgpu::ComputePass<'_>),
    ) -> Result<f32, RenderError> {
        let context = Context {
            device: &self.gpu.device,
            view: &self.view,
            buffers: &self.buffers,
            chunks: &[],
            chunk_views: &[],
        };
        let start = Instant::now();
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        record(
            &context,
            &mut encoder.begin_compute_pass(&Default::default()),
        );
        self.gpu.queue.submit([encoder.finish()]);
        readback::wait(&self.gpu)?;
        Ok(start.elapsed().as_secs_f32() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Frame, Render, Renderer, pass_tests};

    #[test]
    fn a_device_finds_its_choice_in_half_a_second() {
        let Some(gpu) = pass_tests::device() else {
            return;
        };
        let start = Instant::now();
        let choice = measure(&gpu).expect("a choice");
        let took = start.elapsed();
        let choice = choice.tuning;
        println!("{choice} on {} in {took:?}", gpu.adapter_name);
        assert!(Tuning::all().any(|t| t == choice));
        // Other tests share the processor with this one.
        assert!(took.as_secs() < 5, "it took {took:?}");
    }

    #[test]
    fn another_choice_is_taken_over_without_a_trace() {
        let Some(gpu) = pass_tests::device() else {
            return;
        };
        let scene = pass_tests::scene(vec![pass_tests::ball(3000, 1, 3)]);
        let frame = Frame::new(pass_tests::camera([200, 150]));
        let mut renderer = Renderer::new(gpu.clone()).expect("a renderer");
        renderer.sync(&scene, &[]);
        let expected = renderer.render_image(&frame).expect("a picture");
        for tuning in Tuning::all() {
            let passes = Some(Passes::new(&gpu.clone().with_tuning(tuning)));
            renderer.adopt(Tuned { tuning, passes });
            let actual = renderer.render_image(&frame).expect("a picture");
            assert!(actual == expected, "another picture with {tuning}");
        }
    }
}
