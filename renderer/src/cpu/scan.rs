//! Exclusive prefix sums.

/// Replaces counts by the sums of all counts before them; returns the total.
pub(crate) fn exclusive(counts: &mut [u32]) -> u32 {
    let mut sum = 0;
    for count in counts {
        sum += std::mem::replace(count, sum);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scan_sums_what_lies_before() {
        let mut counts = [3, 0, 4, 1];
        assert_eq!(exclusive(&mut counts), 8);
        assert_eq!(counts, [0, 3, 3, 7]);
    }
}
