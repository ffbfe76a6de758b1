//! Sets of splat rows as sorted runs, so that an edit of a million neighbors costs a few bytes.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A set of rows: disjoint, sorted, non-empty runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Range<u32>>", into = "Vec<Range<u32>>")]
pub struct RowSet {
    runs: Vec<Range<u32>>,
}

impl RowSet {
    /// Adds a row at the end; rows that do not come after all others are ignored.
    pub fn push(&mut self, row: u32) {
        match self.runs.last_mut() {
            Some(run) if row < run.end => {}
            Some(run) if row == run.end && row < u32::MAX => run.end += 1,
            _ if row < u32::MAX => self.runs.push(row..row + 1),
            _ => {}
        }
    }

    /// Adds a set whose rows all come after these; others are ignored.
    pub(crate) fn append(&mut self, later: Self) {
        let mut runs = later.runs.into_iter();
        match (self.runs.last_mut(), runs.next()) {
            (Some(last), Some(first)) if first.start == last.end => last.end = first.end,
            (Some(last), Some(first)) if first.start < last.end => return,
            (_, first) => self.runs.extend(first),
        }
        self.runs.extend(runs);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|run| run.len()).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs
            .iter()
            .flat_map(|run| run.start as usize..run.end as usize)
    }

    /// The smallest range that covers all rows; empty for an empty set.
    pub fn covering(&self) -> Range<usize> {
        match (self.runs.first(), self.runs.last()) {
            (Some(first), Some(last)) => first.start as usize..last.end as usize,
            _ => 0..0,
        }
    }

    /// Memory held, bytes.
    pub fn bytes(&self) -> usize {
        self.runs.capacity() * size_of::<Range<u32>>()
    }
}

impl From<RowSet> for Vec<Range<u32>> {
    fn from(set: RowSet) -> Self {
        set.runs
    }
}

impl TryFrom<Vec<Range<u32>>> for RowSet {
    type Error = &'static str;

    fn try_from(runs: Vec<Range<u32>>) -> Result<Self, Self::Error> {
        let apart = runs.windows(2).all(|pair| pair[0].end < pair[1].start);
        if apart && runs.iter().all(|run| run.start < run.end) {
            Ok(Self { runs })
        } else {
            Err("rows that are not sorted runs")
        }
    }
}

impl FromIterator<u32> for RowSet {
    /// Takes rows in ascending order; others are ignored.
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut set = Self::default();
        rows.into_iter().for_each(|row| set.push(row));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbors_share_a_run_and_come_back_in_order() {
        let rows = [0, 1, 2, 7, 9, 10];
        let set: RowSet = rows.into_iter().collect();
        assert_eq!(set.runs, [0..3, 7..8, 9..11], "runs must be maximal");
        assert_eq!(set.len(), 6, "every row counts once");
        assert_eq!(set.covering(), 0..11, "covering range");
        let back: Vec<usize> = set.iter().collect();
        assert_eq!(back, [0, 1, 2, 7, 9, 10], "rows in order");
    }
}
