//! The graphics device.

use std::sync::{Arc, Mutex, OnceLock};

use crate::{RenderError, Tuning};

/// Why there is no graphics device.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// No driver answered.
    #[error(
        "no graphics device was found ({reason}); install a Vulkan driver, for software rendering the package mesa-vulkan-drivers"
    )]
    NoAdapter {
        /// The loader's words.
        reason: String,
    },
    /// The driver refused.
    #[error("the graphics device {adapter} could not be opened ({reason}); update its driver")]
    NoDevice {
        /// Name of the adapter.
        adapter: String,
        /// The driver's words.
        reason: String,
    },
}

/// An open device with its queue.
#[derive(Debug, Clone)]
pub struct Gpu {
    /// Creates buffers, textures and pipelines.
    pub device: wgpu::Device,
    /// Takes work.
    pub queue: wgpu::Queue,
    /// Name of the adapter and its backend, for the about box and benchmarks.
    pub adapter_name: String,
    /// What kind of adapter it is.
    pub device_type: wgpu::DeviceType,
    /// Name and version of the driver.
    pub driver: String,
    /// How passes are built for it.
    pub tuning: Tuning,
    /// What went wrong on the device since anyone asked.
    trouble: Arc<Trouble>,
}

#[derive(Debug, Default)]
struct Trouble {
    /// Why the device is gone, once it is.
    lost: OnceLock<String>,
    /// A command that it refused.
    refused: Mutex<Option<String>>,
}

/// What makes use of a device better where it is there.
const WELCOME: wgpu::Features = wgpu::Features::TIMESTAMP_QUERY.union(wgpu::Features::SUBGROUP);

/// What not every OpenGL driver has.
const NEEDED: wgpu::DownlevelFlags =
    wgpu::DownlevelFlags::COMPUTE_SHADERS.union(wgpu::DownlevelFlags::INDIRECT_EXECUTION);

/// Which of several devices to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Best,
    SoftwareDriver,
    OpenGl,
}

/// The best adapter of these kinds; an error in the loader's words.
async fn adapter(kinds: wgpu::Backends, choice: Choice) -> Result<wgpu::Adapter, String> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    descriptor.backends &= kinds;
    wgpu::Instance::new(descriptor)
        .request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            force_fallback_adapter: choice == Choice::SoftwareDriver,
            ..Default::default()
        })
        .await
        .map_err(|e| e.to_string())
}

/// The best OpenGL adapter, if the passes run on it.
async fn opengl(choice: Choice) -> Result<wgpu::Adapter, String> {
    let adapter = adapter(wgpu::Backends::GL, choice).await?;
    if Gpu::can_draw(&adapter) {
        Ok(adapter)
    } else {
        Err(format!("{} cannot compute", adapter.get_info().name))
    }
}

impl Gpu {
    /// Opens the best device without a window.
    pub fn headless() -> Result<Self, GpuError> {
        pollster::block_on(Self::open(Choice::Best))
    }

    /// Opens the driver that draws on the CPU, for tests that must not depend on the machine.
    pub fn software_driver() -> Result<Self, GpuError> {
        pollster::block_on(Self::open(Choice::SoftwareDriver))
    }

    /// Opens an OpenGL device even where there is a better one, to compare the two.
    pub fn opengl() -> Result<Self, GpuError> {
        pollster::block_on(Self::open(Choice::OpenGl))
    }

    async fn open(choice: Choice) -> Result<Self, GpuError> {
        let adapter = match choice {
            Choice::OpenGl => opengl(choice).await,
            Choice::Best | Choice::SoftwareDriver => {
                // OpenGL is asked last: without a window it warns of that.
                match adapter(wgpu::Backends::PRIMARY, choice).await {
                    Ok(adapter) => Ok(adapter),
                    Err(newer) => opengl(choice)
                        .await
                        .map_err(|old| format!("{newer}; {old}")),
                }
            }
        };
        let adapter = adapter.map_err(|reason| GpuError::NoAdapter { reason })?;
        let info = adapter.get_info();
        let (device, queue) = adapter
            .request_device(&Self::device_descriptor(&adapter))
            .await
            .map_err(|e| GpuError::NoDevice {
                adapter: info.name.clone(),
                reason: e.to_string(),
            })?;
        Ok(Self::from_existing(&info, device, queue))
    }

    /// Wraps a device that a window already opened, best with [`Self::device_descriptor`].
    pub fn from_existing(
        info: &wgpu::AdapterInfo,
        device: wgpu::Device,
        queue: wgpu::Queue,
    ) -> Self {
        let trouble = Arc::<Trouble>::default();
        let note = Arc::clone(&trouble);
        device.set_device_lost_callback(move |reason, message| {
            // Only the first reason counts; dropping the device is the last of them.
            let _ = note.lost.set(format!("{reason:?}: {message}"));
        });
        let note = Arc::clone(&trouble);
        // Without this an error is a panic, also of a device that is gone.
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            if note.lost.get().is_none() {
                log::error!("the graphics device refused a command: {error}");
            }
            if let Ok(mut refused) = note.refused.lock() {
                refused.get_or_insert_with(|| error.to_string());
            }
        }));
        Self {
            trouble,
            device,
            queue,
            adapter_name: format!("{} ({:?})", info.name, info.backend),
            device_type: info.device_type,
            driver: format!("{} {}", info.driver, info.driver_info),
            tuning: Tuning::default(),
        }
    }

    /// The shader of the prefix sums: with subgroups where the device has them.
    pub(crate) fn scan_shader(&self) -> &'static str {
        if self.device.features().contains(wgpu::Features::SUBGROUP) {
            "scan_subgroup"
        } else {
            "scan"
        }
    }

    /// The same device, with passes built as [`crate::measure_tuning`] found best.
    pub fn with_tuning(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }

    /// Whether [`crate::SoftwareRenderer`] draws faster than a device of this kind: where the device is the
    /// processor as well (docs/decisions/0008-software-before-software-vulkan.md). Not in debug builds,
    /// where our code is slow and the driver's is not.
    pub fn is_slower_than_software(device_type: wgpu::DeviceType) -> bool {
        device_type == wgpu::DeviceType::Cpu && !cfg!(debug_assertions)
    }

    /// Whether an adapter can run all passes: OpenGL before 4.3 and OpenGL ES may not.
    pub fn can_draw(adapter: &wgpu::Adapter) -> bool {
        let flags = adapter.get_downlevel_capabilities().flags;
        let wanted = Self::device_descriptor(adapter).required_limits;
        flags.contains(NEEDED) && wanted.check_limits(&adapter.limits())
    }

    /// Bytes of packed splats that a device of this kind is trusted to hold: none tells how much memory it
    /// has.
    pub fn usual_scene_bytes(device_type: wgpu::DeviceType) -> u64 {
        match device_type {
            wgpu::DeviceType::DiscreteGpu => 4 << 30,
            _ => 2 << 30,
        }
    }

    /// What the renderer asks of a device: WebGPU's defaults, and where the adapter has them larger
    /// buffers, a clock and subgroups.
    pub fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
        let best = adapter.limits();
        let default = wgpu::Limits::default();
        let limits = wgpu::Limits {
            max_buffer_size: best.max_buffer_size.max(default.max_buffer_size),
            max_storage_buffer_binding_size: best
                .max_storage_buffer_binding_size
                .max(default.max_storage_buffer_binding_size),
            max_texture_dimension_2d: best
                .max_texture_dimension_2d
                .max(default.max_texture_dimension_2d),
            ..default
        };
        wgpu::DeviceDescriptor {
            label: Some("splatwright"),
            required_features: adapter.features() & WELCOME,
            required_limits: limits,
            ..Default::default()
        }
    }

    /// An error once the device is gone, and once for each time that it refused commands: what they were
    /// to do was not done.
    pub(crate) fn check(&self) -> Result<(), RenderError> {
        let lost = |reason| Err(RenderError::DeviceLost { reason });
        // A poll lets the device tell.
        let _ = self.device.poll(wgpu::PollType::Poll);
        if let Some(reason) = self.trouble.lost.get() {
            return lost(reason.clone());
        }
        let refused = self.trouble.refused.lock().ok().and_then(|mut r| r.take());
        refused.map_or(Ok(()), lost)
    }

    /// Does work that asks for memory. `None` where the device had too little: what the work made is
    /// unusable then.
    pub(crate) fn try_allocate<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        // A buffer without memory makes every use of it invalid; those errors say nothing new.
        let validity = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let done = work();
        let invalid = pollster::block_on(validity.pop());
        let exhausted = pollster::block_on(memory.pop());
        if let (Some(error), None) = (&invalid, &exhausted) {
            log::error!("the device refused a command: {error}");
        }
        exhausted.is_none().then_some(done)
    }
}
