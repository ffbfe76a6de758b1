//! Each pass alone against its twin, on the same inputs: what the passes before it leave comes from the
//! twins. Integers must be equal and floats tight; where an integer is decided by a float (a bin's edge,
//! the 1/255 outline), a few flips are allowed and counted.

mod bed;
mod binning;
mod geometry;
mod order;
mod pixels;
mod sources;

pub(crate) use bed::{ball, camera, gpu as device, scene};
