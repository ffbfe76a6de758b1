//! Puts blended pixels over the background: `shaders/composite.wgsl`.

use super::{Context, Kernel};

/// Side of a workgroup in pixels.
const SIDE: u32 = 16;

#[derive(Debug)]
pub(crate) struct Composite {
    main: Kernel,
}

impl Composite {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            main: Kernel::new(device, module, "composite", "main"),
        }
    }

    pub(crate) fn record(
        &self,
        context: &Context<'_>,
        target: &wgpu::TextureView,
        pass: &mut wgpu::ComputePass<'_>,
    ) {
        let buffers = context.buffers;
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        let entries = [
            entry(0, buffers.view.raw.as_entire_binding()),
            entry(1, buffers.blended.raw.as_entire_binding()),
            entry(2, wgpu::BindingResource::TextureView(target)),
        ];
        let groups = context.view.size.map(|s| s.div_ceil(SIDE));
        self.main
            .dispatch_bound(context.device, pass, &entries, groups);
    }
}
