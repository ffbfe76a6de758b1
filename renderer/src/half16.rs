//! Half-precision packing, as WGSL's `pack2x16float` and `unpack2x16float`.

use half::f16;

use crate::consts::F16_MAX;

/// Two numbers in one word, the first in the low half. Values beyond the range saturate.
pub(crate) fn pack2(low: f32, high: f32) -> u32 {
    let bits = |v: f32| u32::from(f16::from_f32(v.clamp(-F16_MAX, F16_MAX)).to_bits());
    bits(low) | (bits(high) << 16)
}

/// The smallest half that is no less than a number >= 0.
pub(crate) fn not_below(v: f32) -> f32 {
    let nearest = f16::from_f32(v);
    if nearest.to_f32() < v {
        f16::from_bits(nearest.to_bits() + 1).to_f32()
    } else {
        nearest.to_f32()
    }
}

/// The number in the low half of a word.
#[inline(always)]
pub(crate) fn low(word: u32) -> f32 {
    unpack(word & 0xffff)
}

/// The number in the high half of a word.
#[inline(always)]
pub(crate) fn high(word: u32) -> f32 {
    unpack(word >> 16)
}

/// The half nearest to a number.
#[inline(always)]
pub(crate) fn rounded(v: f32) -> f32 {
    low(pack2(v, 0.0))
}

/// Finite halves only: moves exponent and mantissa into place and rescales, subnormals included.
#[inline(always)]
fn unpack(bits: u32) -> f32 {
    const TWO_POW_112: f32 = f32::from_bits((112 + 127) << 23);
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * TWO_POW_112;
    f32::from_bits(magnitude.to_bits() | ((bits & 0x8000) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_half_unpacks_exactly() {
        for bits in 0..=u16::MAX {
            let expected = f16::from_bits(bits);
            if expected.is_finite() {
                let word = u32::from(bits);
                assert_eq!(
                    low(word).to_bits(),
                    expected.to_f32().to_bits(),
                    "{bits:#x}"
                );
                assert_eq!(high(word << 16), expected.to_f32(), "{bits:#x}");
            }
        }
    }

    #[test]
    fn packing_saturates() {
        assert_eq!(low(pack2(1e9, 0.0)), F16_MAX);
        assert_eq!(high(pack2(0.0, -1e9)), -F16_MAX);
    }
}
