//! What was repaired or left out, counted, so that an artist reads one line instead of a million.

use std::{collections::BTreeMap, fmt};

/// One kind of trouble in a file that did not stop the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Warning {
    /// Splats with NaN or infinite values, left out.
    NotFinite,
    /// Rotations without a direction, set to the identity.
    ZeroRotation,
    /// Scales too large or small to compute with, clamped.
    ClampedScale,
    /// Infinite opacity logits, set to practically opaque or clear.
    InfiniteOpacity,
    /// Normals that are not numbers, set to zero.
    BadNormal,
    /// `f_rest` properties that are not a whole degree, kept but not shown.
    IncompleteHarmonics,
    /// Parts of the file too large to keep beside the splats; a saved file will lack them.
    NotKept,
    /// The file holds no splat.
    Empty,
}

/// Counted [`Warning`]s. Displays as one line, empty where there are none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Warnings {
    counts: BTreeMap<Warning, u64>,
}

impl Warnings {
    /// Counts a kind of trouble so many times more.
    pub fn add(&mut self, warning: Warning, count: u64) {
        if count > 0 {
            *self.counts.entry(warning).or_default() += count;
        }
    }

    /// Whether there was no trouble.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The kinds of trouble met and how often.
    pub fn iter(&self) -> impl Iterator<Item = (Warning, u64)> + '_ {
        self.counts
            .iter()
            .map(|(warning, count)| (*warning, *count))
    }

    /// How often a kind of trouble was met.
    pub fn count(&self, warning: Warning) -> u64 {
        self.counts.get(&warning).copied().unwrap_or(0)
    }
}

impl fmt::Display for Warnings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (warning, count)) in self.counts.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            let splats = if *count == 1 { "splat" } else { "splats" };
            match warning {
                Warning::NotFinite => write!(
                    f,
                    "{count} {splats} left out because of values that are not numbers"
                )?,
                Warning::ZeroRotation => {
                    write!(f, "{count} {splats} without a rotation left unrotated")?;
                }
                Warning::ClampedScale => {
                    write!(f, "{count} {splats} of an impossible size clamped")?;
                }
                Warning::InfiniteOpacity => {
                    write!(f, "{count} {splats} of infinite opacity clamped")?;
                }
                Warning::BadNormal => {
                    write!(f, "{count} {splats} with a broken normal left without one")?;
                }
                Warning::IncompleteHarmonics => f.write_str(
                    "the spherical harmonics are incomplete, so the color does not change with the view",
                )?,
                Warning::NotKept => f.write_str(
                    "the file holds further data too large to keep; saving leaves it out",
                )?,
                Warning::Empty => f.write_str("the file holds no splats")?,
            }
        }
        Ok(())
    }
}
