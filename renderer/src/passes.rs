//! The passes on the GPU: which kernels they run over which buffers. One file a pass.

mod bin;
mod blend;
mod composite;
mod cull;
mod inspect;
mod project;
mod region;
mod scan;
mod sort;
mod tiles;

use std::path::Path;

pub(crate) use {blend::Blend, region::RegionBuffers, scan::Scan, sort::Sort};

use crate::{
    Gpu,
    consts::TILES_PER_BIN,
    cpu::inspect::is_inspected,
    frame_buffers::FrameBuffers,
    gpu_scene::GpuChunk,
    layout::{ChunkView, View},
    reload, shader,
    timing::Timer,
};

/// One compute pipeline and the layout of its only bind group.
#[derive(Debug)]
struct Kernel {
    label: &'static str,
    pipeline: wgpu::ComputePipeline,
    layout: wgpu::BindGroupLayout,
}

impl Kernel {
    fn new(
        device: &wgpu::Device,
        module: &wgpu::ShaderModule,
        label: &'static str,
        entry: &'static str,
    ) -> Self {
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(label),
            layout: None,
            module,
            entry_point: Some(entry),
            compilation_options: wgpu::PipelineCompilationOptions {
                // The kernels clear what they read themselves. On OpenGL the clearing that would be put
                // before each is so long that software drivers compile it for minutes.
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        });
        let layout = pipeline.get_bind_group_layout(0);
        Self {
            label,
            pipeline,
            layout,
        }
    }

    /// Runs over buffers, given with their bindings.
    fn dispatch(
        &self,
        device: &wgpu::Device,
        pass: &mut wgpu::ComputePass<'_>,
        buffers: &[(u32, &wgpu::Buffer)],
        groups: [u32; 2],
    ) {
        self.dispatch_bound(device, pass, &entries(buffers), groups);
    }

    /// Runs as many workgroups as a buffer says.
    fn dispatch_indirect(
        &self,
        device: &wgpu::Device,
        pass: &mut wgpu::ComputePass<'_>,
        buffers: &[(u32, &wgpu::Buffer)],
        groups: &wgpu::Buffer,
    ) {
        self.bind(device, pass, &entries(buffers));
        pass.dispatch_workgroups_indirect(groups, 0);
    }

    fn dispatch_bound(
        &self,
        device: &wgpu::Device,
        pass: &mut wgpu::ComputePass<'_>,
        entries: &[wgpu::BindGroupEntry<'_>],
        [x, y]: [u32; 2],
    ) {
        self.bind(device, pass, entries);
        pass.dispatch_workgroups(x, y, 1);
    }

    fn bind(
        &self,
        device: &wgpu::Device,
        pass: &mut wgpu::ComputePass<'_>,
        entries: &[wgpu::BindGroupEntry<'_>],
    ) {
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(self.label),
            layout: &self.layout,
            entries,
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &group, &[]);
    }
}

fn entries<'a>(buffers: &[(u32, &'a wgpu::Buffer)]) -> Vec<wgpu::BindGroupEntry<'a>> {
    buffers
        .iter()
        .map(|&(binding, buffer)| wgpu::BindGroupEntry {
            binding,
            resource: buffer.as_entire_binding(),
        })
        .collect()
}

/// What a pass needs besides its kernels.
pub(crate) struct Context<'a> {
    pub(crate) device: &'a wgpu::Device,
    pub(crate) view: &'a View,
    pub(crate) buffers: &'a FrameBuffers,
    pub(crate) chunks: &'a [&'a GpuChunk],
    pub(crate) chunk_views: &'a [ChunkView],
}

impl Context<'_> {
    /// Workgroups of the passes that look at every tile.
    fn tile_groups(&self) -> [u32; 2] {
        let [bins_x, bins_y] = self.view.bins;
        [TILES_PER_BIN, bins_x * bins_y]
    }

    /// What those passes read of the tile lists, and where blended pixels go.
    fn tile_buffers(&self) -> [(u32, &wgpu::Buffer); 8] {
        let buffers = self.buffers;
        [
            (0, &buffers.view.raw),
            (1, &buffers.records.raw),
            (2, &buffers.tile_starts.raw),
            (3, &buffers.tile_entries.raw),
            (4, &buffers.depths.raw),
            (5, &buffers.placements.raw),
            (6, &buffers.blended.raw),
            (7, &buffers.picks.raw),
        ]
    }
}

/// All passes of a frame.
#[derive(Debug)]
pub(crate) struct Passes {
    pub(crate) cull: cull::Cull,
    pub(crate) scan: Scan,
    pub(crate) project: project::Project,
    pub(crate) sort: Sort,
    pub(crate) bin: bin::Bin,
    pub(crate) tiles: tiles::Tiles,
    pub(crate) blend: Blend,
    pub(crate) composite: composite::Composite,
    pub(crate) inspect: inspect::Inspect,
    pub(crate) region: region::Region,
}

impl Passes {
    /// Compiles every kernel.
    pub(crate) fn new(gpu: &Gpu) -> Self {
        Self::from_folder(gpu, reload::folder().as_deref())
    }

    /// Compiles every kernel, from the files of a folder where one is named.
    pub(crate) fn from_folder(gpu: &Gpu, folder: Option<&Path>) -> Self {
        let device = &gpu.device;
        let module = |name| shader::module(gpu, name, folder);
        Self {
            cull: cull::Cull::new(device, &module("cull")),
            scan: Scan::new(device, &module(gpu.scan_shader())),
            project: project::Project::new(device, ["project", "project_known"].map(module)),
            sort: Sort::new(device, &module(gpu.tuning.sort_shader())),
            bin: bin::Bin::new(device, &module("bin")),
            tiles: tiles::Tiles::new(device, &module("tiles")),
            blend: Blend::new(device, &module("blend")),
            composite: composite::Composite::new(device, &module("composite")),
            inspect: inspect::Inspect::new(device, &module("inspect")),
            region: region::Region::new(device, &module("region")),
        }
    }

    /// Runs steps in order.
    pub(crate) fn draw(
        &self,
        steps: &[Step],
        context: &Context<'_>,
        timer: &mut Timer,
        encoder: &mut wgpu::CommandEncoder,
    ) {
        for step in steps {
            (step.record)(self, context, &mut timer.pass(encoder, step.name));
        }
    }
}

/// One pass of a frame.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) record: fn(&Passes, &Context<'_>, &mut wgpu::ComputePass<'_>),
}

/// What gives the splats of the last frame other colors.
pub(crate) const RECOLOR_STEPS: [Step; 2] = [
    Step {
        name: "recolor",
        record: |passes, context, pass| passes.project.record_colors(context, pass),
    },
    Step {
        name: "blend",
        record: |passes, context, pass| passes.blend.record(context, pass),
    },
];

/// The passes up to the blended pixels, in order.
pub(crate) const STEPS: [Step; 7] = [
    Step {
        name: "cull",
        record: |passes, context, pass| passes.cull.record(context, pass),
    },
    Step {
        name: "scan",
        record: |passes, context, pass| passes.scan.record_cull(context, pass),
    },
    Step {
        name: "project",
        record: |passes, context, pass| passes.project.record(context, pass),
    },
    Step {
        name: "sort",
        record: |passes, context, pass| passes.sort.record(context, &passes.scan, pass),
    },
    Step {
        name: "bin",
        record: |passes, context, pass| passes.bin.record(context, &passes.scan, pass),
    },
    Step {
        name: "tiles",
        record: |passes, context, pass| passes.tiles.record(context, &passes.scan, pass),
    },
    Step {
        name: "blend",
        record: |passes, context, pass| {
            if is_inspected(context.view.mode) {
                passes.inspect.record(context, pass);
            } else {
                passes.blend.record(context, pass);
            }
        },
    },
];
