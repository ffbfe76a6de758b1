//! Distributes depth-ordered splats to bins: `shaders/bin.wgsl`.

use super::{Context, Kernel, scan::Scan};

#[derive(Debug)]
pub(crate) struct Bin {
    count: Kernel,
    offsets: Kernel,
    scatter: Kernel,
}

impl Bin {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            count: Kernel::new(device, module, "bin.count", "count"),
            offsets: Kernel::new(device, module, "bin.offsets", "offsets"),
            scatter: Kernel::new(device, module, "bin.scatter", "scatter"),
        }
    }

    pub(crate) fn record(
        &self,
        context: &Context<'_>,
        scan: &Scan,
        pass: &mut wgpu::ComputePass<'_>,
    ) {
        let (device, buffers) = (context.device, context.buffers);
        let [bins_x, bins_y] = context.view.bins;
        let blocks = [context.view.bin_blocks, 1];
        let view = (0, &buffers.view.raw);
        let counters = (1, &buffers.counters.raw);
        let order = (2, &buffers.order().raw);
        let placements = (3, &buffers.placements.raw);
        let block_offsets = (4, &buffers.bin_block_offsets.raw);
        let bin_chunks = (6, &buffers.bin_chunks.raw);

        let count = [view, counters, order, placements, block_offsets];
        self.count.dispatch(device, pass, &count, blocks);
        scan.record(
            device,
            pass,
            (&buffers.bin_rows, bins_x * bins_y),
            [&buffers.bin_block_offsets.raw, &buffers.bin_counts.raw],
        );
        let bin_counts = (5, &buffers.bin_counts.raw);
        let tile_groups = (8, &buffers.tile_groups.raw);
        let offsets = [view, counters, bin_counts, bin_chunks, tile_groups];
        self.offsets.dispatch(device, pass, &offsets, [1, 1]);
        let entries = (7, &buffers.entries.raw);
        let scatter = [
            view,
            counters,
            order,
            placements,
            block_offsets,
            bin_chunks,
            entries,
        ];
        self.scatter.dispatch(device, pass, &scatter, blocks);
    }
}
