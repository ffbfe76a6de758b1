//! The color that a splat's harmonics have towards the eye; twin of `shaders/common/harmonics.wgsl`.

use glam::{Vec3, Vec4};
use scene::sh;

use super::chunk::PackedChunk;
use crate::{
    consts::{CHUNK_COMPACT, SNORM_STEPS},
    half16,
    layout::ChunkView,
};

/// The harmonics of one row.
pub(super) struct Harmonics<'a> {
    chunk: &'a PackedChunk,
    chunk_view: &'a ChunkView,
    row: usize,
}

impl<'a> Harmonics<'a> {
    pub(super) fn of(chunk: &'a PackedChunk, chunk_view: &'a ChunkView, row: usize) -> Self {
        Self {
            chunk,
            chunk_view,
            row,
        }
    }

    /// The sum up to a degree towards a direction of any length (Kerbl et al. 2023).
    pub(super) fn sum(&self, degree: u32, ray: Vec3) -> Vec3 {
        if degree == 0 {
            let [r, g, b, _] = self.halves(0);
            return Vec3::new(r, g, b) * sh::C0;
        }
        let mut basis = sh::basis(ray / ray.length());
        basis[sh::coefficient_count(degree)..].fill(0.0);
        if self.chunk_view.features & CHUNK_COMPACT != 0 {
            self.sum_of_bytes(degree, &basis)
        } else {
            self.sum_of_halves(degree, &basis)
        }
    }

    fn words(&self, plane: usize) -> [u32; 2] {
        self.chunk.sh[plane * self.chunk_view.sh_stride as usize + self.row]
    }

    fn halves(&self, plane: usize) -> [f32; 4] {
        let [low, high] = self.words(plane);
        [
            half16::low(low),
            half16::high(low),
            half16::low(high),
            half16::high(high),
        ]
    }

    /// Three planes hold four coefficients of three channels.
    fn sum_of_halves(&self, degree: u32, basis: &[f32; 16]) -> Vec3 {
        let stored = sh::coefficient_count(self.chunk_view.sh_degree);
        let mut sum = Vec3::ZERO;
        for group in 0..sh::coefficient_count(degree).div_ceil(4) {
            let b = &basis[4 * group..4 * group + 4];
            let p = self.halves(3 * group);
            sum += Vec3::new(p[0], p[1], p[2]) * b[0];
            if 4 * group + 1 < stored {
                let (q, r) = (self.halves(3 * group + 1), self.halves(3 * group + 2));
                sum += Vec3::new(p[3], q[0], q[1]) * b[1];
                sum += Vec3::new(q[2], q[3], r[0]) * b[2];
                sum += Vec3::new(r[1], r[2], r[3]) * b[3];
            }
        }
        sum
    }

    /// Behind the first plane three words hold four coefficients of three channels.
    fn sum_of_bytes(&self, degree: u32, basis: &[f32; 16]) -> Vec3 {
        let [r, g, b, factor] = self.halves(0);
        let mut rest = Vec3::ZERO;
        for pair in 0..if degree >= 3 { 2 } else { 1 } {
            let group = |g: usize| {
                let at = |j: usize| basis.get(8 * pair + 4 * g + 1 + j).copied();
                Vec4::from([0, 1, 2, 3].map(|j| at(j).unwrap_or(0.0)))
            };
            let (low, high) = (group(0), group(1));
            let [p, q, r] = [1, 2, 3].map(|i| self.words(3 * pair + i));
            rest += Vec3::new(
                signed(p[0]).dot(low),
                signed(p[1]).dot(low),
                signed(q[0]).dot(low),
            );
            rest += Vec3::new(
                signed(q[1]).dot(high),
                signed(r[0]).dot(high),
                signed(r[1]).dot(high),
            );
        }
        Vec3::new(r, g, b) * sh::C0 + factor * rest
    }
}

/// WGSL's `unpack4x8snorm`.
fn signed(word: u32) -> Vec4 {
    Vec4::from(
        word.to_le_bytes()
            .map(|b| (f32::from(b as i8) / SNORM_STEPS).max(-1.0)),
    )
}
