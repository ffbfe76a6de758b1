//! Features become a layout.

use std::collections::BTreeMap;

use glam::{DVec2, Vec2};

use super::data::{Feature, Features, LonLat, Shape, Tags};
use super::ground::{ground, wooded};
use super::project::Projection;
use super::{Imported, OsmError, coast, tags};
use crate::dice::{Dice, mix};
use crate::finite::FinitePlan;
use crate::furnish::{self, Furnishing};
use crate::geometry;
use crate::layout::{Area, AreaKind, Building, Lamp, Layout, Polygon, Road, RoadClass, Tree};

/// Corners of footprints nearer than this to a straight line are smoothed away, metres.
const TOLERANCE: f64 = 0.15;
/// Smallest building, m².
const SMALLEST: f64 = 2.0;

/// A building of the map before its parts are sorted out.
struct Footprint {
    building: Building,
    outer: Vec<DVec2>,
    part: bool,
}

/// What is being built.
struct Builder {
    projection: Projection,
    low: DVec2,
    high: DVec2,
    footprints: Vec<Footprint>,
    /// Order of painting, area, polygon, whether trees are wanted there.
    grounds: Vec<(u8, f64, Area, bool)>,
    coast: Vec<Vec<DVec2>>,
    layout: Layout,
    notes: BTreeMap<&'static str, usize>,
}

/// The plan of a map.
pub(super) fn build(features: Features) -> Result<Imported, OsmError> {
    let (projection, low, high) = Projection::of(&features)?;
    let margin = DVec2::splat(f64::from(Layout::APRON));
    let mut builder = Builder {
        projection,
        low: low - margin,
        high: high + margin,
        footprints: Vec::new(),
        grounds: Vec::new(),
        coast: Vec::new(),
        layout: Layout::default(),
        notes: BTreeMap::new(),
    };
    for feature in &features.all {
        builder.add(feature);
    }
    if builder.footprints.is_empty() && builder.layout.roads.is_empty() {
        return Err(OsmError::Empty);
    }
    builder.whole_under_parts();
    builder.lay_ground();
    builder.furnish();

    let mut layout = builder.layout;
    layout.origin = DVec2::ZERO;
    layout.size = (high - low).as_vec2().max(Vec2::ONE);
    // The frame begins at the south-western corner.
    layout.shift((-low).as_vec2());
    let mut warnings = features.warnings;
    warnings.extend(
        builder
            .notes
            .into_iter()
            .map(|(what, count)| format!("{what}: {count}")),
    );
    Ok(Imported {
        plan: FinitePlan::new(layout),
        warnings,
    })
}

impl Builder {
    fn note(&mut self, what: &'static str) {
        *self.notes.entry(what).or_default() += 1;
    }

    fn near(&self, points: &[DVec2]) -> bool {
        let (low, high) = geometry::bounds(points);
        low.cmple(self.high).all() && high.cmpge(self.low).all()
    }

    fn line(&self, line: &[LonLat]) -> Vec<DVec2> {
        let mut points: Vec<DVec2> = line.iter().map(|&p| self.projection.apply(p)).collect();
        points.retain(|p| p.is_finite());
        points.dedup_by(|a, b| a.distance(*b) < 0.01);
        points
    }

    /// A ring without its repeated end, simple and simplified; empty where it cannot be saved.
    fn ring(&mut self, line: &[LonLat], tolerance: f64) -> Vec<DVec2> {
        let points = self.line(line);
        let clean = geometry::clean(&points, 0.05);
        let simple = if geometry::crosses_itself(&clean) {
            self.note("outlines that crossed themselves and were repaired");
            geometry::repair(&clean, 0.05)
        } else {
            clean
        };
        geometry::clean(&geometry::simplify(&simple, tolerance), 0.05)
    }

    fn add(&mut self, feature: &Feature) {
        let tags = &feature.tags;
        match &feature.shape {
            Shape::Point(place) => self.point(feature.id, tags, *place),
            Shape::Line(line) => {
                let line = self.line(line);
                if line.len() >= 2 && self.near(&line) {
                    self.linear(feature.id, tags, line);
                }
            }
            Shape::Area { outer, holes } => {
                let hidden =
                    tags.is("location", &["underground"]) || tags.is("building", &["ship", "no"]);
                if (tags.has("building") || tags.has("building:part")) && !hidden {
                    self.building(feature, outer, holes);
                } else if let Some((kind, order)) = ground(tags) {
                    self.ground(kind, order, wooded(tags), outer, holes);
                } else if let Some((class, width)) = tags::street(tags) {
                    let line = self.line(outer);
                    self.street(feature.id, class, width, line);
                }
            }
        }
    }

    fn point(&mut self, id: u64, tags: &Tags, place: LonLat) {
        let at = self.projection.apply(place);
        if !self.near(&[at]) {
            return;
        }
        let mut dice = Dice::new(id, &[1]);
        if tags.is("natural", &["tree"]) {
            let said = tags
                .get("height")
                .and_then(tags::length)
                .filter(|h| (1.0..60.0).contains(h));
            let height = said.unwrap_or(dice.within(6.0, 12.0) as f32);
            self.layout.trees.push(Tree {
                at: at.as_vec2(),
                height,
                style: dice.next(),
            });
        } else if tags.is("highway", &["street_lamp"]) {
            self.layout.lamps.push(Lamp {
                at: at.as_vec2(),
                heading: f32::NAN,
            });
        }
    }

    fn linear(&mut self, id: u64, tags: &Tags, line: Vec<DVec2>) {
        if tags.is("natural", &["coastline"]) {
            self.coast.push(line);
        } else if tags.is("natural", &["tree_row"]) {
            let mut dice = Dice::new(id, &[2]);
            for (at, _) in furnish::steps(&line, 4.0, 8.0) {
                let height = dice.within(7.0, 11.0) as f32;
                self.layout.trees.push(Tree {
                    at: at.as_vec2(),
                    height,
                    style: dice.next(),
                });
            }
        } else if let Some((class, width)) = tags::street(tags) {
            self.street(id, class, width, line);
        }
    }

    fn street(&mut self, id: u64, class: RoadClass, width: f32, line: Vec<DVec2>) {
        if line.len() >= 2 && self.near(&line) {
            self.layout.roads.push(Road {
                id,
                line: line.iter().map(|p| p.as_vec2()).collect(),
                start: 0.0,
                width,
                class,
            });
        }
    }

    fn building(&mut self, feature: &Feature, outer: &[LonLat], holes: &[Vec<LonLat>]) {
        let outer = self.ring(outer, TOLERANCE);
        let covered = geometry::area(&outer).abs();
        if covered < SMALLEST {
            self.note("buildings without a usable outline, left out");
            return;
        }
        if !self.near(&outer) {
            return;
        }
        let holes: Vec<Vec<DVec2>> = holes
            .iter()
            .map(|hole| self.ring(hole, TOLERANCE))
            .filter(|hole| geometry::area(hole).abs() > SMALLEST)
            .collect();
        let tags = &feature.tags;
        let heights = tags::heights(tags, covered as f32);
        if heights.wrong {
            self.note("buildings with impossible heights, given usual ones");
        }
        self.footprints.push(Footprint {
            building: Building {
                id: feature.id,
                footprint: geometry::polygon(&outer, &holes, DVec2::ZERO),
                base: heights.base,
                height: heights.eaves,
                usage: tags::usage(tags, covered as f32, heights.eaves),
                levels: heights.levels,
                roof: tags::roof(tags),
                family: tags::family(tags),
                style: mix(feature.id, 77),
                context: false,
            },
            outer,
            part: !tags.has("building"),
        });
    }

    /// Where parts describe a building, its outline is not built; a part without a use has that of its building.
    fn whole_under_parts(&mut self) {
        let (mut parts, mut wholes): (Vec<Footprint>, Vec<Footprint>) =
            std::mem::take(&mut self.footprints)
                .into_iter()
                .partition(|f| f.part);
        let middles: Vec<DVec2> = parts
            .iter()
            .map(|part| geometry::inner_point(&part.outer))
            .collect();
        wholes.retain(|whole| {
            let (low, high) = geometry::bounds(&whole.outer);
            let mut covered = 0.0;
            for (part, middle) in parts.iter_mut().zip(&middles) {
                let near = middle.cmpge(low).all() && middle.cmple(high).all();
                if near && geometry::contains(&whole.outer, *middle) {
                    covered += geometry::area(&part.outer).abs();
                    part.building.usage = whole.building.usage;
                    part.building.family = part.building.family.or(whole.building.family);
                }
            }
            covered < 0.6 * geometry::area(&whole.outer).abs()
        });
        self.layout.buildings = wholes
            .into_iter()
            .chain(parts)
            .map(|f| f.building)
            .collect();
    }

    fn ground(
        &mut self,
        kind: AreaKind,
        order: u8,
        wooded: bool,
        outer: &[LonLat],
        holes: &[Vec<LonLat>],
    ) {
        let outer = self.ring(outer, 2.0 * TOLERANCE);
        if outer.is_empty() || !self.near(&outer) {
            return;
        }
        let holes: Vec<Vec<DVec2>> = holes
            .iter()
            .map(|hole| self.ring(hole, 2.0 * TOLERANCE))
            .filter(|hole| !hole.is_empty())
            .collect();
        let polygon = geometry::polygon(&self.within(&outer), &holes, DVec2::ZERO);
        let size = geometry::area(&outer).abs();
        self.grounds
            .push((order, size, Area { kind, polygon }, wooded));
    }

    /// The part of a ring on the map.
    fn within(&self, ring: &[DVec2]) -> Vec<DVec2> {
        let mut ring = ring.to_vec();
        for (at, along) in [
            (self.low, DVec2::X),
            (self.high, DVec2::Y),
            (self.high, DVec2::NEG_X),
            (self.low, DVec2::NEG_Y),
        ] {
            ring = geometry::split(&ring, at, along).0;
        }
        ring
    }

    fn lay_ground(&mut self) {
        for sea in coast::sea(&self.coast, self.low, self.high) {
            self.layout.areas.push(Area {
                kind: AreaKind::Water,
                polygon: Polygon {
                    outer: sea.iter().map(|p| p.as_vec2()).collect(),
                    holes: Vec::new(),
                },
            });
        }
        self.grounds
            .sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        self.layout
            .areas
            .extend(self.grounds.iter().map(|(_, _, area, _)| area.clone()));
    }

    fn furnish(&mut self) {
        let parks: Vec<Polygon> = self
            .grounds
            .iter()
            .filter(|(_, size, _, wooded)| *wooded && *size > 400.0)
            .map(|(_, _, area, _)| area.polygon.clone())
            .collect();
        let lit = !self.layout.lamps.is_empty();
        let lamps = std::mem::take(&mut self.layout.lamps);
        let style = Furnishing {
            seed: 1,
            trees: if self.layout.trees.is_empty() {
                0.6
            } else {
                0.0
            },
            cars: 0.55,
            lamps: !lit,
            ..Furnishing::default()
        };
        furnish::streets(&mut self.layout, &style);
        furnish::parking(&mut self.layout, &style);
        let groves: Vec<_> = parks.iter().map(|park| (park, 140.0)).collect();
        furnish::groves(&mut self.layout, &groves, &style);
        furnish::turn_lamps(&mut self.layout, lamps);
    }
}
