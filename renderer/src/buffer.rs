//! Typed buffers on the device.

use std::marker::PhantomData;

use bytemuck::Pod;

/// Everything that passes and tests do with a buffer.
const STORAGE: wgpu::BufferUsages = wgpu::BufferUsages::STORAGE
    .union(wgpu::BufferUsages::COPY_DST)
    .union(wgpu::BufferUsages::COPY_SRC);

/// A storage buffer of `len` elements.
#[derive(Debug)]
pub(crate) struct Storage<T> {
    pub(crate) raw: wgpu::Buffer,
    pub(crate) len: usize,
    kind: PhantomData<T>,
}

impl<T: Pod> Storage<T> {
    /// A buffer of zeros; at least one element long, as WebGPU knows no empty bindings.
    pub(crate) fn new(device: &wgpu::Device, label: &str, len: usize) -> Self {
        Self::with_usage(device, label, len, STORAGE)
    }

    /// A buffer that dispatches can also read their size from.
    pub(crate) fn indirect(device: &wgpu::Device, label: &str, len: usize) -> Self {
        Self::with_usage(device, label, len, STORAGE | wgpu::BufferUsages::INDIRECT)
    }

    fn with_usage(
        device: &wgpu::Device,
        label: &str,
        len: usize,
        usage: wgpu::BufferUsages,
    ) -> Self {
        let raw = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: Self::size(len.max(1)),
            usage,
            mapped_at_creation: false,
        });
        Self {
            raw,
            len,
            kind: PhantomData,
        }
    }

    /// Elements of this type that a binding of the device can hold.
    pub(crate) fn limit(device: &wgpu::Device) -> usize {
        let limits = device.limits();
        let bytes = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        (bytes / size_of::<T>() as u64) as usize
    }

    /// Makes it hold at least `len` elements; what it held is lost when it grows.
    pub(crate) fn reserve(&mut self, device: &wgpu::Device, label: &str, len: usize) {
        if self.len < len {
            *self = Self::new(device, label, len);
        }
    }

    /// Writes elements from `at` on.
    pub(crate) fn write(&self, queue: &wgpu::Queue, at: usize, values: &[T]) {
        queue.write_buffer(&self.raw, Self::size(at), bytemuck::cast_slice(values));
    }

    /// Bytes it holds.
    pub(crate) fn bytes(&self) -> u64 {
        self.raw.size()
    }

    fn size(len: usize) -> u64 {
        // Copies want multiples of four bytes; all element types are.
        (len * size_of::<T>()) as u64
    }
}

/// A uniform buffer of one value.
#[derive(Debug)]
pub(crate) struct Uniform<T> {
    pub(crate) raw: wgpu::Buffer,
    kind: PhantomData<T>,
}

impl<T: Pod> Uniform<T> {
    /// Room for one value.
    pub(crate) fn new(device: &wgpu::Device, label: &str) -> Self {
        let raw = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: size_of::<T>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            raw,
            kind: PhantomData,
        }
    }

    /// Replaces the value.
    pub(crate) fn write(&self, queue: &wgpu::Queue, value: &T) {
        queue.write_buffer(&self.raw, 0, bytemuck::bytes_of(value));
    }
}
