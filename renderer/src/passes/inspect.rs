//! Looks at the tile lists splat by splat: `shaders/inspect.wgsl`, one workgroup a tile.

use super::{Context, Kernel};

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
        let (bindings, groups) = (context.tile_buffers(), context.tile_groups());
        self.main.dispatch(context.device, pass, &bindings, groups);
    }

    /// The selected coverage of every pixel.
    pub(crate) fn record_cover(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        // Of the tile lists only who covers what.
        let mut bindings = context.tile_buffers()[..4].to_vec();
        bindings.push((8, &context.buffers.coverage.raw));
        let groups = context.tile_groups();
        self.cover.dispatch(context.device, pass, &bindings, groups);
    }

    /// The splats under one pixel, given by `query`.
    pub(crate) fn record_under(
        &self,
        context: &Context<'_>,
        pass: &mut wgpu::ComputePass<'_>,
        [query, list]: [&wgpu::Buffer; 2],
    ) {
        // No pixel is written.
        let mut bindings = context.tile_buffers()[..6].to_vec();
        bindings.extend([(9, query), (10, list)]);
        self.under.dispatch(context.device, pass, &bindings, [1, 1]);
    }
}
