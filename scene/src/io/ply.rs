//! PLY files of 3D Gaussian splatting, text and binary, any property order and types.
//!
//! Reading streams chunks of rows: bytes → typed rows → Gaussians. What the Gaussians do not tell is kept
//! in a [`PlyLayout`]. Does not read PlayCanvas' compressed PLY nor vertices with lists.

mod decode;
mod header;
mod layout;
mod plan;
mod read;
mod scalar;
mod write;

pub use layout::PlyLayout;
pub(super) use read::{read, read_file};
pub(super) use write::{Source, write_file};

use crate::Cancelled;

/// What is wrong with a PLY file; says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the fields are the things that the messages name"
)]
pub enum PlyError {
    #[error("this is not a PLY file; choose another file or export it again")]
    NotPly,
    #[error("the PLY header has no end; the file is damaged, export or download it again")]
    NoHeaderEnd,
    #[error("the PLY header names no format; the file is damaged, export or download it again")]
    NoFormat,
    #[error("line {line} of the PLY header has {problem} (“{text}”); export the file again")]
    Header {
        line: usize,
        text: String,
        problem: &'static str,
    },
    #[error("the PLY header names a property twice; export the file again")]
    DuplicateProperty,
    #[error("the PLY file holds {what}, not Gaussian splats; choose a file of splats")]
    NotSplats { what: &'static str },
    #[error("the splats of the PLY file lack {missing}; export it with all properties")]
    MissingProperties { missing: String },
    #[error("the PLY file is compressed, which cannot be opened yet; convert it to a plain PLY")]
    Compressed,
    #[error("the property {property} of the PLY vertices is a list; export without it")]
    ListInVertex { property: String },
    #[error(
        "the PLY file is cut short: it promises {promised} × {element} and ends before; export or download it again"
    )]
    Truncated { element: String, promised: u64 },
    #[error("splat {splat} of the PLY file has {found} where a number belongs; export it again")]
    Value { splat: u64, found: String },
    #[error("a line of the PLY file is longer than any splat; export it again")]
    LongLine,
    #[error("the PLY file holds other data that is too large to keep; export the splats alone")]
    LargeElement,
    #[error("the file cannot be read to its end ({0}); check the disk or copy it again")]
    Read(#[from] std::io::Error),
}

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error(transparent)]
    Ply(#[from] PlyError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
