//! One byte of state per splat.

use serde::{Deserialize, Serialize};

/// Bit set of a splat's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct SplatFlags(pub u8);

impl SplatFlags {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// Picked by the artist; drawn tinted.
    pub const SELECTED: Self = Self(1);
    /// Not drawn, kept in files.
    pub const HIDDEN: Self = Self(2);
    /// Drawn, never selected or edited.
    pub const LOCKED: Self = Self(4);
    /// Not drawn, not saved; only history still knows it.
    pub const DELETED: Self = Self(8);

    /// Whether any bit of `other` is set.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// With the bits of `other` set.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With the bits of `other` cleared.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the splat is drawn.
    pub fn is_drawn(self) -> bool {
        !self.intersects(Self(Self::HIDDEN.0 | Self::DELETED.0))
    }
}
