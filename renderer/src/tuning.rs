//! Several ways to the same pixels; which is fastest only the device can tell.

mod measure;

use std::{fmt, str::FromStr};

pub use measure::{Tuned, measure};

use crate::consts::{DIGIT_BITS, KEY_BITS, KEYS_PER_THREAD, TILE, WORKGROUP};

/// How the passes are built. Every choice draws the same pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tuning {
    /// Bits that one round of the depth sort orders, 4 or 8: `shaders/sort.wgsl` or `sort_wide.wgsl`.
    digit_bits: u32,
    /// Rows of four pixels that a thread of blend owns, 2 or 1.
    blend_rows: u32,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            digit_bits: DIGIT_BITS,
            blend_rows: 2,
        }
    }
}

impl Tuning {
    /// Every choice.
    pub fn all() -> impl Iterator<Item = Self> {
        [4, 8].into_iter().flat_map(|digit_bits| {
            [2, 1].map(|blend_rows| Self {
                digit_bits,
                blend_rows,
            })
        })
    }

    /// Bits that one round of the depth sort orders.
    pub(crate) fn digit_bits(self) -> u32 {
        self.digit_bits
    }

    /// Values of a digit of the depth sort.
    pub(crate) fn digits(self) -> u32 {
        1 << self.digit_bits
    }

    /// Rounds of the depth sort.
    pub(crate) fn sort_rounds(self) -> u32 {
        KEY_BITS / self.digit_bits
    }

    /// The shader of the depth sort.
    pub(crate) fn sort_shader(self) -> &'static str {
        if self.digit_bits > DIGIT_BITS {
            "sort_wide"
        } else {
            "sort"
        }
    }

    /// The constants that the shaders get instead of those of [`crate::consts`].
    pub(crate) fn constants(self) -> [(&'static str, u32); 4] {
        [
            ("DIGIT_BITS", self.digit_bits),
            ("DIGITS", self.digits()),
            ("BLEND_ROWS", self.blend_rows),
            ("BLEND_THREADS", TILE * TILE / 4 / self.blend_rows),
        ]
    }
}

/// As it is remembered: `sort 4, blend 2`.
impl fmt::Display for Tuning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sort {}, blend {}", self.digit_bits, self.blend_rows)
    }
}

/// What was remembered is none of the choices of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the remembered choice of passes is unknown; it is measured again")]
pub struct UnknownTuning;

impl FromStr for Tuning {
    type Err = UnknownTuning;

    fn from_str(text: &str) -> Result<Self, UnknownTuning> {
        Self::all()
            .find(|tuning| tuning.to_string() == text)
            .ok_or(UnknownTuning)
    }
}

// A digit of eight bits has one thread of a workgroup each, and a block's keys are ranked in rounds of one
// key a thread.
const _: () = assert!(1 << 8 == WORKGROUP && KEYS_PER_THREAD > 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_remembered_as_they_were() {
        for tuning in Tuning::all() {
            assert_eq!(tuning.to_string().parse(), Ok(tuning));
        }
        assert!(Tuning::all().any(|t| t == Tuning::default()));
        assert_eq!("sort 5, blend 2".parse::<Tuning>(), Err(UnknownTuning));
    }
}
