//! How much memory splats may take where they are drawn, and in which format.

use renderer::HarmonicsFormat;

/// What splats may take on the processor where the system does not say how much memory there is.
const UNKNOWN: u64 = 3 << 30;
/// Least and most that is taken of the system's memory unasked.
const UNASKED: std::ops::RangeInclusive<u64> = 1 << 30..=8 << 30;
/// Share of the system's memory that is taken unasked: the scene itself, its levels of detail and its history
/// need some as well.
const SHARE: u64 = 4;

/// What the artist wants splats to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SplatMemory {
    /// Bytes at most; none leaves it to the device.
    pub bytes: Option<u64>,
    /// How harmonics are held.
    pub harmonics: HarmonicsFormat,
}

/// Bytes for splats that share the processor's memory.
pub(super) fn shared_bytes() -> u64 {
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    system_bytes(&told).map_or(UNKNOWN, |all| {
        (all / SHARE).clamp(*UNASKED.start(), *UNASKED.end())
    })
}

/// The memory of the system, from Linux' own account.
fn system_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_how_much_memory_there_is() {
        let told = "MemTotal:       24689764 kB\nMemFree:         1234 kB\n";
        assert_eq!(system_bytes(told), Some(24_689_764 << 10));
        assert_eq!(system_bytes("MemFree: 3 kB"), None);
        assert!(UNASKED.contains(&shared_bytes()), "never none, never all");
    }
}
