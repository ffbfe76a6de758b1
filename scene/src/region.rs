//! Regions of the image and the splats in them.

use glam::Vec2;

use crate::NodeId;

/// Sides of the half circle at either end of a stroke's outline.
const ROUND: usize = 12;

/// A region of the image, pixels.
#[derive(Debug, Clone, PartialEq)]
pub enum Region {
    /// Between two corners.
    Rect {
        /// Top left.
        min: Vec2,
        /// Bottom right.
        max: Vec2,
    },
    /// Inside an outline, by the even-odd rule.
    Polygon(Vec<Vec2>),
    /// Within a radius of a stroke from one point to the next.
    Stroke {
        /// Where it was.
        from: Vec2,
        /// Where it is.
        to: Vec2,
        /// Half its width.
        radius: f32,
    },
}

impl Region {
    /// Whether a pixel position lies inside.
    pub fn contains(&self, p: Vec2) -> bool {
        match self {
            Self::Rect { min, max } => p.cmpge(*min).all() && p.cmple(*max).all(),
            Self::Polygon(corners) => inside_polygon(corners, p),
            Self::Stroke { from, to, radius } => {
                let nearest = *from + (*to - *from) * along(*from, *to, p);
                (p - nearest).length_squared() <= radius * radius
            }
        }
    }

    /// Distance of a position from the middle of a stroke in radii; 0 inside of anything else, 2 outside.
    pub fn radii_from_stroke(&self, p: Vec2) -> f32 {
        match self {
            Self::Stroke { from, to, radius } => {
                let away = (p - *from - (*to - *from) * along(*from, *to, p)).length();
                if *radius > 0.0 { away / radius } else { 2.0 }
            }
            _ if self.contains(p) => 0.0,
            _ => 2.0,
        }
    }

    /// Corners of an outline around it: those of the region itself, and of a polygon about a stroke.
    pub fn outline(&self) -> Vec<Vec2> {
        match self {
            Self::Rect { min, max } => {
                vec![*min, Vec2::new(max.x, min.y), *max, Vec2::new(min.x, max.y)]
            }
            Self::Polygon(corners) => corners.clone(),
            Self::Stroke { from, to, radius } => {
                let along = (*to - *from).normalize_or(Vec2::X);
                let half_turn = |center: Vec2, start: f32| {
                    (0..=ROUND).map(move |i| {
                        let angle = start + std::f32::consts::PI * i as f32 / ROUND as f32;
                        center + Vec2::from_angle(angle).rotate(along) * *radius
                    })
                };
                let quarter = std::f32::consts::FRAC_PI_2;
                half_turn(*to, -quarter)
                    .chain(half_turn(*from, quarter))
                    .collect()
            }
        }
    }

    /// A box around it, for a quick no.
    pub fn bounds(&self) -> (Vec2, Vec2) {
        match self {
            Self::Rect { min, max } => (*min, *max),
            Self::Polygon(corners) => corners.iter().fold(
                (Vec2::splat(f32::INFINITY), Vec2::splat(f32::NEG_INFINITY)),
                |(lo, hi), p| (lo.min(*p), hi.max(*p)),
            ),
            Self::Stroke { from, to, radius } => (from.min(*to) - *radius, from.max(*to) + *radius),
        }
    }
}

/// Where on the way between two points a third is nearest, 0..=1.
fn along(from: Vec2, to: Vec2, p: Vec2) -> f32 {
    let way = to - from;
    let length = way.length_squared();
    if length > 0.0 {
        ((p - from).dot(way) / length).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

fn inside_polygon(corners: &[Vec2], p: Vec2) -> bool {
    let mut inside = false;
    for (i, a) in corners.iter().enumerate() {
        let b = corners[(i + 1) % corners.len()];
        if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    inside
}

/// What of a splat must meet a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Footprint {
    /// Its centre.
    #[default]
    Center,
    /// Its ellipse at two standard deviations, or its centre.
    Ellipse,
}

/// Which splats are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionQuery {
    /// Where on the image.
    pub region: Region,
    /// What of a splat must meet it.
    pub footprint: Footprint,
    /// Only splats that are not behind what is seen: the depth at which half of a pixel's light is stopped.
    pub surface_only: bool,
}

/// A set of splats, one bit a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegionMask {
    /// Layers with their rows, 32 in a word, the lowest bit first.
    pub layers: Vec<(NodeId, Vec<u32>)>,
}

impl RegionMask {
    /// Whether a row of a layer is in the set.
    pub fn contains(&self, node: NodeId, row: usize) -> bool {
        let words = self.layers.iter().find(|(id, _)| *id == node);
        words.is_some_and(|(_, words)| {
            words
                .get(row / 32)
                .is_some_and(|w| w >> (row % 32) & 1 != 0)
        })
    }

    /// Splats in the set.
    pub fn count(&self) -> usize {
        let words = self.layers.iter().flat_map(|(_, words)| words);
        words.map(|w| w.count_ones() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_concave_outline_leaves_its_notch_out() {
        let corners = [
            (0.0, 0.0),
            (10.0, 0.0),
            (10.0, 10.0),
            (5.0, 2.0),
            (0.0, 10.0),
        ];
        let region = Region::Polygon(corners.map(|(x, y)| Vec2::new(x, y)).into());
        assert!(region.contains(Vec2::new(1.0, 5.0)), "left arm");
        assert!(region.contains(Vec2::new(9.0, 5.0)), "right arm");
        assert!(!region.contains(Vec2::new(5.0, 6.0)), "notch");
    }

    #[test]
    fn a_stroke_covers_the_way_between_two_moves() {
        let region = Region::Stroke {
            from: Vec2::ZERO,
            to: Vec2::new(100.0, 0.0),
            radius: 5.0,
        };
        assert!(region.contains(Vec2::new(50.0, 4.0)), "beside the middle");
        assert!(!region.contains(Vec2::new(50.0, 6.0)), "too far");
        assert!(region.contains(Vec2::new(103.0, 3.0)), "round end");
    }

    #[test]
    fn a_strokes_outline_is_about_as_large_as_the_stroke() {
        let stroke = Region::Stroke {
            from: Vec2::new(3.0, 4.0),
            to: Vec2::new(30.0, 9.0),
            radius: 5.0,
        };
        let outline = Region::Polygon(stroke.outline());
        let mut differ = 0;
        for i in 0..4000 {
            let p = Vec2::new((i % 80) as f32 * 0.5, (i / 80) as f32 * 0.5);
            differ += usize::from(outline.contains(p) != stroke.contains(p));
        }
        assert!(differ < 20, "{differ} of 4000 points");
    }
}
