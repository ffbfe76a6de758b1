//! Distributes the entries of each bin to its tiles: `shaders/tiles.wgsl`.

use super::{Context, Kernel, scan::Scan};

#[derive(Debug)]
pub(crate) struct Tiles {
    mask: Kernel,
    offsets: Kernel,
    scatter: Kernel,
}

impl Tiles {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            mask: Kernel::new(device, module, "tiles.mask", "mask"),
            offsets: Kernel::new(device, module, "tiles.offsets", "offsets"),
            scatter: Kernel::new(device, module, "tiles.scatter", "scatter"),
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
        // A workgroup for each chunk that `bin` filled.
        let chunks = &buffers.tile_groups.raw;
        let view = (0, &buffers.view.raw);
        let bin_chunks = (3, &buffers.bin_chunks.raw);
        let entries = (4, &buffers.entries.raw);
        let tile_bits = (5, &buffers.tile_bits.raw);
        let tile_offsets = (6, &buffers.tile_offsets.raw);
        let tile_starts = (7, &buffers.tile_starts.raw);

        let records = (1, &buffers.records.raw);
        let bin_counts = (2, &buffers.bin_counts.raw);
        let mask = [
            view,
            records,
            bin_counts,
            bin_chunks,
            entries,
            tile_bits,
            tile_offsets,
        ];
        self.mask.dispatch_indirect(device, pass, &mask, chunks);
        let offsets = [view, bin_chunks, tile_offsets, tile_starts];
        self.offsets
            .dispatch(device, pass, &offsets, [bins_x * bins_y, 1]);
        scan.record(
            device,
            pass,
            (&buffers.tile_rows, 1),
            [&buffers.tile_starts.raw, &buffers.counters.raw],
        );
        let tile_entries = (8, &buffers.tile_entries.raw);
        let scatter = [
            view,
            bin_chunks,
            entries,
            tile_bits,
            tile_offsets,
            tile_starts,
            tile_entries,
        ];
        self.scatter
            .dispatch_indirect(device, pass, &scatter, chunks);
    }
}
