//! Looks that are asked of a decoder: which boxes on which walls, and what their answers change.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::{
    Surfels,
    builder::{SIGMA, SIGMA_ALONE},
    walls::{RECESS, RECESS_STRIDE},
};
use crate::{
    appearance::{DECODED, FACADE_FEATURES, FacadeStyle, Surface, Wall, facade_features},
    decoder::{DecodeError, Decoder},
};

/// Boxes that are told and asked at once.
const AT_ONCE: usize = 1 << 16;

/// A surfel whose look a decoder is to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ask {
    /// The surfel.
    pub row: u32,
    /// Its wall among [`Asks::walls`].
    pub wall: u32,
    /// Its place on the wall; see [`crate::appearance::facade`].
    pub at: Vec2,
    /// Its box.
    pub size: Vec2,
    /// It lies behind another one and stays as it is.
    pub backing: bool,
}

/// All that is to be asked about some surfels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asks {
    /// The surfels.
    pub boxes: Vec<Ask>,
    /// The walls that they are on.
    pub walls: Vec<(FacadeStyle, Wall)>,
}

impl Asks {
    /// Adds those of further surfels, of which the first is `row`.
    pub(super) fn append(&mut self, more: &Self, row: u32) {
        let wall = self.walls.len() as u32;
        self.walls.extend_from_slice(&more.walls);
        self.boxes.extend(more.boxes.iter().map(|one| Ask {
            row: row + one.row,
            wall: wall + one.wall,
            ..*one
        }));
    }
}

impl Surfels {
    /// Lets a decoder say what it is asked, `alive` is asked between parts of the work; `None` when it says no.
    pub fn decode(
        &mut self,
        decoder: &dyn Decoder,
        alive: &dyn Fn() -> bool,
    ) -> Result<Option<()>, DecodeError> {
        let asks = std::mem::take(&mut self.asks);
        for part in asks.boxes.chunks(AT_ONCE) {
            if !alive() {
                return Ok(None);
            }
            let mut features = vec![0.0; part.len() * FACADE_FEATURES];
            features
                .par_chunks_exact_mut(FACADE_FEATURES)
                .zip(part)
                .for_each(|(out, ask)| {
                    let mut row = [0.0; FACADE_FEATURES];
                    let (style, wall) = &asks.walls[ask.wall as usize];
                    facade_features(style, wall, ask.at, ask.size, &mut row);
                    out.copy_from_slice(&row);
                });
            let said = decoder.decode(&features)?;
            if said.len() != part.len() * DECODED {
                return Err(DecodeError(format!(
                    "the decoder answered {} of {} numbers",
                    said.len(),
                    part.len() * DECODED
                )));
            }
            for (ask, said) in part.iter().zip(said.chunks_exact(DECODED)) {
                let mut values = [0.0; DECODED];
                values.copy_from_slice(said);
                self.answer(ask, Surface::from_decoded(&values));
            }
        }
        Ok(Some(()))
    }

    /// What the builder of walls does with a look it knows.
    fn answer(&mut self, ask: &Ask, surface: Surface) {
        let row = ask.row as usize;
        self.surfaces[row] = surface;
        if ask.backing {
            return;
        }
        if surface.glass > 0.5 {
            let wider = SIGMA_ALONE / SIGMA;
            self.sigmas[row] *= Vec3::new(wider, wider, wider);
        }
        if surface.recess > 0.5 && ask.size.max_element() <= 1.2 * RECESS_STRIDE {
            self.means[row] -= self.normals[row] * RECESS;
            self.lifts[row] += RECESS;
        }
    }
}
