//! From a [`Frame`] to the constants that the passes read.

use glam::{Affine3A, Vec2, Vec3};
use scene::{Footprint, PinholeCamera, Projection, RegionQuery};

use crate::{
    Background, Blending, Filter, Frame, RenderError, ViewMode,
    consts::{
        BACKGROUND_CHECKER, BACKGROUND_COLORS, BACKGROUND_ENVIRONMENT, BACKGROUND_NONE, BIN,
        GUIDE_AXES, GUIDE_GRID, GUIDE_OUTLINE, KEY_BITS, REGION_POLYGON, REGION_RECT,
        REGION_STROKE, SLOPE_MARGIN, VIEW_ALBEDO, VIEW_CENTERS, VIEW_COLOR, VIEW_CONFIDENCE,
        VIEW_DEPTH, VIEW_LABELS, VIEW_LEVELS, VIEW_METALLIC, VIEW_NORMALS, VIEW_OCCLUSION,
        VIEW_OVERDRAW, VIEW_RINGS, VIEW_ROUGHNESS, VIEW_TILE_LOAD,
    },
    layout::{Backdrop, ChunkView, Region, View},
};

/// Grid and axes fade over so many sizes of the scene.
const REACH: f32 = 12.0;
/// Standard deviation of a dot at a splat's centre, px.
const DOT_SIGMA_PX: f32 = 0.8;

/// A rectangle of the image that is drawn in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Top left corner, px.
    pub origin: [u32; 2],
    /// Width and height, px.
    pub size: [u32; 2],
}

impl Part {
    /// The whole image of a camera.
    pub fn whole(camera: &PinholeCamera) -> Self {
        Self {
            origin: [0, 0],
            size: [camera.width, camera.height],
        }
    }

    /// The image in parts no larger than `side` pixels a side, row by row.
    pub fn split(camera: &PinholeCamera, side: u32) -> impl Iterator<Item = Self> + use<> {
        let (width, height) = (camera.width, camera.height);
        (0..height.div_ceil(side)).flat_map(move |j| {
            (0..width.div_ceil(side)).map(move |i| Self {
                origin: [i * side, j * side],
                size: [(width - i * side).min(side), (height - j * side).min(side)],
            })
        })
    }
}

/// Side of the part that is drawn to find out what lies under a pixel, px.
const ABOUT_SIDE: u32 = BIN;

impl Part {
    /// A small part around a pixel of a camera's image, and where the pixel is in it.
    pub(crate) fn about(camera: &PinholeCamera, pixel: [u32; 2]) -> (Self, [u32; 2]) {
        let origin = pixel.map(|p| p / ABOUT_SIDE * ABOUT_SIDE);
        let size = [
            (camera.width - origin[0]).min(ABOUT_SIDE),
            (camera.height - origin[1]).min(ABOUT_SIDE),
        ];
        let inside = [pixel[0] - origin[0], pixel[1] - origin[1]];
        (Self { origin, size }, inside)
    }

    /// Whether it lies inside the image of a camera, and is not empty.
    pub(crate) fn is_in(&self, camera: &PinholeCamera) -> bool {
        let whole = [camera.width, camera.height];
        (0..2).all(|i| {
            let end = self.origin[i].checked_add(self.size[i]);
            self.size[i] > 0 && end.is_some_and(|end| end <= whole[i])
        })
    }

    /// The same part of an image so many times as large.
    pub(crate) fn scaled(&self, factor: u32) -> Self {
        Self {
            origin: self.origin.map(|v| v * factor),
            size: self.size.map(|v| v * factor),
        }
    }

    /// Parts no larger than `side`, row by row.
    pub(crate) fn pieces(&self, side: u32) -> Vec<Self> {
        let [width, height] = self.size;
        let across = (0..width).step_by(side as usize);
        let rows = (0..height).step_by(side as usize);
        let piece = |x: u32, y: u32| Self {
            origin: [self.origin[0] + x, self.origin[1] + y],
            size: [(width - x).min(side), (height - y).min(side)],
        };
        rows.flat_map(|y| across.clone().map(move |x| piece(x, y)))
            .collect()
    }

    /// Its halves or quarters; none where it is one pixel.
    pub(crate) fn quarters(&self) -> Option<Vec<Self>> {
        let side = self.size[0].max(self.size[1]);
        (side > 1).then(|| self.pieces(side.div_ceil(2)))
    }
}

/// Refuses images without pixels and sides beyond `limit`.
pub(crate) fn check_size(camera: &PinholeCamera, limit: u32) -> Result<(), RenderError> {
    let (width, height) = (camera.width, camera.height);
    if (1..=limit).contains(&width) && (1..=limit).contains(&height) {
        Ok(())
    } else {
        Err(RenderError::ImageSize {
            width,
            height,
            limit,
        })
    }
}

/// The frame's constants. `depths` are the depth ranges of [`crate::layers::Layers::depth_ranges`];
/// capacities are left at "everything fits".
pub(crate) fn view(
    frame: &Frame,
    part: Part,
    chunks: &[ChunkView],
    depths: [(f32, f32); 2],
) -> View {
    let camera = &frame.camera;
    // How far off-axis the projection is linearized, as gsplat: 30 % of the half angle beyond the image.
    let margin_x = SLOPE_MARGIN * 0.5 * camera.width as f32 / camera.fx;
    let margin_y = SLOPE_MARGIN * 0.5 * camera.height as f32 / camera.fy;
    let orthographic = camera.projection == Projection::Orthographic;
    // Parallel rays have no slope: the linearization is the projection itself.
    let spread = if orthographic { 0.0 } else { 1.0 };
    let (depth_min_bits, depth_shift) = depth_key(camera.near, depths[0]);
    View {
        focal: [camera.fx, camera.fy],
        center: [
            camera.cx - part.origin[0] as f32,
            camera.cy - part.origin[1] as f32,
        ],
        size: part.size,
        bins: part.size.map(|s| s.div_ceil(BIN)),
        slope_min: [
            spread * (-camera.cx / camera.fx - margin_x),
            spread * (-camera.cy / camera.fy - margin_y),
        ],
        slope_max: [
            spread * ((camera.width as f32 - camera.cx) / camera.fx + margin_x),
            spread * ((camera.height as f32 - camera.cy) / camera.fy + margin_y),
        ],
        near: camera.near,
        low_pass: match frame.filter {
            Filter::Classic => 0.3,
            Filter::Mip => 0.1,
        },
        compensate: u32::from(frame.filter == Filter::Mip),
        max_sh_degree: frame.max_sh_degree,
        mode: match frame.view {
            ViewMode::Color => VIEW_COLOR,
            ViewMode::Normals => VIEW_NORMALS,
            ViewMode::Depth => VIEW_DEPTH,
            ViewMode::Labels => VIEW_LABELS,
            ViewMode::Confidence => VIEW_CONFIDENCE,
            ViewMode::Centers => VIEW_CENTERS,
            ViewMode::Rings => VIEW_RINGS,
            ViewMode::Albedo => VIEW_ALBEDO,
            ViewMode::Roughness => VIEW_ROUGHNESS,
            ViewMode::Metallic => VIEW_METALLIC,
            ViewMode::Occlusion => VIEW_OCCLUSION,
            ViewMode::Overdraw => VIEW_OVERDRAW,
            ViewMode::TileLoad => VIEW_TILE_LOAD,
            ViewMode::Levels => VIEW_LEVELS,
        },
        show_selection: u32::from(frame.show_selection),
        depth_min_bits,
        depth_shift,
        depth_ramp: depth_ramp(camera.near, depths[1]),
        block_count: chunks.iter().map(|c| c.block_count).sum(),
        bin_blocks: 0,
        visible_capacity: u32::MAX,
        chunk_capacity: u32::MAX,
        intersection_capacity: u32::MAX,
        orthographic: u32::from(orthographic),
        far: camera.far,
        dot: DOT_SIGMA_PX,
        linear: u32::from(frame.blending == Blending::Linear),
        selection_color: u32::from_le_bytes([
            frame.selection_color[0],
            frame.selection_color[1],
            frame.selection_color[2],
            0,
        ]),
        clip_from_view: clip_from_view(frame),
    }
}

/// Rows that map what is drawn to -1..=1; zeros map everything there.
fn clip_from_view(frame: &Frame) -> [[f32; 4]; 3] {
    let Some(clip) = frame.clip else {
        return [[0.0; 4]; 3];
    };
    let map = clip.world_from_box.inverse() * frame.camera.view_from_world.inverse();
    rows(&map)
}

fn rows(map: &Affine3A) -> [[f32; 4]; 3] {
    [0, 1, 2].map(|r| {
        let row = map.matrix3.row(r);
        row.extend(map.translation[r]).to_array()
    })
}

/// What stands behind and between the splats of a part of the frame. `outline` tells whether there is
/// a selection to draw it around; `core` is the box of
/// the splats without strays, world frame.
pub(crate) fn backdrop(
    frame: &Frame,
    part: Part,
    outline: bool,
    core: Option<(Vec3, Vec3)>,
) -> Backdrop {
    let (low, high) = core.unwrap_or((Vec3::ZERO, Vec3::ONE));
    let size = low.distance(high) + low.abs().max(high.abs()).max_element();
    let (background, top, bottom) = match frame.background {
        Background::Transparent => (BACKGROUND_NONE, [0.0; 3], [0.0; 3]),
        Background::Color(color) => (BACKGROUND_COLORS, color, color),
        Background::Gradient { top, bottom } => (BACKGROUND_COLORS, top, bottom),
        Background::Environment => (BACKGROUND_ENVIRONMENT, [0.0; 3], [0.0; 3]),
        Background::Checker => (BACKGROUND_CHECKER, [0.0; 3], [0.0; 3]),
    };
    let wide = |[r, g, b]: [f32; 3]| [r, g, b, 0.0];
    let bit = |on: bool, bit: u32| if on { bit } else { 0 };
    let guides = &frame.guides;
    Backdrop {
        world_from_view: rows(&frame.camera.view_from_world.inverse()),
        top: wide(top),
        bottom: wide(bottom),
        origin: part.origin,
        whole: [frame.camera.width, frame.camera.height],
        background,
        guides: bit(guides.grid, GUIDE_GRID)
            | bit(guides.axes, GUIDE_AXES)
            | bit(outline, GUIDE_OUTLINE),
        ground: guides.ground.unwrap_or(low.y),
        reach: guides.reach.unwrap_or(REACH * size),
        straight_alpha: 0,
        line_px: 1.0,
        padding: [0; 2],
    }
}

/// A region for the passes, and its outline.
pub(crate) fn region(query: &RegionQuery) -> (Region, Vec<[f32; 2]>) {
    let outline: Vec<[f32; 2]> = query
        .region
        .outline()
        .iter()
        .map(|p| p.to_array())
        .collect();
    let (kind, first, last, radius) = match &query.region {
        scene::Region::Rect { min, max } => (REGION_RECT, *min, *max, 0.0),
        scene::Region::Polygon(_) => (REGION_POLYGON, Vec2::ZERO, Vec2::ZERO, 0.0),
        scene::Region::Stroke { from, to, radius } => (REGION_STROKE, *from, *to, *radius),
    };
    let region = Region {
        kind,
        corners: outline.len() as u32,
        ellipses: u32::from(query.footprint == Footprint::Ellipse),
        surface_only: u32::from(query.surface_only),
        first: first.to_array(),
        last: last.to_array(),
        radius,
        padding: 0.0,
    };
    (region, outline)
}

/// Positive floats sort like their bits. The bits of the nearest depth are subtracted and as many low
/// bits dropped as it takes to fit [`KEY_BITS`]: nothing for an object, 2⁻¹⁹ of the depth for a landscape.
fn depth_key(near: f32, (nearest, farthest): (f32, f32)) -> (u32, u32) {
    let low = nearest.max(near).max(f32::MIN_POSITIVE).to_bits();
    let high = farthest
        .clamp(f32::MIN_POSITIVE, f32::MAX)
        .to_bits()
        .max(low);
    // The largest key is kept for slots that cover nothing, the one below it for rounding.
    let needed = u32::BITS - (high - low + 2).leading_zeros();
    (low, needed.saturating_sub(KEY_BITS))
}

fn depth_ramp(near: f32, (nearest, farthest): (f32, f32)) -> [f32; 2] {
    if !(nearest <= farthest) {
        return [0.0, 1.0];
    }
    let low = nearest.max(near).max(f32::MIN_POSITIVE);
    let high = farthest.min(f32::MAX).max(low * 1.001);
    [low.ln(), 1.0 / (high / low).ln()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_sorts_exactly_and_a_landscape_nearly() {
        let (low, shift) = depth_key(0.01, (2.0, 3.9));
        assert_eq!((low, shift), (2.0f32.to_bits(), 0));
        let (_, shift) = depth_key(0.01, (-5.0, 1000.0));
        assert!(shift <= 4, "{shift} bits dropped");
        let (_, shift) = depth_key(0.01, (f32::INFINITY, f32::NEG_INFINITY));
        assert_eq!(shift, 0, "an empty scene must not matter");
    }

    #[test]
    fn parts_tile_the_image() {
        let camera = PinholeCamera::look_at(Vec3::Z, Vec3::ZERO, Vec3::Y, 1.0, [1000, 300]);
        let area: u32 = Part::split(&camera, 256)
            .map(|p| p.size[0] * p.size[1])
            .sum();
        assert_eq!(area, 300_000);
    }
}
