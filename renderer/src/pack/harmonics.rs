//! Spherical harmonics as chunks hold them: planes of eight bytes a splat, in one of two formats.
//!
//! *Halves*: plane p holds the half-precision numbers 4·p..4·p+4 of the `[K, 3]` coefficients.
//!
//! *Bytes*: plane 0 holds the three halves of degree 0 and a factor; behind it come words of four signed
//! bytes, in units of the factor over 127. Word 3·g + c holds the coefficients 4·g + 1..4·g + 5 of channel
//! c, so that four of the basis functions and one word make one dot product.

use scene::sh;

use crate::{
    HarmonicsFormat,
    consts::{F16_MAX, SNORM_STEPS},
    half16,
};

/// Degrees below this one take no less room in bytes.
const LEAST_COMPACT: u32 = 2;

/// Whether harmonics of a degree are stored as bytes where that is asked for.
pub(super) fn is_compact(degree: u32, format: HarmonicsFormat) -> bool {
    format == HarmonicsFormat::Bytes && degree >= LEAST_COMPACT
}

/// Planes of halves of a degree.
pub(crate) fn half_planes(degree: u32) -> usize {
    (3 * sh::coefficient_count(degree)).div_ceil(4)
}

/// Planes of a degree whose coefficients are bytes.
pub(crate) fn byte_planes(degree: u32) -> usize {
    let groups = (sh::coefficient_count(degree) - 1).div_ceil(4);
    1 + (3 * groups).div_ceil(2)
}

/// Writes `[K, 3]` coefficients as halves.
pub(super) fn pack_halves(coefficients: &[f32], planes: &mut [[u32; 2]]) {
    for (plane, four) in planes.iter_mut().zip(coefficients.chunks(4)) {
        let at = |j: usize| four.get(j).copied().unwrap_or(0.0);
        *plane = [half16::pack2(at(0), at(1)), half16::pack2(at(2), at(3))];
    }
}

/// Writes `[K, 3]` coefficients as bytes, each off by half a step at most: 1/254 of the largest but the
/// first.
pub(super) fn pack_bytes(coefficients: &[f32], planes: &mut [[u32; 2]]) {
    let (first, rest) = coefficients.split_at(3);
    let largest = rest.iter().fold(0.0f32, |most, v| most.max(v.abs()));
    let factor = half16::not_below(largest.min(F16_MAX));
    let per_unit = if factor > 0.0 {
        SNORM_STEPS / factor
    } else {
        0.0
    };
    planes[0] = [
        half16::pack2(first[0], first[1]),
        half16::pack2(first[2], factor),
    ];
    let words: &mut [u32] = bytemuck::cast_slice_mut(&mut planes[1..]);
    for (w, word) in words.iter_mut().enumerate() {
        let (group, channel) = (w / 3, w % 3);
        let byte = |j: usize| {
            let value = rest.get(3 * (4 * group + j) + channel).copied();
            let steps = (value.unwrap_or(0.0) * per_unit).round();
            steps.clamp(-SNORM_STEPS, SNORM_STEPS) as i8 as u8
        };
        *word = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_hold_all_coefficients() {
        assert_eq!([0, 1, 2, 3].map(half_planes), [1, 3, 7, 12]);
        assert_eq!([2, 3].map(byte_planes), [4, 7]);
    }
}
