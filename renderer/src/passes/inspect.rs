//! Looks at the tile lists splat by splat: `shaders/inspect.wgsl`, one workgroup a tile.

use super::{Context, Kernel};
use crate::consts::TILES_PER_BIN;

#[derive(Debug)]
pub(crate) struct Inspect {
    main: Kernel,
    cover: Kernel,
    under: Kernel,
}

impl Inspect {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        let kernel = |label, entry| Kernel::new(device, module, label, entry);
        Self {
            main: kernel("inspect", "main"),
            cover: kernel("inspect_cover", "cover"),
            under: kernel("inspect_under", "under"),
        }
    }

    /// Rings and counts, in place of blend.
    pub(crate) fn record(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let buffers = context.buffers;
        let bindings = [
            (0, &buffers.view.raw),
            (1, &buffers.records.raw),
            (2, &buffers.tile_starts.raw),
            (3, &buffers.tile_entries.raw),
            (4, &buffers.depths.raw),
            (5, &buffers.placements.raw),
            (6, &buffers.blended.raw),
            (7, &buffers.picks.raw),
        ];
        let groups = tiles(context);
        self.main.dispatch(context.device, pass, &bindings, groups);
    }

    /// The selected coverage of every pixel.
    pub(crate) fn record_cover(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let buffers = context.buffers;
        let bindings = [
            (0, &buffers.view.raw),
            (1, &buffers.records.raw),
            (2, &buffers.tile_starts.raw),
            (3, &buffers.tile_entries.raw),
            (8, &buffers.coverage.raw),
        ];
        let groups = tiles(context);
        self.cover.dispatch(context.device, pass, &bindings, groups);
    }

    /// The splats under one pixel, given by `query`.
    pub(crate) fn record_under(
        &self,
        context: &Context<'_>,
        pass: &mut wgpu::ComputePass<'_>,
        [query, list]: [&wgpu::Buffer; 2],
    ) {
        let buffers = context.buffers;
        let bindings = [
            (0, &buffers.view.raw),
            (1, &buffers.records.raw),
            (2, &buffers.tile_starts.raw),
            (3, &buffers.tile_entries.raw),
            (4, &buffers.depths.raw),
            (5, &buffers.placements.raw),
            (9, query),
            (10, list),
        ];
        self.under.dispatch(context.device, pass, &bindings, [1, 1]);
    }
}

fn tiles(context: &Context<'_>) -> [u32; 2] {
    let [bins_x, bins_y] = context.view.bins;
    [TILES_PER_BIN, bins_x * bins_y]
}
