//! Orders the visible splats by depth: `shaders/sort.wgsl`, six rounds of count, scan and
//! scatter, or `shaders/sort_wide.wgsl`, three.

use super::{Context, Kernel, scan::Scan};
use crate::{Gpu, shader};

#[derive(Debug)]
pub(crate) struct Sort {
    count: Kernel,
    scatter: Kernel,
}

impl Sort {
    /// The pass alone.
    pub(crate) fn of(gpu: &Gpu) -> Self {
        Self::new(
            &gpu.device,
            &shader::module(gpu, gpu.tuning.sort_shader(), None),
        )
    }

    pub(super) fn new(device: &wgpu::Device, module: &wgpu::ShaderModule) -> Self {
        Self {
            count: Kernel::new(device, module, "sort.count", "count"),
            scatter: Kernel::new(device, module, "sort.scatter", "scatter"),
        }
    }

    /// Leaves the order in `buffers.order()`.
    pub(crate) fn record(
        &self,
        context: &Context<'_>,
        scan: &Scan,
        pass: &mut wgpu::ComputePass<'_>,
    ) {
        let (device, buffers) = (context.device, context.buffers);
        for (i, round) in buffers.sort_rounds.iter().enumerate() {
            let (from, to) = (&buffers.pairs[(i + 1) % 2].raw, &buffers.pairs[i % 2].raw);
            let read = [
                (0, &buffers.view.raw),
                (1, &round.raw),
                (2, &buffers.counters.raw),
                (3, &buffers.depths.raw),
                (4, from),
                (5, &buffers.sort_counts.raw),
            ];
            let groups = [buffers.sort_blocks(), 1];
            self.count.dispatch(device, pass, &read, groups);
            scan.record(
                device,
                pass,
                (&buffers.sort_rows, buffers.tuning.digits()),
                [&buffers.sort_counts.raw, &buffers.sort_totals.raw],
            );
            let written = [(6, &buffers.sort_totals.raw), (7, to)];
            let bindings: Vec<_> = read.into_iter().chain(written).collect();
            self.scatter.dispatch(device, pass, &bindings, groups);
        }
    }
}
