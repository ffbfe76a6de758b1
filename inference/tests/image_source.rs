//! Pictures of every kind, and what is said about those that cannot be used.

#![allow(
    clippy::expect_used,
    reason = "the helpers of tests may panic like the tests"
)]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use inference::image_source::{MAX_SIDE, MIN_SIDE};
use inference::{ImageError, ImageSource};

/// Left half red, right half blue; the top left corner white.
fn picture(width: u32, height: u32) -> DynamicImage {
    let color = |x, y| {
        if x < width / 8 && y < height / 8 {
            Rgb([255, 255, 255])
        } else if x < width / 2 {
            Rgb([220, 30, 30])
        } else {
            Rgb([30, 30, 220])
        }
    };
    RgbImage::from_fn(width, height, color).into()
}

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("it encodes");
    bytes.into_inner()
}

fn open(bytes: &[u8]) -> Result<ImageSource, ImageError> {
    ImageSource::from_bytes(bytes, "test.any")
}

fn pixel(source: &ImageSource, x: u32, y: u32) -> [u8; 4] {
    source.pixels().get_pixel(x, y).0
}

/// An EXIF block with an orientation and a 35 mm equivalent focal length.
fn exif(orientation: u8, focal_35mm: u8, size: [u16; 2]) -> Vec<u8> {
    let entry = |tag: u16, value: u16| {
        let mut e = tag.to_be_bytes().to_vec();
        e.extend([0, 3, 0, 0, 0, 1]);
        e.extend(value.to_be_bytes());
        e.extend([0, 0]);
        e
    };
    let mut sub = vec![0, 3];
    sub.extend(entry(0xA002, size[0]));
    sub.extend(entry(0xA003, size[1]));
    sub.extend(entry(0xA405, focal_35mm.into()));
    sub.extend([0; 4]);
    let mut bytes = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    bytes.extend(entry(0x0112, orientation.into()));
    bytes.extend([0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
    bytes.extend(sub);
    bytes
}

/// A JPEG with an EXIF block.
fn jpeg_with(exif: &[u8], picture: &DynamicImage) -> Vec<u8> {
    let jpeg = encode(picture, ImageFormat::Jpeg);
    let length = u16::try_from(exif.len() + 8).expect("a short block");
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1];
    bytes.extend(length.to_be_bytes());
    bytes.extend(b"Exif\0\0");
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// A CMYK JPEG of 64 × 64 pixels whose every coefficient is zero: half of every ink, inverted (Adobe).
fn cmyk_jpeg() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xee, 0, 14];
    bytes.extend(b"Adobe\0\x64\0\0\0\0\0");
    bytes.extend([0xff, 0xdb, 0, 67, 0]);
    bytes.extend([1; 64]);
    bytes.extend([0xff, 0xc0, 0, 20, 8, 0, 64, 0, 64, 4]);
    for component in 1..=4 {
        bytes.extend([component, 0x11, 0]);
    }
    for class in [0x00, 0x10] {
        // One code of one bit, for the symbol 0.
        bytes.extend([0xff, 0xc4, 0, 20, class, 1]);
        bytes.extend([0; 15]);
        bytes.push(0);
    }
    bytes.extend([0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
    // 64 blocks of 4 components, two codes of one zero bit each.
    bytes.extend([0; 64]);
    bytes.extend([0xff, 0xd9]);
    bytes
}

#[test]
fn every_format_opens_by_content() {
    use ImageFormat as F;
    for format in [F::Png, F::Jpeg, F::WebP, F::Bmp, F::Tiff] {
        let source = open(&encode(&picture(96, 80), format)).expect("a picture");
        assert_eq!((source.width(), source.height()), (96, 80), "{format:?}");
        let [r, _, b, a] = pixel(&source, 80, 60);
        assert!(
            b > 180 && r < 80 && a == 255,
            "{format:?}: blue on the right"
        );
        assert_eq!(source.focal_px(), None, "{format:?}: no focal length");
    }
}

#[test]
fn gray_and_deep_and_cmyk_pictures_become_eight_bit_color() {
    let base = picture(64, 64);
    for (name, deep) in [
        ("gray", DynamicImage::from(base.to_luma8())),
        ("gray 16", base.to_luma16().into()),
        ("color 16", base.to_rgb16().into()),
        ("gray alpha", base.to_luma_alpha8().into()),
    ] {
        let source = open(&encode(&deep, ImageFormat::Png)).expect("a picture");
        assert_eq!(pixel(&source, 0, 0), [255; 4], "{name}: white corner");
    }
    let source = open(&cmyk_jpeg()).expect("a CMYK picture");
    let [r, g, b, _] = pixel(&source, 20, 20);
    assert!(
        (60..70).contains(&r) && r == g && g == b,
        "half of every ink: {r} {g} {b}"
    );
}

#[test]
fn exif_turns_the_picture_and_tells_the_focal_length() {
    let bytes = jpeg_with(&exif(6, 50, [160, 96]), &picture(160, 96));
    let source = open(&bytes).expect("a picture");
    assert_eq!(
        (source.width(), source.height()),
        (96, 160),
        "turned by a quarter"
    );
    let [r, g, b, _] = pixel(&source, 92, 4);
    assert!(
        r > 200 && g > 200 && b > 200,
        "the white corner is at the top right now"
    );
    let expected = 50.0 * 160.0_f32.hypot(96.0) / 43.266_6;
    let focal = source.focal_px().expect("a focal length");
    assert!((focal - expected).abs() < 0.5, "{focal} is not {expected}");
}

#[test]
fn a_cropped_picture_has_no_trusted_focal_length() {
    let bytes = jpeg_with(&exif(1, 50, [400, 100]), &picture(160, 96));
    assert_eq!(open(&bytes).expect("a picture").focal_px(), None, "cropped");
}

#[test]
fn a_damaged_exif_block_does_not_matter() {
    let source = open(&jpeg_with(b"MM\0\x2a\xff\xff\xff\xff", &picture(96, 80)));
    assert_eq!(
        source.expect("a picture").focal_px(),
        None,
        "no focal length"
    );
}

#[test]
fn large_pictures_are_scaled_with_a_note() {
    let bytes = encode(&picture(4096, 1024), ImageFormat::Png);
    let source = open(&bytes).expect("a picture");
    assert_eq!(
        (source.width(), source.height()),
        (MAX_SIDE as usize, 512),
        "size"
    );
    assert!(
        source.notes()[0].contains("4096×1024"),
        "{:?}",
        source.notes()
    );
}

#[test]
fn tiny_pictures_are_refused() {
    for size in [1, MIN_SIDE - 1] {
        let error = open(&encode(&picture(size, 300), ImageFormat::Png)).expect_err("tiny");
        assert!(matches!(error, ImageError::TooSmall { .. }), "{error}");
        assert!(
            error.to_string().contains("at least"),
            "what to do: {error}"
        );
    }
}

#[test]
fn gigantic_pictures_are_refused_by_their_header() {
    let mut bytes = encode(&picture(64, 64), ImageFormat::Png);
    // The header's size, and its checksum (of "IHDR" and 20000 × 20000, eight bits, RGB).
    bytes[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    let checksum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    let error = open(&bytes).expect_err("gigantic");
    assert!(matches!(error, ImageError::TooLarge { .. }), "{error}");
    assert!(
        error.to_string().contains("make it smaller"),
        "what to do: {error}"
    );
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| {
            if c & 1 == 1 {
                0xedb8_8320 ^ (c >> 1)
            } else {
                c >> 1
            }
        })
    })
}

#[test]
fn what_is_no_picture_is_told_from_a_damaged_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("photo.jpg");
    for content in [&b""[..], b"hello", b"ply\nformat ascii 1.0\n", &[0; 200]] {
        std::fs::write(&path, content).expect("a file");
        let error = ImageSource::open(&path).expect_err("no picture");
        assert!(matches!(error, ImageError::NotAnImage { .. }), "{error}");
    }
    let error = ImageSource::open(folder.path()).expect_err("a folder");
    assert!(matches!(error, ImageError::NotAnImage { .. }), "{error}");
    let error = ImageSource::open(&folder.path().join("none.png")).expect_err("missing");
    assert!(matches!(error, ImageError::Unreadable { .. }), "{error}");

    let whole = encode(&picture(200, 200), ImageFormat::Png);
    std::fs::write(&path, &whole[..whole.len() / 2]).expect("a file");
    let error = ImageSource::open(&path).expect_err("half a picture");
    assert!(matches!(error, ImageError::Damaged { .. }), "{error}");
    std::fs::write(&path, &whole).expect("a file");
    let source = ImageSource::open(&path).expect("a PNG named .jpg opens");
    assert_eq!(source.name(), "photo", "its name");
}

#[test]
fn transparency_makes_a_cut_out() {
    let mut cut = picture(100, 100).into_rgba8();
    for (x, _, pixel) in cut.enumerate_pixels_mut() {
        pixel.0[3] = if x < 30 { 0 } else { 255 };
    }
    let source = ImageSource::from_pixels(cut, "cut").expect("a picture");
    assert!(source.is_cut_out(), "a third is transparent");
    assert_eq!(
        source.color().values[0],
        glam::Vec3::splat(0.5),
        "gray behind it"
    );
    assert_eq!(source.alpha().values[99], 1.0, "opaque on the right");
    let opaque = ImageSource::from_pixels(picture(100, 100).into_rgba8(), "p").expect("a picture");
    assert!(!opaque.is_cut_out(), "opaque");
}
