//! What the integration tests share.
#![allow(
    dead_code,
    reason = "every test binary uses another part of this module"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbaImage;
use inference::Runtime;
use scene::{GaussianCloud, PinholeCamera, PixelImage, Rasterizer};

/// The shipped package.
pub(crate) fn package_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/portrait-head")
}

/// ONNX Runtime, or `None` (with a line) where the user said that there is none.
pub(crate) fn runtime() -> Option<Arc<Runtime>> {
    match Runtime::load(None) {
        Ok(runtime) => Some(runtime),
        Err(_) if std::env::var("TEST_ORT").is_ok_and(|v| v == "none") => {
            eprintln!("skipped: TEST_ORT=none");
            None
        }
        Err(error) => panic!("{error}; set TEST_ORT=none to skip these tests"),
    }
}

/// A photograph that comes with the repository or with the shared data; `None` with a line.
pub(crate) fn photo(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let places = [
        root.join("assets/samples").join(name),
        root.join("../shared/data/photos").join(name),
    ];
    let found = places.into_iter().find(|p| p.is_file());
    if found.is_none() {
        eprintln!("skipped: the picture {name} is not here");
    }
    found
}

/// A picture of a photograph on a gray canvas: `(x, y, width)` of each copy.
pub(crate) fn canvas(photo: &Path, size: [u32; 2], copies: &[(i64, i64, u32)]) -> RgbaImage {
    let photo = image::open(photo).expect("a readable picture").into_rgba8();
    let mut canvas = RgbaImage::from_pixel(size[0], size[1], image::Rgba([120, 124, 128, 255]));
    for &(x, y, width) in copies {
        let height = width * photo.height() / photo.width();
        let small = image::imageops::thumbnail(&photo, width, height);
        image::imageops::replace(&mut canvas, &small, x, y);
    }
    canvas
}

/// Draws every splat as one opaque pixel; enough to let a run end.
pub(crate) struct Dots;

impl Rasterizer for Dots {
    fn rasterize(&self, cloud: &GaussianCloud, camera: &PinholeCamera) -> PixelImage {
        let mut pixels = vec![[0.0; 4]; (camera.width * camera.height) as usize];
        for (row, mean) in cloud.means().iter().enumerate() {
            let at = camera.project(*mean);
            if at.x >= 0.0
                && at.y >= 0.0
                && at.x < camera.width as f32
                && at.y < camera.height as f32
            {
                let c = cloud.base_color(row);
                pixels[(at.y as u32 * camera.width + at.x as u32) as usize] = [c.x, c.y, c.z, 1.0];
            }
        }
        PixelImage {
            width: camera.width,
            height: camera.height,
            pixels,
        }
    }
}

/// Panics when it should draw.
pub(crate) struct Broken;

impl Rasterizer for Broken {
    fn rasterize(&self, _: &GaussianCloud, _: &PinholeCamera) -> PixelImage {
        panic!("the rasterizer is broken on purpose")
    }
}
