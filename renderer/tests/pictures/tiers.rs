//! The same picture within WebGPU's default limits, and with every choice of passes.

use crate::common::{ball, camera, device, insert, layer, place};
use renderer::{Frame, Gpu, Render, RenderedImage, Renderer, Tuning};
use scene::Scene;

/// A device that was asked for nothing but WebGPU's defaults.
fn plain(backends: wgpu::Backends) -> Result<Gpu, String> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    descriptor.backends &= backends;
    let instance = wgpu::Instance::new(descriptor);
    let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
        force_fallback_adapter: true,
        ..Default::default()
    }))
    .map_err(|e| e.to_string())?;
    let info = adapter.get_info();
    let asked = wgpu::DeviceDescriptor {
        required_limits: wgpu::Limits::default(),
        ..Default::default()
    };
    let (device, queue) =
        pollster::block_on(adapter.request_device(&asked)).map_err(|e| e.to_string())?;
    Ok(Gpu::from_existing(&info, device, queue))
}

fn picture(gpu: Gpu) -> RenderedImage {
    let mut scene = Scene::new();
    insert(&mut scene, layer(ball(6000, 3, 14)));
    insert(&mut scene, place(layer(ball(900, 1, 15)), 0.4, 0.8));
    let mut renderer = Renderer::new(gpu).expect("a renderer");
    renderer.sync(&scene, &[]);
    let frame = Frame::new(camera([400, 300]));
    renderer.render_image(&frame).expect("a picture")
}

#[test]
fn default_limits_are_enough() {
    if device().is_none() {
        return;
    }
    let newer = (Gpu::software_driver(), wgpu::Backends::PRIMARY);
    let older = (Gpu::opengl(), wgpu::Backends::GL);
    for (open, backends) in [newer, older] {
        match open
            .map_err(|e| e.to_string())
            .and_then(|gpu| Ok((gpu, plain(backends)?)))
        {
            Ok((gpu, plain)) => {
                let name = gpu.adapter_name.clone();
                assert!(picture(plain) == picture(gpu), "another picture on {name}");
            }
            Err(reason) => eprintln!("skipped: {reason}"),
        }
    }
}

#[test]
fn every_choice_of_passes_draws_the_same_bytes() {
    let Some(device) = device() else { return };
    let expected = picture(device.gpu().clone());
    for tuning in Tuning::all() {
        let actual = picture(device.gpu().clone().with_tuning(tuning));
        assert!(actual == expected, "another picture with {tuning}");
    }
}

#[test]
fn a_splat_without_columns_takes_no_more_than_128_bytes() {
    let Some(device) = device() else { return };
    let bytes = |columns: bool| {
        // Whole workgroups of splats, as room is made for those.
        let n = 2048;
        let mut parts = ball(n, 3, 14);
        if !columns {
            parts.columns.clear();
        }
        let mut scene = Scene::new();
        insert(&mut scene, layer(parts));
        let mut renderer = Renderer::new(device.gpu().clone()).expect("a renderer");
        renderer.sync(&scene, &[]);
        let frame = Frame::new(camera([64, 48]));
        renderer.render_image(&frame).expect("a picture");
        renderer.stats().scene_bytes as f64 / n as f64
    };
    assert_eq!([bytes(false), bytes(true)], [125.0, 129.0]);
}
