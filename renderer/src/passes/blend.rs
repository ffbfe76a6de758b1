//! Blends the entries of each tile front to back: `shaders/blend.wgsl`, one workgroup a tile.

use super::{Context, Kernel};
use crate::{Gpu, shader};

#[derive(Debug)]
pub(crate) struct Blend {
    main: Kernel,
}

impl Blend {
    /// The pass alone.
    pub(crate) fn of(gpu: &Gpu) -> Self {
        Self::new(&gpu.device, &shader::module(gpu, "blend", None))
    }

    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            main: Kernel::new(device, module, "blend", "main"),
        }
    }

    pub(crate) fn record(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let (bindings, groups) = (context.tile_buffers(), context.tile_groups());
        self.main.dispatch(context.device, pass, &bindings, groups);
    }
}
