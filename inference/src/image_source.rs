//! A picture as the reconstructors see it: upright, eight bits per channel, of a sensible size.

mod exif;

use std::io::{BufReader, Cursor, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use glam::Vec3;
use image::{DynamicImage, ImageDecoder as _, ImageReader, RgbaImage};
use rayon::prelude::*;

use crate::imageops::Grid;
use crate::portrait::types::{ColorPlane, Plane};

/// Larger pictures are made smaller to this side, pixels; faces do not gain from more.
pub const MAX_SIDE: u32 = 2048;
/// Pictures with a smaller side show no usable face, pixels.
pub const MIN_SIDE: u32 = 64;
/// Pictures that would need more memory to decode are refused.
const DECODE_BUDGET_BYTES: u64 = 640 << 20;
/// Larger files are not read.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// Why a picture cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The file cannot be read.
    #[error("the picture cannot be opened ({reason}): {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The content is no picture of a known format.
    #[error("this is not a picture that Splatwright reads; use PNG, JPEG, WebP, BMP or TIFF: {}", .path.display())]
    NotAnImage {
        /// The file.
        path: PathBuf,
    },
    /// The picture is damaged.
    #[error("the picture is damaged ({reason}); export it again or use another one: {}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        reason: String,
    },
    /// Too few pixels.
    #[error("the picture is only {width}×{height} pixels; use one of at least {MIN_SIDE}×{MIN_SIDE}: {}", .path.display())]
    TooSmall {
        /// The file.
        path: PathBuf,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// Too many pixels.
    #[error("the picture is {width}×{height} pixels and would need {} MB to open (at most {} MB); make it smaller, {MAX_SIDE} pixels are enough: {}", .bytes >> 20, DECODE_BUDGET_BYTES >> 20, .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Memory that decoding would take.
        bytes: u64,
    },
}

/// A decoded picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageSource {
    pixels: RgbaImage,
    focal_px: Option<f32>,
    cut_out: bool,
    notes: Vec<String>,
    name: String,
}

impl ImageSource {
    /// Opens a picture by its content (not its extension) and turns it upright.
    pub fn open(path: &Path) -> Result<Self, ImageError> {
        let unreadable = |e: std::io::Error| ImageError::Unreadable {
            path: path.to_path_buf(),
            reason: e.to_string(),
        };
        let mut file = std::fs::File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() || metadata.len() > MAX_FILE_BYTES {
            return Err(ImageError::NotAnImage {
                path: path.to_path_buf(),
            });
        }
        // The header is looked at before the file is read, so that a film is not read whole.
        let mut head = Vec::new();
        file.by_ref()
            .take(64)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        if image::guess_format(&head).is_err() {
            return Err(ImageError::NotAnImage {
                path: path.to_path_buf(),
            });
        }
        file.rewind().map_err(unreadable)?;
        Self::decode(BufReader::new(file), path)
    }

    /// Decodes a picture from memory; `name` stands for its path in messages.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, ImageError> {
        Self::decode(Cursor::new(bytes), Path::new(name))
    }

    /// A picture that is decoded already.
    pub fn from_pixels(pixels: RgbaImage, name: &str) -> Result<Self, ImageError> {
        let (width, height) = pixels.dimensions();
        check_small(width, height, Path::new(name))?;
        Ok(Self::finish(pixels, None, Vec::new(), name))
    }

    fn decode<R: std::io::BufRead + std::io::Seek>(
        reader: R,
        path: &Path,
    ) -> Result<Self, ImageError> {
        let failed = |error: image::ImageError| decode_error(&error, path);
        let reader = ImageReader::new(reader)
            .with_guessed_format()
            .map_err(|e| ImageError::Unreadable {
                path: path.to_path_buf(),
                reason: e.to_string(),
            })?;
        let mut decoder = reader.into_decoder().map_err(failed)?;
        let (width, height) = decoder.dimensions();
        check_small(width, height, path)?;
        let bytes = decoder.total_bytes();
        if bytes > DECODE_BUDGET_BYTES {
            return Err(ImageError::TooLarge {
                path: path.to_path_buf(),
                width,
                height,
                bytes,
            });
        }
        // A damaged EXIF block is no reason to refuse the picture.
        let exif = decoder.exif_metadata().ok().flatten();
        let orientation = decoder
            .orientation()
            .unwrap_or(image::metadata::Orientation::NoTransforms);
        let mut picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
        let mut notes = Vec::new();
        let mut focal_px = exif.and_then(|raw| exif::focal_px(&raw, [width, height]));
        let side = width.max(height);
        if side > MAX_SIDE {
            let scale = f64::from(MAX_SIDE) / f64::from(side);
            let fit = |n: u32| ((f64::from(n) * scale).round() as u32).max(1);
            picture = picture.thumbnail_exact(fit(width), fit(height));
            focal_px = focal_px.map(|f| f * scale as f32);
            notes.push(format!(
                "The picture ({width}×{height}) was scaled to {}×{}",
                picture.width(),
                picture.height()
            ));
            check_small(picture.width(), picture.height(), path)?;
        }
        picture.apply_orientation(orientation);
        let name = path.file_stem().map_or_else(
            || "picture".to_owned(),
            |s| s.to_string_lossy().into_owned(),
        );
        Ok(Self::finish(picture.into_rgba8(), focal_px, notes, &name))
    }

    fn finish(pixels: RgbaImage, focal_px: Option<f32>, notes: Vec<String>, name: &str) -> Self {
        // A picture counts as cut out when a tenth of it is fully transparent.
        let clear = pixels.pixels().filter(|p| p.0[3] < 8).count();
        let cut_out = clear * 10 >= pixels.pixels().len();
        Self {
            pixels,
            focal_px,
            cut_out,
            notes,
            name: name.to_owned(),
        }
    }

    /// The picture, straight alpha.
    pub fn pixels(&self) -> &RgbaImage {
        &self.pixels
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.pixels.width() as usize
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.pixels.height() as usize
    }

    /// Layout of the pixels.
    pub fn grid(&self) -> Grid {
        Grid::new(self.width(), self.height())
    }

    /// Focal length in pixels by the camera's own note (EXIF), where it has one.
    pub fn focal_px(&self) -> Option<f32> {
        self.focal_px
    }

    /// Whether the subject was cut out already (transparent background).
    pub fn is_cut_out(&self) -> bool {
        self.cut_out
    }

    /// What was done to the picture, for people.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The file's name without folder and extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Display-referred color in 0..=1; transparent parts over mid-gray.
    pub fn color(&self) -> ColorPlane {
        let values = self
            .pixels
            .as_raw()
            .par_chunks_exact(4)
            .map(|p| {
                let color = Vec3::new(f32::from(p[0]), f32::from(p[1]), f32::from(p[2])) / 255.0;
                if p[3] == 255 {
                    color
                } else {
                    Vec3::splat(0.5).lerp(color, f32::from(p[3]) / 255.0)
                }
            })
            .collect();
        ColorPlane::from_values(self.grid(), values)
    }

    /// The picture's own alpha in 0..=1.
    pub fn alpha(&self) -> Plane {
        let values = self
            .pixels
            .as_raw()
            .par_chunks_exact(4)
            .map(|p| f32::from(p[3]) / 255.0)
            .collect();
        Plane::from_values(self.grid(), values)
    }
}

fn check_small(width: u32, height: u32, path: &Path) -> Result<(), ImageError> {
    if width.min(height) < MIN_SIDE {
        return Err(ImageError::TooSmall {
            path: path.to_path_buf(),
            width,
            height,
        });
    }
    Ok(())
}

fn decode_error(error: &image::ImageError, path: &Path) -> ImageError {
    let path = path.to_path_buf();
    match error {
        image::ImageError::Unsupported(u)
            if matches!(u.kind(), image::error::UnsupportedErrorKind::Format(_)) =>
        {
            ImageError::NotAnImage { path }
        }
        other => ImageError::Damaged {
            path,
            reason: other.to_string(),
        },
    }
}
