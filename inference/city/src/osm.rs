//! Real maps: `.osm.pbf`, `.osm` and GeoJSON become a plan that ends.
//!
//! Read are buildings and their parts with heights, levels, roofs and uses, streets by class, green, water with
//! coastlines, squares, parking, trees and lamps. Not read: terrain, rails, bridges' decks above the ground, tunnels,
//! barriers, relations other than multipolygons.

mod assemble;
mod build;
mod coast;
mod data;
mod geojson;
mod ground;
mod pbf;
mod project;
mod tags;
mod wire;
mod xml;

use std::path::Path;

use crate::finite::FinitePlan;

/// A map that was read.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The city.
    pub plan: FinitePlan,
    /// What was repaired or left out, each with how often.
    pub warnings: Vec<String>,
}

/// Why a map cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OsmError {
    /// The file cannot be read at all.
    #[error("the map cannot be read ({source}); check the path and its permissions: {path}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is no map.
    #[error("this is no map that can be read: use .osm.pbf, .osm or GeoJSON")]
    Unknown,
    /// It is a map, but not whole.
    #[error("the map is broken: {what}")]
    Broken {
        /// Where and how.
        what: String,
    },
    /// It is a region, not a city.
    #[error("the map is too large ({what}); cut out a part of at most 30 km")]
    TooLarge {
        /// By how much.
        what: String,
    },
    /// There is nothing to build.
    #[error("the map has neither buildings nor streets; look whether it is the right file")]
    Empty,
}

/// Files larger than this are regions, bytes.
const LARGEST_FILE: u64 = 1 << 30;

/// Reads a map file.
pub fn load(path: &Path) -> Result<Imported, OsmError> {
    let failed = |source| OsmError::File {
        path: path.display().to_string(),
        source,
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > LARGEST_FILE {
        return Err(OsmError::TooLarge {
            what: format!("{} MB", size >> 20),
        });
    }
    read(&std::fs::read(path).map_err(failed)?)
}

/// Reads a map that lies in memory; its format is told from its first bytes.
pub fn read(bytes: &[u8]) -> Result<Imported, OsmError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let start = &bytes[..bytes.len().min(64)];
    let features = match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        _ if start.windows(9).any(|window| window == b"OSMHeader") => {
            assemble::features(pbf::read(bytes)?)
        }
        Some(b'<') => assemble::features(xml::read(text)?),
        Some(b'{') => geojson::read(text)?,
        _ => return Err(OsmError::Unknown),
    };
    build::build(features)
}
