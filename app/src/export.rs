//! What leaves the studio as pictures: screenshots, turntables and contact sheets.
//!
//! Everything is drawn by the same [`Render`](renderer::Render) that draws the viewport, which must show the scene
//! already (`sync`). Everything works with any renderer, reports progress, and can be cancelled; a
//! file appears under its name only when it is whole. A cancelled export returns an error for which
//! [`is_cancelled`] is true.

mod contact_sheet;
mod framing;
mod gif;
mod image;
mod mp4;
mod palette;
mod part;
mod turntable;

#[cfg(test)]
mod tests;

pub use contact_sheet::{SHEET_YAWS_DEG, contact_sheet, mode_sheet};
pub use framing::{Look, Orbit};
pub use image::{Quality, draw, is_tiff, screenshot};
pub use turntable::{Direction, TurntableFormat, TurntableOptions, turntable};

/// Whether an export ended because the artist wished so.
pub fn is_cancelled(error: &anyhow::Error) -> bool {
    error.is::<scene::Cancelled>()
}
