//! Numbers and pixels that come back from the device: later for the screen, waited for by files.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use crate::{Gpu, RenderError, buffer::Storage, layout::Counters, timing::Timer};

const WAITING: u8 = 0;
const READY: u8 = 1;
const FAILED: u8 = 2;

/// What a finished frame reports.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    /// Number of the frame.
    pub(crate) frame: u64,
    pub(crate) counters: Counters,
    /// The passes that were timed.
    pub(crate) passes: Vec<&'static str>,
    /// Timestamps, two a pass.
    pub(crate) ticks: Vec<u64>,
}

/// A mappable buffer on its way back.
#[derive(Debug)]
pub(crate) struct Flight {
    frame: u64,
    passes: Vec<&'static str>,
    buffer: wgpu::Buffer,
    state: Option<Arc<AtomicU8>>,
}

/// Reports of the frames in flight.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    flights: Vec<Flight>,
    free: Vec<wgpu::Buffer>,
}

const COUNTER_BYTES: u64 = size_of::<Counters>() as u64;
const REPORT_BYTES: u64 = COUNTER_BYTES + Timer::BYTES;

impl Reports {
    /// Records the copies that report on a frame; [`Self::submitted`] must follow.
    pub(crate) fn record(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        (frame, counters): (u64, &Storage<Counters>),
        timer: &Timer,
    ) -> Flight {
        let buffer = self
            .free
            .pop()
            .unwrap_or_else(|| mappable(gpu, "report", REPORT_BYTES));
        encoder.copy_buffer_to_buffer(&counters.raw, 0, &buffer, 0, COUNTER_BYTES);
        timer.resolve(encoder, &buffer, COUNTER_BYTES);
        Flight {
            frame,
            passes: timer.names(),
            buffer,
            state: None,
        }
    }

    /// Begins to map a report after its frame was submitted.
    pub(crate) fn submitted(&mut self, flight: Flight) {
        let state = Some(map(&flight.buffer));
        self.flights.push(Flight { state, ..flight });
    }

    /// The newest report that has arrived since the last call, without waiting.
    pub(crate) fn newest(&mut self) -> Option<Report> {
        let mut newest = None;
        let mut i = 0;
        while i < self.flights.len() {
            let state = self.flights[i].state.as_ref();
            match state.map_or(FAILED, |s| s.load(Ordering::Acquire)) {
                WAITING => i += 1,
                state => {
                    let flight = self.flights.remove(i);
                    if state == READY {
                        newest = read(&flight);
                        flight.buffer.unmap();
                        self.free.push(flight.buffer);
                    }
                }
            }
        }
        newest
    }

    /// Whether a frame's report is still on its way.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.flights.is_empty()
    }
}

fn read(flight: &Flight) -> Option<Report> {
    let bytes = flight.buffer.get_mapped_range(..).ok()?;
    let (counters, ticks) = bytes.split_at(COUNTER_BYTES as usize);
    Some(Report {
        frame: flight.frame,
        passes: flight.passes.clone(),
        counters: bytemuck::pod_read_unaligned(counters),
        ticks: ticks
            .chunks_exact(8)
            .map(bytemuck::pod_read_unaligned)
            .collect(),
    })
}

fn mappable(gpu: &Gpu, label: &str, size: u64) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size,
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    })
}

fn map(buffer: &wgpu::Buffer) -> Arc<AtomicU8> {
    let state = Arc::new(AtomicU8::new(WAITING));
    let told = Arc::clone(&state);
    buffer.map_async(wgpu::MapMode::Read, .., move |result| {
        told.store(
            if result.is_ok() { READY } else { FAILED },
            Ordering::Release,
        );
    });
    state
}

/// Waits until the device has done all that was submitted.
pub(crate) fn wait(gpu: &Gpu) -> Result<(), RenderError> {
    gpu.device
        .poll(wgpu::PollType::wait_indefinitely())
        .map_err(|e| RenderError::DeviceLost {
            reason: e.to_string(),
        })?;
    gpu.check()
}

/// Copies bytes of a buffer to memory and waits for them.
pub(crate) fn read_buffer(
    gpu: &Gpu,
    buffer: &wgpu::Buffer,
    bytes: std::ops::Range<u64>,
) -> Result<Vec<u8>, RenderError> {
    let size = bytes.end - bytes.start;
    let staging = mappable(gpu, "read_buffer", size);
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(buffer, bytes.start, &staging, 0, size);
    gpu.queue.submit([encoder.finish()]);
    mapped_bytes(gpu, &staging)
}

/// Copies an `Rgba8Unorm` texture to memory, `[height, width, 4]`, and waits for it.
pub(crate) fn read_texture(gpu: &Gpu, texture: &wgpu::Texture) -> Result<Vec<u8>, RenderError> {
    let size = texture.size();
    let row = (size.width * 4) as usize;
    let stride = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT as usize);
    let staging = mappable(gpu, "read_texture", (stride * size.height as usize) as u64);
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &staging,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(stride as u32),
                rows_per_image: None,
            },
        },
        size,
    );
    gpu.queue.submit([encoder.finish()]);
    let padded = mapped_bytes(gpu, &staging)?;
    Ok(padded
        .chunks_exact(stride)
        .flat_map(|line| &line[..row])
        .copied()
        .collect())
}

fn mapped_bytes(gpu: &Gpu, staging: &wgpu::Buffer) -> Result<Vec<u8>, RenderError> {
    let state = map(staging);
    let lost = |reason: String| RenderError::DeviceLost { reason };
    wait(gpu)?;
    // Another thread that waits for the device may be the one that runs our callback.
    while state.load(Ordering::Acquire) == WAITING {
        std::thread::yield_now();
        wait(gpu)?;
    }
    if state.load(Ordering::Acquire) != READY {
        return Err(lost(String::from("a buffer could not be read")));
    }
    let bytes = staging
        .get_mapped_range(..)
        .map_err(|e| lost(e.to_string()))?
        .to_vec();
    Ok(bytes)
}
