//! Blends the entries of each tile front to back: `shaders/blend.wgsl`, one workgroup a tile.

use super::{Context, Kernel};
use crate::consts::TILES_PER_BIN;

#[derive(Debug)]
pub(crate) struct Blend {
    main: Kernel,
}

impl Blend {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            main: Kernel::new(device, module, "blend", "main"),
        }
    }

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
        let [bins_x, bins_y] = context.view.bins;
        let groups = [TILES_PER_BIN, bins_x * bins_y];
        self.main.dispatch(context.device, pass, &bindings, groups);
    }
}
