//! Patches become clouds: the layouts of a plan, made solid, painted and lit.

use std::sync::{Arc, Mutex, PoisonError};

use glam::{DVec2, DVec3, Vec2, Vec3};
use scene::{CloudError, GaussianCloud};

use crate::{
    cloud::{Bake, cloud, scene_from_city},
    decoder::{DecodeError, Decoder},
    field::HeightField,
    layout::{Layout, Plan, Tile},
    light::Daylight,
    maps::{Maps, rasterize},
    stream::Patch,
    surfels::{Detail, Scope, Viewpoint, extrude_part},
};

/// Tiles that are kept for the next patch on them, by how fine their maps are.
const KEPT: [usize; 3] = [48, 12, 4];
/// Sides of the cells of their maps, metres.
const CELLS: [f32; 3] = [1.0, 0.5, 0.25];

/// Splats are never farther apart, metres.
const COARSEST: f32 = 4.0;

/// How fine something is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fineness {
    /// One distance between splats everywhere, metres.
    Stride(f32),
    /// Fine around an eye and coarse far from it.
    Eye {
        /// Metres in the frame of the plan.
        eye: DVec3,
        /// Focal length of the pictures that are to be sharp, pixels.
        focal_px: f32,
        /// The least distance between splats, metres.
        finest: f32,
        /// Unit direction in which it looks (frame of the plan) and the cosine of the angle around it that is
        /// seen; what lies outside is made coarse. Nothing for an eye that turns.
        gaze: Option<(Vec3, f32)>,
    },
}

impl Fineness {
    fn detail(self, tile: Tile) -> Detail {
        match self {
            Self::Stride(stride) => Detail::Stride(stride),
            Self::Eye {
                eye,
                focal_px,
                finest,
                gaze,
            } => Detail::View(Viewpoint {
                eye: (eye - tile.origin().extend(0.0)).as_vec3(),
                gaze,
                focal_px,
                pixels: 1.6,
                finest,
            }),
        }
    }

    /// Which of [`CELLS`] its maps have.
    fn maps(self) -> usize {
        match self {
            Self::Stride(stride) if stride >= 1.0 => 0,
            Self::Stride(stride) if stride >= 0.5 => 1,
            _ => 2,
        }
    }
}

/// Why a patch could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MakeError {
    /// The network of the package failed.
    #[error("the city cannot be painted: {0}")]
    Decode(#[from] DecodeError),
    /// A programming error of ours.
    #[error("a part of the city is not usable ({0}); please report it with the seed or the map")]
    Cloud(#[from] CloudError),
}

/// Makes patches of one plan under one light.
pub struct CityMaker {
    plan: Arc<dyn Plan>,
    decoder: Option<Arc<dyn Decoder>>,
    light: Daylight,
    tiles: Mutex<Vec<Arc<Solid>>>,
}

/// A tile with what is looked up while it is made.
struct Solid {
    tile: Tile,
    fineness: usize,
    layout: Arc<Layout>,
    maps: Maps,
    field: HeightField,
}

impl CityMaker {
    /// Makes patches of a plan; without a decoder all looks are the functions' own.
    pub fn new(plan: Arc<dyn Plan>, decoder: Option<Arc<dyn Decoder>>, light: Daylight) -> Self {
        Self {
            plan,
            decoder,
            light,
            tiles: Mutex::default(),
        }
    }

    /// The plan.
    pub fn plan(&self) -> &Arc<dyn Plan> {
        &self.plan
    }

    /// The splats of a patch in the frame of the scene, metres from the patch's south-western corner; `None` where
    /// nothing stands or once `alive` says no.
    pub fn make(
        &self,
        patch: Patch,
        alive: &dyn Fn() -> bool,
    ) -> Result<Option<GaussianCloud>, MakeError> {
        let corners = (patch.origin(), patch.origin() + f64::from(patch.side()));
        let fineness = Fineness::Stride(patch.stride().min(COARSEST));
        let mut all: Option<GaussianCloud> = None;
        for tile in tiles_of(corners) {
            if !alive() {
                return Ok(None);
            }
            let Some(part) = self.part(tile, corners, fineness, patch.origin(), alive)? else {
                continue;
            };
            match &mut all {
                Some(all) => all.append(part)?,
                None => all = Some(part),
            }
        }
        Ok(all.filter(|cloud| !cloud.is_empty() && alive()))
    }

    /// What of a tile lies between two corners, in the frame of the scene, metres from `origin`; `None` where
    /// nothing stands or once `alive` says no.
    pub fn part(
        &self,
        tile: Tile,
        (low, high): (DVec2, DVec2),
        fineness: Fineness,
        origin: DVec2,
        alive: &dyn Fn() -> bool,
    ) -> Result<Option<GaussianCloud>, MakeError> {
        let solid = self.solid(tile, fineness.maps());
        let low = (low - tile.origin()).as_vec2().max(Vec2::ZERO);
        let high = (high - tile.origin()).as_vec2().min(solid.layout.size);
        if low.cmpge(high).any() {
            return Ok(None);
        }
        let decoder = self.decoder.as_deref();
        let scope = Scope {
            low,
            high,
            asked_from: decoder.map_or(f32::INFINITY, Decoder::finest),
        };
        let detail = fineness.detail(tile);
        let mut surfels = extrude_part(&solid.layout, &solid.maps, &solid.field, &detail, &scope);
        if surfels.is_empty() {
            return Ok(None);
        }
        if let Some(decoder) = decoder
            && surfels.decode(decoder, alive)?.is_none()
        {
            return Ok(None);
        }
        let bake = Bake {
            light: self.light,
            eye: None,
            field: &solid.field,
        };
        let mut parts = cloud(&surfels, &bake)?.into_parts();
        let shift = scene_from_city((tile.origin() - origin).as_vec2().extend(0.0));
        parts.means.iter_mut().for_each(|mean| *mean += shift);
        Ok(Some(GaussianCloud::new(parts)?))
    }

    /// A tile with its maps, kept a while.
    fn solid(&self, tile: Tile, fineness: usize) -> Arc<Solid> {
        let lock = || self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tiles = lock();
        if let Some(at) = tiles
            .iter()
            .position(|s| s.tile == tile && s.fineness == fineness)
        {
            let known = tiles.remove(at);
            tiles.push(Arc::clone(&known));
            return known;
        }
        let layout = tiles.iter().find(|s| s.tile == tile);
        let layout = layout.map(|s| Arc::clone(&s.layout));
        drop(tiles);
        let layout = layout.unwrap_or_else(|| self.plan.layout(tile));
        let maps = rasterize(&layout, CELLS[fineness]);
        let solid = Arc::new(Solid {
            tile,
            fineness,
            field: HeightField::new(&layout, &maps),
            layout,
            maps,
        });
        let mut tiles = lock();
        tiles.push(Arc::clone(&solid));
        for (fineness, kept) in KEPT.iter().enumerate() {
            let mut left = tiles.iter().filter(|s| s.fineness == fineness).count();
            tiles.retain(|s| {
                let stays = s.fineness != fineness || left <= *kept;
                left -= usize::from(s.fineness == fineness);
                stays
            });
        }
        solid
    }
}

impl std::fmt::Debug for CityMaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CityMaker")
            .field("light", &self.light)
            .finish_non_exhaustive()
    }
}

/// Where a patch's splats lie in the scene, from the zero of the plan.
pub fn place_of(patch: Patch) -> Vec3 {
    scene_from_city(patch.origin().as_vec2().extend(0.0))
}

/// The tiles between two corners, from the south-west by rows.
pub fn tiles_of((low, high): (DVec2, DVec2)) -> Vec<Tile> {
    let inside = DVec2::splat(1e-3);
    let first = Tile::at(low + inside);
    let last = Tile::at(high - inside);
    (first.y..=last.y)
        .flat_map(|y| (first.x..=last.x).map(move |x| Tile { x, y }))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
mod tests {
    use super::*;
    use crate::{
        FinitePlan,
        layout::{Building, BuildingUse, Polygon},
        stream::TILE_LEVEL,
    };

    fn plan() -> Arc<dyn Plan> {
        let house = |id: u64, x: f32, y: f32| Building {
            id,
            footprint: Polygon {
                outer: [(0.0, 0.0), (12.0, 0.0), (12.0, 10.0), (0.0, 10.0)]
                    .map(|(u, v)| Vec2::new(x + u, y + v))
                    .to_vec(),
                holes: Vec::new(),
            },
            base: 0.0,
            height: 9.0,
            usage: BuildingUse::Apartments,
            levels: None,
            roof: None,
            family: None,
            style: id,
            context: false,
        };
        Arc::new(FinitePlan::new(Layout {
            size: Vec2::splat(512.0),
            buildings: vec![
                house(1, 100.0, 90.0),
                house(2, 250.0, 130.0),
                house(3, 300.0, 400.0),
            ],
            ..Layout::default()
        }))
    }

    fn splats(maker: &CityMaker, patch: Patch) -> usize {
        maker.make(patch, &|| true).unwrap().map_or(0, |c| c.len())
    }

    #[test]
    fn patches_of_one_stride_share_a_tile_without_gap_or_overlap() {
        let maker = CityMaker::new(plan(), None, Daylight::day());
        let whole = Patch {
            level: TILE_LEVEL,
            x: 0,
            y: 0,
        };
        let solid = maker.solid(Tile { x: 0, y: 0 }, 0);
        let count = |low: Vec2, high: Vec2| {
            let scope = Scope {
                low,
                high,
                asked_from: f32::INFINITY,
            };
            let detail = Detail::Stride(1.0);
            extrude_part(&solid.layout, &solid.maps, &solid.field, &detail, &scope).len()
        };
        let half = Vec2::splat(128.0);
        let quarters: usize = (0..4)
            .map(|k| {
                let low = half * Vec2::new((k % 2) as f32, (k / 2) as f32);
                count(low, low + half)
            })
            .sum();
        assert_eq!(quarters, count(Vec2::ZERO, half * 2.0));
        assert_eq!(quarters, splats(&maker, whole));
    }

    #[test]
    fn a_coarse_patch_holds_several_tiles_and_stops_when_nobody_wants_it() {
        let maker = CityMaker::new(plan(), None, Daylight::day());
        let patch = Patch {
            level: TILE_LEVEL - 1,
            x: 0,
            y: 0,
        };
        let cloud = maker.make(patch, &|| true).unwrap().unwrap();
        let far = cloud.means().iter().fold(Vec3::ZERO, |a, b| a.max(b.abs()));
        assert!(far.x > 400.0 && far.z > 400.0, "{far}");
        assert!(maker.make(patch, &|| false).unwrap().is_none(), "cancelled");
        let nowhere = Patch {
            level: TILE_LEVEL,
            x: 900,
            y: 0,
        };
        assert!(splats(&maker, nowhere) < 100_000, "bare ground at most");
    }

    #[test]
    fn fine_strides_have_fine_maps() {
        let maps = |stride| Fineness::Stride(stride).maps();
        assert_eq!([4.0, 1.0, 0.5, 0.25, 0.125].map(maps), [0, 0, 1, 2, 2]);
    }
}
