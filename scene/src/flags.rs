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

    /// Of which of its layer's grades it is a part, as three bits from this one on; 0 is of none.
    const GRADE_SHIFT: u8 = 4;
    /// All bits of the grade.
    pub const GRADE: Self = Self(7 << Self::GRADE_SHIFT);
    /// About to be changed by what an artist looks at a preview of; drawn red, never kept.
    pub const MARKED: Self = Self(128);

    /// Which of the layer's grades is its own, 0 for none.
    pub fn grade(self) -> usize {
        usize::from((self.0 & Self::GRADE.0) >> Self::GRADE_SHIFT)
    }

    /// With a grade of its own, `0..8`.
    pub fn with_grade(self, grade: usize) -> Self {
        let bits = (grade as u8 & 7) << Self::GRADE_SHIFT;
        Self(self.without(Self::GRADE).0 | bits)
    }

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
