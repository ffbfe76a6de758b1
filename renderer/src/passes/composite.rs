//! Puts blended pixels between what stands behind and before them: `shaders/composite.wgsl`.

use super::{Context, Kernel};

/// Side of a workgroup in pixels.
const SIDE: u32 = 16;

#[derive(Debug)]
pub(crate) struct Composite {
    main: Kernel,
    floats: Kernel,
}

impl Composite {
    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            main: Kernel::new(device, module, "composite", "main"),
            floats: Kernel::new(device, module, "composite_floats", "floats"),
        }
    }

    pub(crate) fn record(
        &self,
        context: &Context<'_>,
        target: &wgpu::TextureView,
        pass: &mut wgpu::ComputePass<'_>,
    ) {
        let to = (2, wgpu::BindingResource::TextureView(target));
        record(&self.main, context, to, pass);
    }

    /// To a buffer of four floats a pixel.
    pub(crate) fn record_floats(
        &self,
        context: &Context<'_>,
        target: &wgpu::Buffer,
        pass: &mut wgpu::ComputePass<'_>,
    ) {
        let to = (7, target.as_entire_binding());
        record(&self.floats, context, to, pass);
    }
}

fn record(
    kernel: &Kernel,
    context: &Context<'_>,
    (binding, target): (u32, wgpu::BindingResource<'_>),
    pass: &mut wgpu::ComputePass<'_>,
) {
    let buffers = context.buffers;
    let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
    let entries = [
        entry(0, buffers.view.raw.as_entire_binding()),
        entry(1, buffers.blended.raw.as_entire_binding()),
        entry(binding, target),
        entry(3, buffers.backdrop.raw.as_entire_binding()),
        entry(4, buffers.shading.raw.as_entire_binding()),
        entry(5, buffers.picks.raw.as_entire_binding()),
        entry(6, buffers.coverage.raw.as_entire_binding()),
    ];
    let groups = context.view.size.map(|s| s.div_ceil(SIDE));
    kernel.dispatch_bound(context.device, pass, &entries, groups);
}
