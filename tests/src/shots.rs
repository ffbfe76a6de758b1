//! Pictures of the documentation: where they go and how they are kept; see `cargo xtask shots`.
#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::path::{Path, PathBuf};

use image::RgbImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};

use crate::display::without_dither;
use crate::window::Window;

/// Where the pictures go; none where nobody wants any.
///
/// # Panics
/// When the folder cannot be made.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SHOTS_DIR").map(PathBuf::from)?;
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    Some(folder)
}

/// Writes a picture of the window once it rests.
pub fn shoot(window: &mut Window, folder: &Path, name: &str) {
    let picture = window.wait_until_still();
    keep(&picture, folder, name);
}

/// Writes a picture.
///
/// # Panics
/// When it cannot be written.
pub fn keep(picture: &RgbImage, folder: &Path, name: &str) {
    let path = folder.join(name).with_extension("png");
    let file = std::fs::File::create(path).expect("a file for the picture");
    let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
    let mut small = without_dither(picture);
    // The front page shows these at full size; the others are there to be looked through.
    if !matches!(name, "head" | "welcome" | "portrait-card") {
        let (width, height) = (small.width() * 3 / 4, small.height() * 3 / 4);
        let filter = image::imageops::FilterType::CatmullRom;
        small = image::imageops::resize(&small, width, height, filter);
    }
    small.write_with_encoder(encoder).expect("a picture");
    eprintln!("{name}");
}
