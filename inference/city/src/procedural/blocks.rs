//! What a block becomes: by how central it is, and by chance.

use glam::DVec2;

use super::parcels::{fits, house, parcels, pond, rectangle, slabs, tower};
use super::perimeter::{Ring, perimeter};
use super::style::CityStyle;
use crate::dice::{Dice, mix};
use crate::geometry::{self, bounding_rectangle, inset_all, left};
use crate::layout::{Area, AreaKind, Building, BuildingUse, Family, Layout, RoofShape};

/// Metres from floor to floor.
const FLOOR: f64 = 3.3;

/// What a quarter is besides how central.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quarter {
    /// Follows its distance from the center.
    Mixed,
    /// Slabs on lawns.
    Modern,
    /// Works and stores.
    Works,
    /// One large park.
    Park,
}

/// Builds the blocks of a quarter into a layout.
pub(super) struct Blocks<'a> {
    pub(super) style: &'a CityStyle,
    pub(super) quarter: Quarter,
    pub(super) layout: &'a mut Layout,
    /// Lawns on which trees are wanted, and how many m² each has.
    pub(super) groves: Vec<(Area, f64)>,
    /// What building numbers are made of.
    pub(super) id: u64,
    pub(super) dice: Dice,
}

/// One building to be.
struct House {
    height: f64,
    usage: BuildingUse,
    roof: Option<RoofShape>,
    family: Option<Family>,
    style: u64,
}

impl Blocks<'_> {
    /// Fills a block (counter-clockwise, along its building line) that is so central. `park` says that it stays green.
    pub(super) fn fill(&mut self, block: &[DVec2], center: f64, park: bool) {
        let area = geometry::area(block);
        let size = bounding_rectangle(block);
        self.dice = Dice::new(
            self.id,
            &[self.layout.buildings.len() as u64, area.to_bits()],
        );
        if area < 320.0 || size.half.y < 6.0 {
            self.ground(AreaKind::Park, block, 90.0);
        } else if park || self.quarter == Quarter::Park {
            self.park(block);
        } else if self.quarter == Quarter::Works && center < 0.4 {
            self.works(block);
        } else if self.quarter == Quarter::Modern && area > 3000.0 && center < 0.42 {
            self.modern(block);
        } else if center > 0.6 {
            self.core(block, center);
        } else if center > 0.16 {
            self.town(block, center);
        } else {
            self.suburb(block);
        }
    }

    fn ground(&mut self, kind: AreaKind, ring: &[DVec2], grove: f64) {
        let polygon = geometry::polygon(ring, &[], self.layout.origin);
        let area = Area { kind, polygon };
        self.layout.areas.push(area.clone());
        if grove > 0.0 {
            self.groves.push((area, grove));
        }
    }

    fn build(&mut self, ring: &[DVec2], base: f64, house: House) {
        let ring = geometry::clean(ring, 0.2);
        if geometry::area(&ring).abs() < 8.0 {
            return;
        }
        let id = mix(self.id, self.layout.buildings.len() as u64);
        self.layout.buildings.push(Building {
            id,
            footprint: geometry::polygon(&ring, &[], self.layout.origin),
            base: base as f32,
            height: (base + house.height) as f32,
            usage: house.usage,
            levels: None,
            roof: house.roof,
            family: house.family,
            style: house.style,
            context: false,
        });
    }

    /// Height of so many floors over a ground floor, with the slider and some chance, metres.
    fn floors(&mut self, floors: f64) -> f64 {
        let floors = (floors * f64::from(self.style.height) + 0.7 * self.dice.bell())
            .round()
            .max(1.0);
        1.3 + floors * FLOOR
    }

    fn flats(&mut self, floors: f64, shared: u64) -> House {
        // Neighbors often were built together.
        let style = if self.dice.chance(0.4) {
            shared
        } else {
            self.dice.next()
        };
        House {
            height: self.floors(floors),
            usage: BuildingUse::Apartments,
            roof: None,
            family: None,
            style,
        }
    }

    fn park(&mut self, block: &[DVec2]) {
        self.ground(AreaKind::Park, block, 130.0);
        let usual = if self.quarter == Quarter::Park {
            0.05
        } else {
            0.25
        };
        let wet = self.dice.chance(usual + 0.6 * f64::from(self.style.water));
        if let Some(pond) =
            pond(block, &mut self.dice).filter(|_| wet && geometry::area(block) > 5000.0)
        {
            self.ground(AreaKind::Water, &pond, 0.0);
        }
    }

    fn square(&mut self, block: &[DVec2]) {
        self.ground(AreaKind::Square, block, 330.0);
        let size = bounding_rectangle(block);
        if size.half.y < 24.0 || !self.dice.chance(0.6) {
            return;
        }
        // A church or a hall: nave and transept.
        let long = self.dice.within(34.0, 52.0).min(1.4 * size.half.x);
        let wide = 0.42 * long;
        let nave = rectangle(size.center, size.axis, DVec2::new(long, wide));
        let at = size.center + size.axis * 0.12 * long;
        let transept = rectangle(at, left(size.axis), DVec2::new(0.72 * long, 0.9 * wide));
        if fits(&nave, block, 3.0) && fits(&transept, block, 3.0) {
            let style = self.dice.next();
            let dome = self.dice.chance(0.35);
            let part = |height: f64, roof| House {
                height,
                usage: BuildingUse::Landmark,
                roof: Some(roof),
                family: Some(Family::Stone),
                style,
            };
            let height = self.dice.within(11.0, 16.0);
            self.build(&nave, 0.0, part(height, RoofShape::Gabled));
            self.build(&transept, 0.0, part(height + 0.5, RoofShape::Gabled));
            let tower_at = if dome {
                at
            } else {
                size.center - size.axis * (0.5 * long - 0.2 * wide)
            };
            let side = if dome { 0.8 * wide } else { 0.45 * wide };
            let tower = rectangle(tower_at, size.axis, DVec2::splat(side));
            let roof = if dome {
                RoofShape::Dome
            } else {
                RoofShape::Pyramid
            };
            let above = if dome {
                6.0
            } else {
                self.dice.within(14.0, 26.0)
            };
            self.build(&tower, 0.0, part(height + above, roof));
        }
    }

    fn core(&mut self, block: &[DVec2], center: f64) {
        if self.dice.chance(0.05) {
            return self.square(block);
        }
        let towers = f64::from(self.style.towers) * (0.4 + 1.6 * (center - 0.55)).clamp(0.1, 1.0);
        let many = geometry::area(block) > 2200.0;
        if many && self.dice.chance(1.3 * towers) {
            for lot in parcels(block, 3400.0, 32.0, &mut self.dice) {
                self.high_rise(&lot, center);
            }
            return;
        }
        self.ring(block, 6.6 + 2.2 * (center - 0.6));
    }

    /// A base along the street and a tower on it, or an office block.
    fn high_rise(&mut self, lot: &[DVec2], center: f64) {
        let inset = self.dice.within(0.5, 3.0);
        let Some(base) = inset_all(lot, inset).map(|i| i.points) else {
            return;
        };
        let shape = tower(&base, &mut self.dice).filter(|_| self.dice.clone().chance(0.75));
        let style = self.dice.next();
        let floors = if shape.is_some() {
            self.dice.within(2.0, 4.0)
        } else {
            self.dice.within(6.0, 10.0)
        };
        let height = self.floors(floors);
        let office = self.dice.chance(0.75);
        let usage = match (&shape, office) {
            (Some(_), _) => BuildingUse::Podium,
            (None, true) => BuildingUse::Office,
            (None, false) => BuildingUse::Apartments,
        };
        let flat = Some(RoofShape::Flat);
        self.build(
            &base,
            0.0,
            House {
                height,
                usage,
                roof: flat,
                family: None,
                style,
            },
        );
        if let Some(shape) = shape {
            let tall =
                self.dice.within(24.0, 70.0) + 70.0 * (center - 0.6).max(0.0) * self.dice.unit();
            let glass = self.dice.chance(0.6);
            let tower = House {
                height: tall * f64::from(self.style.height),
                usage: if office {
                    BuildingUse::Office
                } else {
                    BuildingUse::Apartments
                },
                roof: flat,
                family: glass.then_some(Family::Glass),
                style: self.dice.next(),
            };
            self.build(&shape, height, tower);
        }
    }

    /// The compact town: rings of houses, lower and looser towards the outside.
    fn town(&mut self, block: &[DVec2], center: f64) {
        if self.dice.chance(0.035) {
            return self.square(block);
        }
        let open = 0.5 - center;
        if open > 0.0 && self.dice.chance(0.55 * open) && geometry::area(block) > 5000.0 {
            return self.modern(block);
        }
        self.ring(block, 2.9 + 6.0 * center);
    }

    /// A ring of houses around a yard; where there is no room for one, houses wall to wall.
    fn ring(&mut self, block: &[DVec2], floors: f64) {
        let shared = self.dice.next();
        let ring = Ring {
            depth: self.dice.within(11.5, 14.0),
            frontage: if floors < 3.6 { 15.0 } else { 21.0 },
            wings: if floors > 4.5 { 0.45 } else { 0.15 },
        };
        let open = self.dice.chance(f64::from(self.style.courtyards));
        let built = perimeter(block, &ring, &mut self.dice)
            .filter(|p| open || geometry::area(&p.yard) > 1500.0);
        let Some(built) = built else {
            self.ground(AreaKind::Court, block, 0.0);
            for lot in parcels(block, 520.0, 15.0, &mut self.dice) {
                if !self.dice.chance(0.05) {
                    let house = self.flats(floors, shared);
                    self.build(&lot, 0.0, house);
                }
            }
            return;
        };
        let green = self.dice.chance(0.35 + 0.5 * f64::from(self.style.green));
        let kind = if green {
            AreaKind::Park
        } else {
            AreaKind::Court
        };
        self.ground(kind, &built.yard, if green { 110.0 } else { 400.0 });
        let missing = if floors < 4.0 { 0.14 } else { 0.04 };
        for shape in &built.houses {
            if self.dice.chance(missing) {
                self.ground(AreaKind::Park, shape, 60.0);
                continue;
            }
            let house = self.flats(floors, shared);
            self.build(shape, 0.0, house);
        }
        self.yard_house(&built.yard, floors);
    }

    /// A lower house in the middle of a large yard.
    fn yard_house(&mut self, yard: &[DVec2], floors: f64) {
        let size = bounding_rectangle(yard);
        if size.half.y < 17.0 || !self.dice.chance(0.45) {
            return;
        }
        let long = self.dice.within(0.7, 1.1) * size.half.x;
        let shape = rectangle(
            size.center,
            size.axis,
            DVec2::new(long, self.dice.within(9.0, 12.0)),
        );
        if fits(&shape, yard, 7.0) {
            let lower = self.dice.within(0.3, 0.8) * floors;
            let seed = self.dice.next();
            let house = self.flats(lower, seed);
            self.build(&shape, 0.0, house);
        }
    }

    fn modern(&mut self, block: &[DVec2]) {
        self.ground(AreaKind::Park, block, 150.0);
        let rows = slabs(block, &mut self.dice);
        let style = self.dice.next();
        let floors = self.dice.within(4.0, 8.5);
        for shape in rows {
            let mut house = self.flats(floors, style);
            house.roof = Some(RoofShape::Flat);
            house.family = Some(if style & 1 == 0 {
                Family::Concrete
            } else {
                Family::Plaster
            });
            house.style = style;
            self.build(&shape, 0.0, house);
        }
        self.lot(block, 15.0, 34.0);
    }

    /// A place for cars on one side of a block, where nothing stands.
    fn lot(&mut self, block: &[DVec2], wide: f64, long: f64) {
        let size = bounding_rectangle(block);
        let across = left(size.axis);
        for side in [1.0, -1.0] {
            let at = size.center + across * side * (size.half.y - 0.5 * wide - 3.0);
            let shape = rectangle(at, size.axis, DVec2::new(long.min(1.4 * size.half.x), wide));
            let origin = self.layout.origin;
            let taken = self.layout.buildings.iter().any(|b| {
                b.footprint.outer.iter().any(|p| {
                    let p = origin + p.as_dvec2();
                    geometry::contains(&shape, p) || geometry::distance_to(&shape, p) < 2.0
                })
            });
            if !taken && fits(&shape, block, 1.0) {
                return self.ground(AreaKind::Asphalt, &shape, 0.0);
            }
        }
    }

    fn works(&mut self, block: &[DVec2]) {
        let kind = if self.dice.chance(0.7) {
            AreaKind::Asphalt
        } else {
            AreaKind::Bare
        };
        for lot in parcels(block, 6500.0, 40.0, &mut self.dice) {
            if self.dice.chance(0.12) {
                self.ground(AreaKind::Park, &lot, 120.0);
                continue;
            }
            if let Some(yard) = inset_all(&lot, 2.0) {
                self.ground(kind, &yard.points, 0.0);
            }
            let size = bounding_rectangle(&lot);
            let hall = DVec2::new(2.0 * size.half.x - 22.0, 2.0 * size.half.y - 26.0);
            for shrink in [1.0, 0.8, 0.6] {
                let shape = rectangle(size.center, size.axis, hall * shrink);
                if hall.min_element() > 10.0 && fits(&shape, &lot, 4.0) {
                    let house = House {
                        height: self.dice.within(7.0, 13.0),
                        usage: BuildingUse::Industrial,
                        roof: None,
                        family: None,
                        style: self.dice.next(),
                    };
                    self.build(&shape, 0.0, house);
                    break;
                }
            }
        }
    }

    fn suburb(&mut self, block: &[DVec2]) {
        self.ground(AreaKind::Park, block, 210.0);
        let lots = parcels(
            block,
            self.dice.clone().within(460.0, 680.0),
            14.0,
            &mut self.dice,
        );
        for lot in lots {
            let Some((shape, along)) = house(&lot, block, &mut self.dice) else {
                continue;
            };
            let floors = if self.dice.chance(0.6) { 1.0 } else { 2.0 };
            let home = House {
                height: self.dice.within(2.4, 3.2) + FLOOR * (floors - 1.0),
                usage: BuildingUse::House,
                roof: self.dice.chance(0.75).then_some(RoofShape::Gabled),
                family: None,
                style: self.dice.next(),
            };
            self.build(&shape, 0.0, home);
            if self.dice.chance(0.4) {
                let side = if self.dice.chance(0.5) { 1.0 } else { -1.0 };
                let middle = geometry::centroid(&shape);
                let at = middle + along * side * 10.5 + left(along) * self.dice.within(-2.0, 4.0);
                let shed = rectangle(at, left(along), DVec2::new(6.0, 3.6));
                if fits(&shed, &lot, 0.6) && shed.iter().all(|&p| !geometry::contains(&shape, p)) {
                    let garage = House {
                        height: 2.6,
                        usage: BuildingUse::Shed,
                        roof: Some(RoofShape::Flat),
                        family: None,
                        style: self.dice.next(),
                    };
                    self.build(&shed, 0.0, garage);
                }
            }
        }
    }
}
