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

/// The same on OpenGL, which gets other machine code from the same shaders.
#[test]
fn opengl_does_as_the_twins() {
    if std::env::var("TEST_GPU").is_ok_and(|v| v == "none") {
        return;
    }
    match crate::Gpu::opengl() {
        Err(reason) => eprintln!("skipped: {reason}"),
        Ok(gpu) => bed::on(gpu, || {
            geometry::cull();
            geometry::project();
            order::scan();
            order::sort();
            binning::bin();
            binning::tiles();
            pixels::blend();
            pixels::composite();
            pixels::inspect();
        }),
    }
}

/// The sort and blend that are not usual.
#[test]
fn other_choices_do_as_the_twins() {
    let Some(gpu) = device() else { return };
    // The last differs from the usual one in everything.
    if let Some(tuning) = crate::Tuning::all().last() {
        bed::on(gpu.with_tuning(tuning), || {
            order::sort();
            pixels::blend();
        });
    }
}

/// The device with nothing but WebGPU's defaults: the plain shaders instead of those with subgroups.
#[test]
fn plain_devices_do_as_the_twins() {
    let Some(plain) = device().and_then(|_| bed::plain()) else {
        return;
    };
    assert_eq!(plain.scan_shader(), "scan");
    bed::on(plain, || {
        order::scan();
        order::sort();
        binning::bin();
    });
}
