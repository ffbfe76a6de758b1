//! From a splat in space to an ellipse on the image: `shaders/project.wgsl`, one dispatch a chunk.

use super::{Context, Kernel};
use crate::{
    consts::{CHUNK_PARTS, WORKGROUP},
    frame_buffers::FrameBuffers,
    gpu_scene::GpuChunk,
    layout::ChunkView,
};

#[derive(Debug)]
pub(crate) struct Project {
    main: Kernel,
    main_known: Kernel,
    recolor: Kernel,
    recolor_known: Kernel,
    harmonics: Kernel,
}

impl Project {
    /// Of `project.wgsl`, and of `project_known.wgsl` for colors that are known.
    pub(super) fn new(device: &wgpu::Device, [module, known]: [wgpu::ShaderModule; 2]) -> Self {
        Self {
            main: Kernel::new(device, &module, "project", "main"),
            main_known: Kernel::new(device, &known, "project_known", "main"),
            recolor: Kernel::new(device, &module, "recolor", "recolor"),
            recolor_known: Kernel::new(device, &known, "recolor_known", "recolor"),
            harmonics: Kernel::new(device, &module, "harmonics", "harmonics"),
        }
    }

    /// Computes the colors of the last frame's records anew.
    pub(crate) fn record_colors(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let kernel = if context.buffers.colors_known {
            &self.recolor_known
        } else {
            &self.recolor
        };
        record_each(kernel, context, pass, |_, chunk| {
            vec![(11, &chunk.flags.raw)]
        });
    }

    /// Computes the colors of the harmonics from where the eye is, for frames that see them from there.
    pub(crate) fn record_harmonics(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let buffers = context.buffers;
        for (i, chunk) in context.chunks.iter().enumerate() {
            let bindings = [
                (0, &buffers.view.raw),
                (1, &buffers.chunk_views[i].raw),
                (3, &chunk.means.raw),
                (5, &chunk.sh.raw),
                (12, &buffers.colors[i].raw),
            ];
            let groups = context.chunk_views[i].sh_stride.div_ceil(WORKGROUP);
            self.harmonics
                .dispatch(context.device, pass, &bindings, [groups, 1]);
        }
    }

    pub(crate) fn record(&self, context: &Context<'_>, pass: &mut wgpu::ComputePass<'_>) {
        let kernel = if context.buffers.colors_known {
            &self.main_known
        } else {
            &self.main
        };
        record_each(kernel, context, pass, |buffers, _| {
            vec![(9, &buffers.depths.raw), (10, &buffers.placements.raw)]
        });
        let has_parts = |view: &ChunkView| view.features & CHUNK_PARTS != 0;
        if context.chunk_views.iter().any(has_parts) {
            // Flags are one buffer more than a stage may bind in `main`.
            self.record_colors(context, pass);
        }
    }
}

/// Runs a kernel over every chunk that has rows to draw, with what the kernel binds beside the splats.
fn record_each(
    kernel: &Kernel,
    context: &Context<'_>,
    pass: &mut wgpu::ComputePass<'_>,
    own: for<'a> fn(&'a FrameBuffers, &'a GpuChunk) -> Vec<(u32, &'a wgpu::Buffer)>,
) {
    let buffers = context.buffers;
    for (i, chunk) in context.chunks.iter().enumerate() {
        let mut bindings = vec![
            (0, &buffers.view.raw),
            (1, &buffers.chunk_views[i].raw),
            (2, &buffers.shading.raw),
            (3, &chunk.means.raw),
            (4, &chunk.shapes.raw),
            match buffers.colors.get(i).filter(|_| buffers.colors_known) {
                Some(known) => (12, &known.raw),
                None => (5, &chunk.sh.raw),
            },
            (6, &buffers.words.raw),
            (7, &buffers.offsets.raw),
            (8, &buffers.records.raw),
        ];
        bindings.extend(own(buffers, chunk));
        let groups = context.chunk_views[i].block_count;
        if groups > 0 {
            kernel.dispatch(context.device, pass, &bindings, [groups, 1]);
        }
    }
}
