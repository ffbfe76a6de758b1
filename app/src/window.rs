//! Opens the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use eframe::egui_wgpu::{WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};
use egui::{ViewportBuilder, vec2};

use crate::app::App;
use crate::persist::{self, Settings};
use crate::text;

/// Environment variable: when set, the time to the first frame is printed; `exit` also leaves then.
pub const TIME_START: &str = "SPLATWRIGHT_TIME_START";
/// Environment variable: when set, splats are drawn without the graphics device.
pub const SOFTWARE: &str = "SPLATWRIGHT_SOFTWARE";

/// What the window opens with.
#[derive(Debug)]
pub struct Start {
    /// Pictures and splat files.
    pub files: Vec<PathBuf>,
    /// When the program began.
    pub began: Instant,
    /// What is remembered.
    pub settings: Settings,
    /// Draw splats without the graphics device.
    pub software: bool,
}

/// Opens the window with files and returns when it is closed. `software` draws the splats without
/// the graphics device.
pub fn run(files: Vec<PathBuf>, software: bool) -> Result<()> {
    let start = Start {
        files,
        began: Instant::now(),
        settings: Settings::load(&persist::settings_path()),
        software: software || std::env::var_os(SOFTWARE).is_some_and(|v| !v.is_empty() && v != "0"),
    };
    let place = start.settings.window;
    let viewport = ViewportBuilder::default()
        .with_title(text::APP)
        .with_app_id("splatwright")
        .with_inner_size(place.size)
        .with_min_inner_size(vec2(800.0, 520.0))
        .with_maximized(place.maximized)
        .with_icon(icon())
        .with_drag_and_drop(true);
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Wgpu,
        wgpu_options: WgpuConfiguration {
            wgpu_setup: WgpuSetup::CreateNew(setup()),
            ..WgpuConfiguration::default()
        },
        persist_window: false,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        text::APP,
        options,
        Box::new(|cc| Ok(Box::new(App::new(cc, start)))),
    )
    .map_err(|error| anyhow::anyhow!("{}", text::no_window(&error.to_string())))
}

/// The device is opened with what the renderer needs, where the adapter can give it.
fn setup() -> WgpuSetupCreateNew {
    let defaults = WgpuSetupCreateNew::without_display_handle();
    let plain = Arc::clone(&defaults.device_descriptor);
    WgpuSetupCreateNew {
        device_descriptor: Arc::new(move |adapter| {
            if renderer::Gpu::can_draw(adapter) {
                renderer::Gpu::device_descriptor(adapter)
            } else {
                plain(adapter)
            }
        }),
        ..defaults
    }
}

/// Three overlapping discs of light, drawn rather than stored.
fn icon() -> egui::IconData {
    const SIDE: u32 = 64;
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    let discs = [
        (0.38, 0.60, [0.34, 0.70, 0.91]),
        (0.63, 0.58, [0.84, 0.37, 0.10]),
        (0.50, 0.36, [1.00, 0.69, 0.25]),
    ];
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (u, v) = (
                (x as f32 + 0.5) / SIDE as f32,
                (y as f32 + 0.5) / SIDE as f32,
            );
            let (mut color, mut light) = ([0.0_f32; 3], 1.0_f32);
            for (cx, cy, rgb) in discs {
                let r2 = ((u - cx).powi(2) + (v - cy).powi(2)) / (2.0 * 0.115_f32.powi(2));
                let alpha = 0.96 * (-r2 * 1.0).exp();
                for (sum, c) in color.iter_mut().zip(rgb) {
                    *sum += light * alpha * c;
                }
                light *= 1.0 - alpha;
            }
            let alpha = 1.0 - light;
            for c in color {
                rgba.push((255.0 * c / alpha.max(1e-3)).clamp(0.0, 255.0) as u8);
            }
            rgba.push((255.0 * alpha) as u8);
        }
    }
    egui::IconData {
        rgba,
        width: SIDE,
        height: SIDE,
    }
}
