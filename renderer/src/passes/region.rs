//! Which splats lie in a region of the image: `shaders/region.wgsl`, one dispatch a chunk.

use super::{Context, Kernel};

#[derive(Debug)]
pub(crate) struct Region {
    main: Kernel,
}

/// What the pass needs of its own.
pub(crate) struct RegionBuffers<'a> {
    pub(crate) region: &'a wgpu::Buffer,
    pub(crate) outline: &'a wgpu::Buffer,
    /// Eight words a block of 256 splats.
    pub(crate) bits: &'a wgpu::Buffer,
}

impl Region {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            main: Kernel::new(device, module, "region", "main"),
        }
    }

    pub(crate) fn record(
        &self,
        context: &Context<'_>,
        pass: &mut wgpu::ComputePass<'_>,
        own: &RegionBuffers<'_>,
    ) {
        let buffers = context.buffers;
        for (i, chunk) in context.chunks.iter().enumerate() {
            let bindings = [
                (0, &buffers.view.raw),
                (1, &buffers.chunk_views[i].raw),
                (2, own.region),
                (3, &chunk.means.raw),
                (4, &chunk.shapes.raw),
                (5, own.outline),
                (6, &buffers.picks.raw),
                (7, own.bits),
            ];
            let groups = context.chunk_views[i].block_count;
            if groups > 0 {
                self.main
                    .dispatch(context.device, pass, &bindings, [groups, 1]);
            }
        }
    }
}
