//! A device, a scene on it and in memory, and runs of single passes.

use std::{cell::RefCell, sync::OnceLock};

use bytemuck::Pod;
use glam::{Quat, Vec3};
use scene::{
    Column, ColumnValues, Edit, GaussianCloud, Node, Payload, PinholeCamera, Scene, SplatFlags,
    SplatLayer, Transform, cloud::CloudParts, sh,
};

use crate::{
    Frame, Gpu, HarmonicsFormat, Residency,
    buffer::Storage,
    cpu::{self, Prepared, chunk::PackedChunk},
    frame_buffers::FrameBuffers,
    gpu_scene::GpuChunk,
    layers::Layers,
    layout::{ChunkView, View},
    passes::{Context, Passes, STEPS},
    readback,
    view::{self, Part},
};

thread_local! {
    /// What the tests of this thread run on instead of the usual device.
    static OTHER: RefCell<Option<Gpu>> = const { RefCell::new(None) };
}

/// The device of all tests: OpenGL where `TEST_GPU=gl` asks for it, `None` where `TEST_GPU=none` says that
/// there is none.
pub(crate) fn gpu() -> Option<Gpu> {
    static GPU: OnceLock<Option<Gpu>> = OnceLock::new();
    if let Some(other) = OTHER.with_borrow(Clone::clone) {
        return Some(other);
    }
    let usual = GPU.get_or_init(|| {
        let gpu = match std::env::var("TEST_GPU").as_deref() {
            Ok("none") => {
                eprintln!("skipped: TEST_GPU=none");
                return None;
            }
            Ok("gl") => Gpu::opengl(),
            _ => Gpu::software_driver().or_else(|_| Gpu::headless()),
        };
        Some(gpu.expect("a graphics device, or TEST_GPU=none"))
    });
    usual.clone()
}

/// A software device with no feature and WebGPU's limits, if there is one.
pub(super) fn plain() -> Option<Gpu> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    let options = wgpu::RequestAdapterOptions {
        force_fallback_adapter: true,
        ..Default::default()
    };
    let instance = wgpu::Instance::new(descriptor);
    let adapter = pollster::block_on(instance.request_adapter(&options)).ok()?;
    let asked = wgpu::DeviceDescriptor {
        required_limits: wgpu::Limits::default(),
        ..Default::default()
    };
    let (device, queue) = pollster::block_on(adapter.request_device(&asked)).ok()?;
    Some(Gpu::from_existing(&adapter.get_info(), device, queue))
}

/// Runs tests on another device.
pub(super) fn on(gpu: Gpu, tests: impl FnOnce()) {
    OTHER.set(Some(gpu));
    tests();
    OTHER.set(None);
}

/// Numbers that look random and are the same everywhere (PCG, O'Neill 2014).
pub(super) struct Noise(pub(super) u64);

impl Noise {
    pub(super) fn bits(&mut self) -> u32 {
        let old = self.0;
        self.0 = old
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (((old >> 18) ^ old) >> 27).rotate_right((old >> 59) as u32) as u32
    }

    /// In -1..1.
    pub(super) fn signed(&mut self) -> f32 {
        self.bits() as f32 / 2f32.powi(31) - 1.0
    }

    pub(super) fn vector(&mut self) -> Vec3 {
        Vec3::new(self.signed(), self.signed(), self.signed())
    }
}

/// A ball of splats of all shapes, with every known column.
pub(crate) fn ball(n: usize, sh_degree: u32, seed: u64) -> CloudParts {
    let mut noise = Noise(seed);
    let mut parts = CloudParts {
        sh_degree,
        ..Default::default()
    };
    let mut normals = Vec::new();
    for _ in 0..n {
        parts.means.push(noise.vector() * 1.5);
        let q = [0; 4].map(|_| noise.signed());
        parts.rotations.push(Quat::from_array(q).normalize());
        parts.log_scales.push(noise.vector() * 1.5 - 4.0);
        parts.opacity_logits.push(noise.signed() * 6.0 + 1.0);
        normals.extend(noise.vector().normalize_or(Vec3::Y).to_array());
        for k in 0..3 * sh::coefficient_count(sh_degree) {
            parts
                .sh
                .push(noise.signed() * if k < 3 { 1.7 } else { 0.3 });
        }
    }
    let bytes = |count: u32| (0..n as u32).map(|i| (i % count) as u8).collect();
    let column = |name: &str, width, values| Column {
        name: name.into(),
        width,
        values,
    };
    parts.columns = vec![
        column("normal", 3, ColumnValues::F32(normals)),
        column("label", 1, ColumnValues::U8(bytes(5))),
        column("confidence", 1, ColumnValues::U8(bytes(3))),
    ];
    if seed % 2 == 1 {
        let unit = |n: usize| ColumnValues::F32((0..n).map(|i| (i % 97) as f32 / 96.0).collect());
        parts.columns.extend([
            column("albedo", 3, unit(3 * n)),
            column("roughness", 1, unit(n)),
            column("ambient_occlusion", 1, unit(n)),
        ]);
    }
    parts
}

/// Splats that break careless arithmetic: needles, specks, walls, at and behind the near plane, on the
/// edges of tiles, almost transparent, with absurd colors.
pub(super) fn poison() -> CloudParts {
    let mut parts = ball(600, 3, 7);
    for (i, mean) in parts.means.iter_mut().enumerate() {
        let (scale, opacity) = (&mut parts.log_scales[i], &mut parts.opacity_logits[i]);
        match i % 12 {
            0 => *scale = Vec3::new(3.0, -12.0, -12.0),
            1 => *scale = Vec3::splat(-90.0),
            2 if i < 40 => *scale = Vec3::splat(90.0),
            3 => *mean = Vec3::new(mean.x, mean.y, 4.0),
            4 => *mean = Vec3::new(mean.x, mean.y, 4.5),
            5 => *opacity = -5.537_334,
            6 => *opacity = 90.0,
            7 => *opacity = -90.0,
            8 if i < 40 => *mean *= 1e18,
            9 => *mean = Vec3::new((i % 16) as f32 / 16.0, 0.0, 0.0),
            10 => *scale = Vec3::new(-1.0, -40.0, -1.0),
            _ => parts.sh[48 * i..48 * i + 48].fill(1e30),
        }
    }
    parts
}

pub(crate) fn camera(size: [u32; 2]) -> PinholeCamera {
    PinholeCamera::look_at(Vec3::new(0.3, 0.2, 4.0), Vec3::ZERO, Vec3::Y, 0.8, size)
}

/// A scene of layers, each placed differently; every seventh splat hidden or selected.
pub(crate) fn scene(clouds: Vec<CloudParts>) -> Scene {
    let mut scene = Scene::new();
    for (i, parts) in clouds.into_iter().enumerate() {
        let cloud = GaussianCloud::new(parts).expect("a valid cloud");
        let mut layer = SplatLayer::new(cloud, "test");
        layer.lit = i % 2 == 1;
        for (row, flags) in layer.flags.iter_mut().enumerate() {
            match row % 7 {
                1 => *flags = SplatFlags::HIDDEN,
                3 => *flags = SplatFlags::SELECTED,
                5 => *flags = SplatFlags::LOCKED,
                _ => {}
            }
        }
        let mut node = Node::new("layer", Payload::Splats(layer));
        node.transform = Transform {
            translation: Vec3::new(0.2 * i as f32, 0.0, -0.1 * i as f32),
            rotation: Quat::from_rotation_y(0.7 * i as f32),
            scale: 1.0 / (1.0 + 0.3 * i as f32),
        };
        let (_, mut edit) = Edit::insert(&scene, node);
        edit.apply(&mut scene).expect("a valid edit");
    }
    scene
}

/// A scene on the device and in memory, seen in one frame.
pub(super) struct Bed {
    pub(super) gpu: Gpu,
    passes: Passes,
    pub(super) buffers: FrameBuffers,
    on_device: Layers<GpuChunk>,
    in_memory: Layers<PackedChunk>,
    pub(super) view: View,
    pub(super) chunk_views: Vec<ChunkView>,
}

impl Bed {
    /// `None` where there is no device.
    pub(super) fn new(scene: &Scene, frame: &Frame) -> Option<Self> {
        Self::holding(scene, frame, HarmonicsFormat::default())
    }

    /// The same with harmonics in a format.
    pub(super) fn holding(
        scene: &Scene,
        frame: &Frame,
        harmonics: HarmonicsFormat,
    ) -> Option<Self> {
        let residency = Residency {
            harmonics,
            ..Residency::default()
        };
        let gpu = gpu()?;
        let mut on_device = Layers::new();
        on_device.set_residency(residency);
        on_device.sync(&gpu, scene, &[]);
        let mut in_memory = Layers::new();
        in_memory.set_residency(residency);
        in_memory.sync(&(), scene, &[]);
        let part = Part::whole(&frame.camera);
        let chunk_views = on_device.chunk_views(frame, part).0;
        let depths = on_device.depth_ranges(&frame.camera);
        let mut view = view::view(frame, part, &chunk_views, depths);
        let mut buffers = FrameBuffers::new(&gpu);
        buffers
            .begin(&gpu, &mut view, &on_device.shading, &chunk_views)
            .expect("room");
        let passes = Passes::new(&gpu);
        Some(Self {
            gpu,
            passes,
            buffers,
            on_device,
            in_memory,
            view,
            chunk_views,
        })
    }

    pub(super) fn chunks(&self) -> Vec<&PackedChunk> {
        self.in_memory.drawn_chunks().collect()
    }

    pub(super) fn visibility(&self) -> cpu::cull::Visibility {
        cpu::cull::cull(&self.view, &self.chunks(), &self.chunk_views)
    }

    /// All twins up to blend.
    pub(super) fn prepared(&self) -> Prepared {
        let shading = &self.in_memory.shading;
        cpu::prepare(
            &self.view,
            shading,
            &self.chunks(),
            &self.chunk_views,
            &mut Vec::new(),
        )
    }

    pub(super) fn shading(&self) -> &crate::layout::Shading {
        &self.in_memory.shading
    }

    /// Runs one pass.
    pub(super) fn run(&self, name: &str) {
        let step = STEPS.iter().find(|s| s.name == name).expect("a pass");
        self.record(|passes, context, pass| (step.record)(passes, context, pass));
    }

    pub(super) fn record(
        &self,
        record: impl FnOnce(&Passes, &Context<'_>, &mut wgpu::ComputePass<'_>),
    ) {
        let chunks: Vec<&GpuChunk> = self.on_device.drawn_chunks().collect();
        let context = Context {
            device: &self.gpu.device,
            view: &self.view,
            buffers: &self.buffers,
            chunks: &chunks,
            chunk_views: &self.chunk_views,
        };
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        record(
            &self.passes,
            &context,
            &mut encoder.begin_compute_pass(&Default::default()),
        );
        self.gpu.queue.submit([encoder.finish()]);
    }

    pub(super) fn write<T: Pod>(&self, storage: &Storage<T>, values: &[T]) {
        storage.write(&self.gpu.queue, 0, values);
    }

    pub(super) fn read<T: Pod>(&self, storage: &Storage<T>, n: usize) -> Vec<T> {
        let bytes = 0..(n * size_of::<T>()) as u64;
        if n == 0 {
            return Vec::new();
        }
        let bytes = readback::read_buffer(&self.gpu, &storage.raw, bytes).expect("bytes");
        bytes
            .chunks_exact(size_of::<T>())
            .map(bytemuck::pod_read_unaligned)
            .collect()
    }

    /// Tells the device how many splats the twins found visible.
    pub(super) fn write_visible(&self, visible: usize) {
        let counters = crate::layout::Counters {
            visible: visible as u32,
            ..Default::default()
        };
        self.write(&self.buffers.counters, &[counters]);
    }
}

/// Asserts that at most `budget` elements differ.
pub(super) fn assert_flips<T: PartialEq + std::fmt::Debug>(
    what: &str,
    actual: &[T],
    expected: &[T],
    budget: usize,
) {
    assert_eq!(actual.len(), expected.len(), "{what}: lengths");
    let flips: Vec<_> = (0..actual.len())
        .filter(|&i| actual[i] != expected[i])
        .collect();
    assert!(
        flips.len() <= budget,
        "{what}: {} of {} differ, first at {}: {:?} instead of {:?}",
        flips.len(),
        actual.len(),
        flips[0],
        actual[flips[0]],
        expected[flips[0]],
    );
}
