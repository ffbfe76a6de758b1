//! The focal length that a camera writes into its pictures.

use exif::{In, Reader, Tag, Value};

/// Diagonal of the 36 × 24 mm frame that "35 mm equivalent" refers to.
const FULL_FRAME_DIAGONAL_MM: f32 = 43.266_6;
/// Equivalent focal lengths outside of this range are mistakes, mm.
const PLAUSIBLE_MM: std::ops::RangeInclusive<f32> = 8.0..=1000.0;
/// Pictures whose shape differs more than this from the sensor's were cropped.
const CROP_TOLERANCE: f32 = 0.02;

/// Focal length in pixels for a picture of `size` as stored, from a raw EXIF block.
///
/// `None` where the camera did not write a 35 mm equivalent, or where the picture was cropped
/// afterwards (then the number no longer belongs to it).
pub(super) fn focal_px(raw: &[u8], size: [u32; 2]) -> Option<f32> {
    let exif = Reader::new().read_raw(raw.to_vec()).ok()?;
    let number = |tag: Tag| {
        let value = &exif.get_field(tag, In::PRIMARY)?.value;
        match value {
            Value::Rational(v) => v.first().map(|r| r.to_f32()),
            Value::Float(v) => v.first().copied(),
            _ => value.get_uint(0).map(|v| v as f32),
        }
    };
    let equivalent_mm = number(Tag::FocalLengthIn35mmFilm).filter(|f| PLAUSIBLE_MM.contains(f))?;
    let (width, height) = (size[0] as f32, size[1] as f32);
    if let (Some(w), Some(h)) = (number(Tag::PixelXDimension), number(Tag::PixelYDimension)) {
        let stored = aspect(w, h)?;
        if (stored / aspect(width, height)? - 1.0).abs() > CROP_TOLERANCE {
            return None;
        }
    }
    Some(equivalent_mm * width.hypot(height) / FULL_FRAME_DIAGONAL_MM)
}

/// Long side over short side: cameras disagree about turned pictures.
fn aspect(a: f32, b: f32) -> Option<f32> {
    let ratio = a.max(b) / a.min(b);
    ratio.is_finite().then_some(ratio)
}
