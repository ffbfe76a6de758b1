//! Timestamps of the passes, where the device has a clock.

use crate::{Gpu, PassTime};

/// Most passes of a frame.
const MAX_PASSES: u32 = 16;

/// Notes when each pass begins and ends.
#[derive(Debug)]
pub(crate) struct Timer {
    queries: Option<wgpu::QuerySet>,
    resolved: wgpu::Buffer,
    period_ns: f32,
    names: Vec<&'static str>,
}

impl Timer {
    /// Bytes of all timestamps.
    pub(crate) const BYTES: u64 = MAX_PASSES as u64 * 16;

    pub(crate) fn new(gpu: &Gpu) -> Self {
        let device = &gpu.device;
        let has_clock = device.features().contains(wgpu::Features::TIMESTAMP_QUERY);
        let queries = has_clock.then(|| {
            device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("passes"),
                ty: wgpu::QueryType::Timestamp,
                count: 2 * MAX_PASSES,
            })
        });
        let resolved = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("timestamps"),
            size: Self::BYTES,
            usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        Self {
            queries,
            resolved,
            period_ns: gpu.queue.get_timestamp_period(),
            names: Vec::new(),
        }
    }

    /// Forgets the passes of the last frame.
    pub(crate) fn restart(&mut self) {
        self.names.clear();
    }

    /// Begins a compute pass that is timed under its name.
    pub(crate) fn pass<'e>(
        &mut self,
        encoder: &'e mut wgpu::CommandEncoder,
        name: &'static str,
    ) -> wgpu::ComputePass<'e> {
        let index = self.names.len() as u32;
        let timestamp_writes = match &self.queries {
            Some(query_set) if index < MAX_PASSES => {
                self.names.push(name);
                Some(wgpu::ComputePassTimestampWrites {
                    query_set,
                    beginning_of_pass_write_index: Some(2 * index),
                    end_of_pass_write_index: Some(2 * index + 1),
                })
            }
            _ => None,
        };
        encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some(name),
            timestamp_writes,
        })
    }

    /// Copies the timestamps to a mappable buffer.
    pub(crate) fn resolve(&self, encoder: &mut wgpu::CommandEncoder, to: &wgpu::Buffer, at: u64) {
        let count = 2 * self.names.len() as u32;
        if let Some(queries) = &self.queries
            && count > 0
        {
            encoder.resolve_query_set(queries, 0..count, &self.resolved, 0);
            encoder.copy_buffer_to_buffer(&self.resolved, 0, to, at, u64::from(count) * 8);
        }
    }

    /// The passes noted since the last restart.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.names.clone()
    }

    /// Times of passes from their timestamps.
    pub(crate) fn times(&self, names: &[&'static str], ticks: &[u64]) -> Vec<PassTime> {
        names
            .iter()
            .zip(ticks.chunks_exact(2))
            .map(|(&pass, t)| PassTime {
                pass,
                ms: t[1].saturating_sub(t[0]) as f32 * self.period_ns * 1e-6,
            })
            .collect()
    }
}
