//! Prefix sums of the rows of a matrix: `shaders/scan.wgsl`, one workgroup a row, or
//! `shaders/scan_subgroup.wgsl`.

use super::{Context, Kernel};
use crate::{Gpu, buffer::Uniform, layout::ScanRows, shader};

#[derive(Debug)]
pub(crate) struct Scan {
    main: Kernel,
}

impl Scan {
    /// The pass alone.
    pub(crate) fn of(gpu: &Gpu) -> Self {
        Self::new(&gpu.device, &shader::module(gpu, gpu.scan_shader(), None))
    }

    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            main: Kernel::new(device, module, "scan", "main"),
        }
    }

    /// Sums `rows` rows of `values` in place.
    pub(crate) fn record(
        &self,
        device: &wgpu::Device,
        pass: &mut wgpu::ComputePass<'_>,
        rows: (&Uniform<ScanRows>, u32),
        [values, totals]: [&wgpu::Buffer; 2],
    ) {
        let bindings = [(0, &rows.0.raw), (1, values), (2, totals)];
        self.main.dispatch(device, pass, &bindings, [rows.1, 1]);
    }

    /// Turns the visible splats of each block into the slots where the blocks begin.
    pub(crate) fn record_cull(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let buffers = context.buffers;
        self.record(
            context.device,
            pass,
            (&buffers.cull_rows, 1),
            [&buffers.offsets.raw, &buffers.counters.raw],
        );
    }
}
