//! The look of one building, drawn from its seed, and its description in numbers.

use glam::Vec3;

use crate::{
    layout::{Building, BuildingUse, Family},
    random::Random,
};

/// Length of [`FacadeStyle::numbers`].
pub const STYLE_NUMBERS: usize = 32;

/// Everything about a façade that is the same all around the building. Lengths in metres, colors linear.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacadeStyle {
    /// Material.
    pub family: Family,
    /// Color of the wall.
    pub base: Vec3,
    /// Cornices, surrounds, sills.
    pub trim: Vec3,
    /// Window frames.
    pub frame: Vec3,
    /// Glass of curtain walls, and of shop signs the color.
    pub tint: Vec3,
    /// Wanted width of a bay.
    pub bay: f32,
    /// Wanted height of a floor.
    pub floor: f32,
    /// Wanted height of the ground floor.
    pub ground_floor: f32,
    /// Width of a window as a share of its bay.
    pub window_width: f32,
    /// Lower edge of a window as a share of its floor.
    pub window_low: f32,
    /// Upper edge of a window as a share of its floor.
    pub window_high: f32,
    /// Casements side by side, 1 to 3.
    pub panes: u32,
    /// Rows of panes, 1 to 3.
    pub rows: u32,
    /// Width of the trim around a window; 0 for none.
    pub surround: f32,
    /// Probability of a blind.
    pub blinds: f32,
    /// Probability of a lit window after dusk.
    pub lit: f32,
    /// Color of that light, 0 warm to 1 cool.
    pub cool: f32,
    /// Whether there are shops behind the street side of the ground floor.
    pub shops: bool,
    /// Whether the ground floor is of ashlar.
    pub rustic: bool,
    /// Whether the corners are set with quoins.
    pub quoins: bool,
    /// Whether bands run under the sills.
    pub bands: bool,
    /// Height of the cornice; 0 for none.
    pub cornice: f32,
    /// Every so many-th bay has balconies; 0 for none.
    pub balconies: u32,
    /// How dirty, 0..1.
    pub weather: f32,
    /// Seed of what differs from window to window.
    pub seed: u32,
}

const BRICK: [[f32; 3]; 5] = [
    [0.34, 0.13, 0.08],
    [0.40, 0.20, 0.125],
    [0.27, 0.115, 0.075],
    [0.45, 0.31, 0.19],
    [0.30, 0.17, 0.12],
];
const PLASTER: [[f32; 3]; 9] = [
    [0.66, 0.49, 0.22],
    [0.62, 0.52, 0.34],
    [0.58, 0.33, 0.17],
    [0.42, 0.49, 0.40],
    [0.64, 0.60, 0.50],
    [0.58, 0.36, 0.26],
    [0.36, 0.43, 0.49],
    [0.60, 0.43, 0.24],
    [0.50, 0.44, 0.36],
];
const STONE: [[f32; 3]; 4] = [
    [0.48, 0.43, 0.34],
    [0.40, 0.38, 0.34],
    [0.52, 0.43, 0.32],
    [0.36, 0.30, 0.26],
];
const CONCRETE: [[f32; 3]; 4] = [
    [0.40, 0.39, 0.365],
    [0.46, 0.44, 0.40],
    [0.33, 0.33, 0.335],
    [0.44, 0.39, 0.33],
];
const GLASS: [[f32; 3]; 4] = [
    [0.16, 0.24, 0.30],
    [0.13, 0.19, 0.21],
    [0.24, 0.25, 0.23],
    [0.10, 0.14, 0.20],
];
const FRAMES: [[f32; 3]; 5] = [
    [0.66, 0.65, 0.61],
    [0.62, 0.60, 0.54],
    [0.030, 0.030, 0.034],
    [0.15, 0.085, 0.05],
    [0.09, 0.14, 0.115],
];
const SIGNS: [[f32; 3]; 7] = [
    [0.04, 0.05, 0.07],
    [0.22, 0.035, 0.03],
    [0.03, 0.10, 0.20],
    [0.05, 0.14, 0.08],
    [0.45, 0.32, 0.06],
    [0.42, 0.40, 0.36],
    [0.16, 0.08, 0.14],
];

impl FacadeStyle {
    /// The look of a building: its family where it has one, everything else from its seed.
    pub fn of(building: &Building) -> Self {
        let mut random = Random::new(building.style, 1);
        let family = building
            .family
            .unwrap_or_else(|| family_of(building, &mut random));
        let mut style = Self::of_family(family, &mut random);
        match building.usage {
            BuildingUse::Landmark => style.make_grand(building.height),
            BuildingUse::House | BuildingUse::Shed => {
                style.shops = false;
                style.balconies = 0;
                style.rustic = false;
                style.ground_floor = style.floor;
                style.cornice = style.cornice.min(0.25);
            }
            BuildingUse::Industrial => {
                style.shops = false;
                style.balconies = 0;
                style.rustic = false;
                style.bay *= 1.6;
                style.panes = 3;
            }
            BuildingUse::Podium => {
                style.shops = true;
                style.balconies = 0;
            }
            BuildingUse::Office => style.balconies = 0,
            BuildingUse::Apartments => {}
        }
        if building.height < 8.0 {
            style.shops &= building.usage == BuildingUse::Podium;
            style.ground_floor = style.ground_floor.min(3.6);
        }
        style
    }

    fn of_family(family: Family, random: &mut Random) -> Self {
        let base = base_color(family, random);
        let modern = matches!(family, Family::Concrete | Family::Glass);
        let trim = match family {
            Family::Concrete => base * 1.08,
            Family::Glass => Vec3::splat(random.range(0.10, 0.4)),
            Family::Plaster if random.chance(0.35) => (base * 1.25).min(Vec3::splat(0.66)),
            _ => Vec3::new(0.62, 0.585, 0.515) * random.range(0.78, 1.0),
        };
        let frame = if modern && random.chance(0.7) {
            Vec3::new(0.035, 0.036, 0.04)
        } else {
            Vec3::from(random.pick(&FRAMES))
        };
        let bay = if modern {
            random.range(2.7, 3.6)
        } else {
            random.range(2.3, 3.2)
        };
        let floor = random.range(3.0, 3.65);
        // Edges on twelfths of bay and floor fall between cells of the finest lattices.
        let wide = if modern {
            [8.0, 8.0, 10.0]
        } else {
            [4.0, 6.0, 6.0]
        };
        let low = if modern && random.chance(0.35) {
            1.0
        } else {
            random.pick(&[2.0, 3.0, 3.0])
        };
        Self {
            family,
            base,
            trim,
            frame,
            tint: Vec3::from(if family == Family::Glass {
                random.pick(&GLASS)
            } else {
                random.pick(&SIGNS)
            }),
            bay,
            floor,
            ground_floor: random.range(4.0, 4.8),
            window_width: random.pick(&wide) / 12.0,
            window_low: low / 12.0,
            window_high: random.pick(&[10.0, 10.0, 9.0]) / 12.0,
            panes: if modern { random.pick(&[1, 2, 3]) } else { 2 },
            rows: if modern {
                1
            } else {
                random.pick(&[1, 2, 2, 3])
            },
            surround: if modern || random.chance(0.2) {
                0.0
            } else {
                0.16
            },
            blinds: random.range(0.12, 0.5),
            lit: random.range(0.28, 0.5),
            cool: if modern {
                random.range(0.3, 0.9)
            } else {
                random.range(0.0, 0.35)
            },
            shops: random.chance(0.65),
            rustic: !modern && random.chance(0.6),
            quoins: !modern && random.chance(0.4),
            bands: !modern && random.chance(0.5),
            cornice: if modern { 0.3 } else { random.range(0.4, 0.7) },
            balconies: if family != Family::Glass && random.chance(0.55) {
                random.pick(&[2, 3, 4])
            } else {
                0
            },
            weather: random.range(0.25, 1.0),
            seed: random.bits() as u32,
        }
    }

    /// Tall windows, pale stone, a heavy cornice.
    fn make_grand(&mut self, height: f32) {
        if self.family == Family::Glass || self.family == Family::Concrete {
            return;
        }
        if self.family == Family::Plaster {
            self.base = self.base.lerp(Vec3::new(0.66, 0.60, 0.46), 0.6);
        }
        self.bay = self.bay.max(3.0) * 1.25;
        self.floor = (0.42 * height).clamp(4.0, 7.5);
        self.ground_floor = self.ground_floor.min(0.5 * height);
        self.window_width = 4.0 / 12.0;
        self.window_low = 2.0 / 12.0;
        self.window_high = 10.0 / 12.0;
        (self.panes, self.rows) = (2, 3);
        self.surround = 0.24;
        self.shops = false;
        self.balconies = 0;
        self.bands = true;
        self.quoins = true;
        self.cornice = 0.8;
        self.lit = 0.15;
        self.blinds = 0.05;
    }

    /// The style in numbers of about one, for networks: one-hot family, then colors, lengths, shares.
    /// What differs from window to window comes from [`FacadeStyle::seed`], which is none of them.
    pub fn numbers(&self) -> [f32; STYLE_NUMBERS] {
        let mut all = [0.0; STYLE_NUMBERS];
        all[self.family as usize] = 1.0;
        let flag = |on: bool| f32::from(u8::from(on));
        let rest = [
            self.base.x,
            self.base.y,
            self.base.z,
            self.trim.x,
            self.trim.y,
            self.trim.z,
            self.frame.x,
            self.frame.y,
            self.frame.z,
            self.tint.x,
            self.tint.y,
            self.tint.z,
            self.bay / 3.0,
            self.floor / 3.0,
            self.ground_floor / 4.0,
            self.window_width,
            self.window_low,
            self.window_high,
            self.panes as f32 / 3.0,
            self.rows as f32 / 3.0,
            self.surround * 5.0,
            self.blinds,
            flag(self.shops),
            flag(self.rustic),
            flag(self.quoins) + 0.5 * flag(self.bands),
            self.cornice,
            self.weather,
        ];
        all[5..].copy_from_slice(&rest);
        all
    }
}

fn family_of(building: &Building, random: &mut Random) -> Family {
    use Family::{Brick, Concrete, Glass, Plaster, Stone};
    let list: &[Family] = match building.usage {
        BuildingUse::Office if building.height > 30.0 => &[Glass, Glass, Concrete],
        BuildingUse::Office => &[Glass, Concrete, Stone, Brick],
        BuildingUse::Podium => &[Glass, Concrete, Stone],
        BuildingUse::Landmark => &[Stone, Plaster],
        BuildingUse::Industrial => &[Concrete, Brick, Brick],
        BuildingUse::House => &[Plaster, Plaster, Brick],
        BuildingUse::Shed => &[Plaster, Concrete, Brick],
        BuildingUse::Apartments if building.height > 30.0 => &[Concrete, Brick, Plaster],
        BuildingUse::Apartments => &[
            Plaster, Plaster, Plaster, Plaster, Brick, Brick, Stone, Stone, Concrete,
        ],
    };
    random.pick(list)
}

fn base_color(family: Family, random: &mut Random) -> Vec3 {
    let palette: &[[f32; 3]] = match family {
        Family::Brick => &BRICK,
        Family::Plaster => &PLASTER,
        Family::Stone => &STONE,
        Family::Concrete => &CONCRETE,
        Family::Glass => &GLASS,
    };
    let color = Vec3::from(random.pick(palette));
    // Neighbors of one palette entry still differ a little in hue.
    let tint = Vec3::new(
        random.range(0.95, 1.05),
        random.range(0.97, 1.03),
        random.range(0.94, 1.06),
    );
    color * tint * random.range(0.78, 1.04)
}
