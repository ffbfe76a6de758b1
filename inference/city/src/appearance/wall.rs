//! One wall: how bays and floors fit its length and height.

use super::FacadeStyle;

/// What a wall looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WallKind {
    /// A street or square: shops and doors.
    Street,
    /// A court or garden.
    Court,
    /// The neighbor: no windows.
    Party,
}

/// A wall cut into bays and floors. Lengths in metres; `u` runs from its left end as seen from outside, `v` up
/// from the ground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wall {
    /// Its length.
    pub length: f32,
    /// Height of its eaves above the ground.
    pub height: f32,
    /// What it looks at.
    pub kind: WallKind,
    /// Solid wall at either end.
    pub corner: f32,
    /// Number of bays between the ends; 0 for a wall too short for any.
    pub bays: u32,
    /// Width of a bay.
    pub bay: f32,
    /// Height of the ground floor.
    pub ground_floor: f32,
    /// Number of floors above it.
    pub floors: u32,
    /// Height of a floor.
    pub floor: f32,
    /// Seed of what differs from wall to wall.
    pub seed: u32,
}

impl Wall {
    /// Fits the style's bays and floors into a wall of this size.
    pub fn new(style: &FacadeStyle, length: f32, height: f32, kind: WallKind) -> Self {
        let corner = if length > 3.0 * style.bay {
            0.12 * style.bay
        } else {
            0.0
        };
        let inner = length - 2.0 * corner;
        let bays = if length < 0.7 * style.bay {
            0
        } else {
            (inner / style.bay).round().max(1.0) as u32
        };
        let top = if height > 5.0 { style.cornice } else { 0.2 };
        let usable = (height - top).max(0.5);
        let ground_floor = style.ground_floor.min(usable);
        let floors = ((usable - ground_floor) / style.floor + 0.2).floor();
        let (floors, ground_floor, floor) = if floors < 1.0 {
            (0, usable, style.floor)
        } else {
            // What is left over goes to all floors alike.
            let stretch = usable / (ground_floor + floors * style.floor);
            (floors as u32, ground_floor * stretch, style.floor * stretch)
        };
        Self {
            length,
            height,
            kind,
            corner,
            bays,
            bay: if bays == 0 {
                inner
            } else {
                inner / bays as f32
            },
            ground_floor,
            floors,
            floor,
            seed: style.seed,
        }
    }

    /// Height at which the windows end and the cornice begins.
    pub fn top(&self) -> f32 {
        self.ground_floor + self.floors as f32 * self.floor
    }
}
