//! A virtual display, and pictures of it.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use image::RgbImage;

/// An X server without a screen (Xvfb); ends when dropped.
#[derive(Debug)]
pub struct Display {
    server: Child,
    /// As the variable `DISPLAY` wants it.
    pub name: String,
    frame: tempfile::TempDir,
}

impl Display {
    /// Starts a server, or says in one line why the test skips.
    ///
    /// # Panics
    /// When a server is installed and does not start.
    pub fn start(width: u32, height: u32) -> Option<Self> {
        let frame = crate::studio::settings();
        let server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-nolisten",
                "tcp",
                "-noreset",
                "-screen",
                "0",
            ])
            .arg(format!("{width}x{height}x24"))
            .arg("-fbdir")
            .arg(frame.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut server) = server else {
            eprintln!("skipped: there is no Xvfb on this machine (cargo xtask test installs it)");
            return None;
        };
        let mut number = String::new();
        let read = server
            .stdout
            .take()
            .map(|out| BufReader::new(out).read_line(&mut number));
        assert!(
            matches!(read, Some(Ok(n)) if n > 0),
            "Xvfb started and said no number"
        );
        Some(Self {
            server,
            name: format!(":{}", number.trim()),
            frame,
        })
    }

    /// What the screen shows now.
    ///
    /// # Panics
    /// When the server's picture cannot be read.
    pub fn picture(&self) -> RgbImage {
        let path: PathBuf = self.frame.path().join("Xvfb_screen0");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        match parse_xwd(&bytes) {
            Some(picture) => picture,
            None => panic!("the server's picture is of an unknown kind"),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// An X window dump of 32 bits a pixel: a header of big-endian words, a color table, the rows.
fn parse_xwd(bytes: &[u8]) -> Option<RgbImage> {
    let word = |i: usize| -> Option<usize> {
        let four = bytes.get(4 * i..4 * i + 4)?;
        usize::try_from(u32::from_be_bytes(four.try_into().ok()?)).ok()
    };
    let (header_bytes, width, height) = (word(0)?, word(4)?, word(5)?);
    let (bits, row_bytes, colors) = (word(11)?, word(12)?, word(19)?);
    if bits != 32 {
        return None;
    }
    let pixels = bytes.get(header_bytes + 12 * colors..)?;
    let mut picture = RgbImage::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    for (y, row) in picture.rows_mut().enumerate() {
        for (x, pixel) in row.enumerate() {
            let at = y * row_bytes + 4 * x;
            let bgrx = pixels.get(at..at + 4)?;
            pixel.0 = [bgrx[2], bgrx[1], bgrx[0]];
        }
    }
    Some(picture)
}

/// Mean absolute difference of two pictures of one size inside a rectangle `[x, y, width, height]`.
pub fn difference(a: &RgbImage, b: &RgbImage, [x, y, width, height]: [u32; 4]) -> f32 {
    let mut sum = 0u64;
    for yy in y..y + height {
        for xx in x..x + width {
            let (p, q) = (a.get_pixel(xx, yy), b.get_pixel(xx, yy));
            sum += (0..3)
                .map(|c| u64::from(p.0[c].abs_diff(q.0[c])))
                .sum::<u64>();
        }
    }
    sum as f32 / (3 * width * height) as f32
}

/// Flat parts without the window's dither of one step, which no eye sees and which triples the file.
pub fn without_dither(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mut smooth = picture.clone();
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            for channel in 0..3 {
                let around =
                    (0..9).map(|i| picture.get_pixel(x + i % 3 - 1, y + i / 3 - 1).0[channel]);
                let (mut low, mut high, mut sum) = (255, 0, 0_u32);
                for value in around {
                    low = low.min(value);
                    high = high.max(value);
                    sum += u32::from(value);
                }
                if high - low <= 2 {
                    smooth.get_pixel_mut(x, y).0[channel] = ((sum + 4) / 9) as u8;
                }
            }
        }
    }
    smooth
}
