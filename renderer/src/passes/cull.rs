//! Which splats can touch the image at all: `shaders/cull.wgsl`, one dispatch a chunk.

use super::{Context, Kernel};

#[derive(Debug)]
pub(crate) struct Cull {
    main: Kernel,
}

impl Cull {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            main: Kernel::new(device, module, "cull", "main"),
        }
    }

    pub(crate) fn record(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let buffers = context.buffers;
        for (i, chunk) in context.chunks.iter().enumerate() {
            let bindings = [
                (0, &buffers.view.raw),
                (1, &buffers.chunk_views[i].raw),
                (2, &chunk.means.raw),
                (3, &chunk.flags.raw),
                (4, &buffers.words.raw),
                (5, &buffers.offsets.raw),
            ];
            let groups = context.chunk_views[i].block_count;
            if groups > 0 {
                self.main
                    .dispatch(context.device, pass, &bindings, [groups, 1]);
            }
        }
    }
}
