//! Nine views around a head in one picture, or one view in all its modes: the quickest ways to see what
//! is wrong with it.

use std::path::Path;

use anyhow::{Result, ensure};
use image::{Rgba, RgbaImage};
use renderer::{Render, ViewMode};
use scene::{PinholeCamera, Progress, Scene, Sink};

use super::framing::{Look, Orbit};
use super::image::{draw, write_png};

/// The views in reading order, degrees of yaw.
pub const SHEET_YAWS_DEG: [i32; 9] = [-90, -60, -30, 0, 30, 60, 90, 135, 180];

const COLUMNS: u32 = 3;

/// Draws the nine views around `orbit`, each `cell_px` square, and writes them as one PNG.
pub fn contact_sheet(
    render: &mut dyn Render,
    orbit: &Orbit,
    look: &Look,
    cell_px: u32,
    out: &Path,
    sink: &mut dyn Sink<()>,
) -> Result<()> {
    ensure!(
        (16..=2048).contains(&cell_px),
        "the views of a contact sheet can be 16 to 2048 pixels wide, not {cell_px}"
    );
    let rows = (SHEET_YAWS_DEG.len() as u32).div_ceil(COLUMNS);
    let mut sheet = RgbaImage::new(COLUMNS * cell_px, rows * cell_px);
    for (i, &yaw_deg) in SHEET_YAWS_DEG.iter().enumerate() {
        sink.progress(Progress::new(
            "Drawing views",
            i as u64,
            SHEET_YAWS_DEG.len() as u64,
        ))?;
        let view = Orbit {
            yaw: orbit.yaw + (yaw_deg as f32).to_radians(),
            ..*orbit
        };
        let frame = look.frame(view.camera([cell_px; 2]));
        let mut cell = draw(render, &frame, &mut scene::sink::Collect::default())?;
        write_label(&mut cell, &yaw_deg.to_string());
        let (column, row) = (i as u32 % COLUMNS, i as u32 / COLUMNS);
        image::imageops::replace(
            &mut sheet,
            &cell,
            i64::from(column * cell_px),
            i64::from(row * cell_px),
        );
    }
    write_png(&sheet, out)?;
    sink.progress(Progress::new("Done", 1, 1))?;
    Ok(())
}

/// Draws one view in every way to show the splats that the scene has something to show for, in the
/// order of the menu, and writes them as one PNG.
pub fn mode_sheet(
    render: &mut dyn Render,
    scene: &Scene,
    (camera, look): (PinholeCamera, &Look),
    out: &Path,
    sink: &mut dyn Sink<()>,
) -> Result<()> {
    let (width, height) = (camera.width, camera.height);
    ensure!(
        (16..=2048).contains(&width) && (16..=2048).contains(&height),
        "the views of a sheet can be 16 to 2048 pixels wide and high, not {width}×{height}"
    );
    let modes: Vec<ViewMode> = ViewMode::ALL
        .into_iter()
        .filter(|mode| is_known(scene, *mode))
        .collect();
    let rows = (modes.len() as u32).div_ceil(COLUMNS);
    let mut sheet = RgbaImage::new(COLUMNS * width, rows * height);
    for (i, &view) in modes.iter().enumerate() {
        sink.progress(Progress::new("Drawing views", i as u64, modes.len() as u64))?;
        let frame = Look { view, ..*look }.frame(camera);
        let cell = draw(render, &frame, &mut scene::sink::Collect::default())?;
        let (column, row) = (i as u32 % COLUMNS, i as u32 / COLUMNS);
        let [x, y] = [column * width, row * height].map(i64::from);
        image::imageops::replace(&mut sheet, &cell, x, y);
    }
    write_png(&sheet, out)?;
    sink.progress(Progress::new("Done", 1, 1))?;
    Ok(())
}

/// Whether a layer has the column that a mode shows; the other modes need none.
fn is_known(scene: &Scene, mode: ViewMode) -> bool {
    let column = match mode {
        ViewMode::Albedo => "albedo",
        ViewMode::Roughness => "roughness",
        ViewMode::Metallic => "metallic",
        ViewMode::Occlusion => "ambient_occlusion",
        ViewMode::Labels => "label",
        ViewMode::Confidence => "confidence",
        // Sheets show every splat itself.
        ViewMode::Levels => return false,
        _ => return true,
    };
    let mut layers = scene.layers();
    layers.any(|(_, _, layer)| layer.cloud.column(column).is_some())
}

/// Rows of 3 × 5 dots, top row first, leftmost dot in the highest of three bits.
const DIGITS: [[u8; 5]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 1, 1, 1],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];

/// Writes a number into the top left corner, white on a dark edge, so that it reads on anything.
fn write_label(cell: &mut RgbaImage, text: &str) {
    let dot = (cell.width() / 128).max(1);
    let mut left = 2 * dot;
    for character in text.chars() {
        let glyph = match character.to_digit(10) {
            Some(digit) => DIGITS[digit as usize],
            None => [0, 0, 7, 0, 0],
        };
        for (grow, color) in [(1, Rgba([0, 0, 0, 255])), (0, Rgba([255, 255, 255, 255]))] {
            for (y, row) in glyph.iter().enumerate() {
                for x in (0..3u32).filter(|x| row & (4 >> x) != 0) {
                    let (px, py) = (left + x * dot, 2 * dot + y as u32 * dot);
                    for yy in py.saturating_sub(grow)..py + dot + grow {
                        for xx in px.saturating_sub(grow)..px + dot + grow {
                            if let Some(pixel) = cell.get_pixel_mut_checked(xx, yy) {
                                *pixel = color;
                            }
                        }
                    }
                }
            }
        }
        left += 4 * dot;
    }
}
