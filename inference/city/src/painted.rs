//! Painted maps: a picture whose colors mean roads, houses, parks and water becomes [`Maps`], and from those a layout.
//!
//! Pictures come as arrays: reading files is for those who have windows. Row 0 is the north, as painters paint.

mod legend;

use glam::Vec2;
use rayon::prelude::*;

use crate::finite::FinitePlan;
use crate::maps::{Class, Maps};

pub use legend::{Legend, LegendEntry};

/// Pixels of the largest picture: 8192 × 8192.
pub const MOST_PIXELS: usize = 8192 * 8192;
/// Pixels along the shorter side of the smallest picture.
const FEWEST: usize = 16;
/// Smallest patch of a color that is something, m².
const SPECK: f32 = 10.0;
/// Share of a picture whose colors may be in no legend; smooth edges between colors are.
const MOST_UNKNOWN: f64 = 0.25;

/// A picture that was painted.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Pixels from west to east.
    pub width: usize,
    /// Pixels from north to south.
    pub height: usize,
    /// Colors row by row.
    pub colors: &'a [[u8; 3]],
}

/// Where heights come from.
#[derive(Debug, Clone, Copy)]
pub enum Heights<'a> {
    /// From the size of a building, with some chance.
    Rule,
    /// From a second picture of the same size.
    Picture {
        /// Gray values row by row, row 0 in the north.
        gray: &'a [u8],
        /// Height of what is white, metres.
        white: f32,
    },
}

/// The five maps of GaussianCity as arrays, row 0 in the north.
#[derive(Debug, Clone, Copy)]
pub struct FiveMaps<'a> {
    /// Cells from west to east.
    pub width: usize,
    /// Cells from north to south.
    pub height: usize,
    /// Side of a cell, metres.
    pub cell: f32,
    /// SEG: numbers of [`Class`].
    pub classes: &'a [u8],
    /// INS: from 100 on even numbers are façades, the next odd ones their roofs. May be empty.
    pub instances: &'a [u32],
    /// TD_HF, metres. May be empty.
    pub top: &'a [f32],
    /// BU_HF, metres. May be empty.
    pub bottom: &'a [f32],
}

/// A city from a picture.
#[derive(Debug, Clone)]
pub struct PaintedCity {
    /// The city.
    pub plan: FinitePlan,
    /// What was guessed or left out.
    pub warnings: Vec<String>,
}

/// Why a picture is no city.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PaintError {
    /// Too many pixels.
    #[error(
        "the map of {width} × {height} pixels is too large; scale it to {most} pixels or fewer (8192 × 8192)"
    )]
    TooLarge {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
        /// [`MOST_PIXELS`].
        most: usize,
    },
    /// Too few.
    #[error("the map of {width} × {height} pixels is too small for a city; paint at least 16 × 16")]
    TooSmall {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
    },
    /// It would be a country, or nothing.
    #[error(
        "a pixel of {cell} m makes a city of {size} m; choose a scale that makes it at most 30000 m"
    )]
    Scale {
        /// Metres a pixel.
        cell: f32,
        /// Metres along its longer side.
        size: f32,
    },
    /// The arrays do not belong together.
    #[error("the map of {what} has {found} pixels instead of {wanted}; use pictures of one size")]
    Sizes {
        /// Which map.
        what: &'static str,
        /// Pixels it has.
        found: usize,
        /// Pixels it should have.
        wanted: usize,
    },
    /// Colors without a meaning.
    #[error(
        "{share:.0} % of the map has colors that are not in the legend: {colors}; give them a meaning"
    )]
    UnknownColors {
        /// Of the picture, %.
        share: f64,
        /// The most frequent, `#rrggbb (share)`.
        colors: String,
    },
    /// Nothing to build.
    #[error("the map shows neither buildings nor roads; look at the legend")]
    Empty,
}

/// A city from a painted picture at `cell` metres a pixel.
pub fn city(
    picture: &Picture<'_>,
    cell: f32,
    legend: &Legend,
    heights: Heights<'_>,
) -> Result<PaintedCity, PaintError> {
    let (maps, warnings) = maps(picture, cell, legend, heights)?;
    let mut warnings = warnings;
    let plan = crate::trace::trace_plan(&maps);
    if plan.whole().buildings.is_empty() && plan.whole().roads.is_empty() {
        return Err(PaintError::Empty);
    }
    if plan.whole().buildings.is_empty() {
        warnings.push("the map shows no buildings; look at the legend".to_owned());
    }
    if plan.whole().roads.is_empty() {
        warnings.push("the map shows no roads; look at the legend".to_owned());
    }
    Ok(PaintedCity { plan, warnings })
}

/// The maps of a painted picture, and what was guessed.
pub fn maps(
    picture: &Picture<'_>,
    cell: f32,
    legend: &Legend,
    heights: Heights<'_>,
) -> Result<(Maps, Vec<String>), PaintError> {
    let (width, height) = (picture.width, picture.height);
    check_size(width, height, cell)?;
    let pixels = width * height;
    sized("colors", picture.colors.len(), pixels)?;
    if let Heights::Picture { gray, .. } = heights {
        sized("heights", gray.len(), pixels)?;
    }

    let mut classes: Vec<Option<Class>> = picture
        .colors
        .par_iter()
        .map(|color| legend.class(*color))
        .collect();
    let unknown = classes.iter().filter(|class| class.is_none()).count();
    let mut warnings = Vec::new();
    if unknown as f64 > MOST_UNKNOWN * pixels as f64 {
        return Err(unknown_colors(picture, &classes, unknown));
    }
    if unknown > 0 {
        let share = 100.0 * unknown as f64 / pixels as f64;
        warnings.push(format!(
            "pixels of unknown colors, taken like their neighbors: {unknown} ({share:.1} %)"
        ));
        fill(&mut classes, width);
    }
    let classes: Vec<Class> = classes.into_iter().map(Option::unwrap_or_default).collect();
    let classes = without_specks(without_rims(&classes, width), width, cell);
    let top = match heights {
        Heights::Rule => Vec::new(),
        Heights::Picture { gray, white } => {
            let scale = if white.is_finite() {
                white.clamp(0.0, 900.0)
            } else {
                100.0
            } / 255.0;
            turned(gray, width)
                .into_iter()
                .map(|value| f32::from(value) * scale)
                .collect()
        }
    };
    let maps = Maps {
        corner: Vec2::ZERO,
        cell,
        width,
        height,
        classes: turned(&classes, width),
        top,
        ..Maps::default()
    };
    Ok((maps, warnings))
}

/// The maps of GaussianCity in our order: buildings by one number, row 0 in the south.
pub fn five_maps(five: &FiveMaps<'_>) -> Result<Maps, PaintError> {
    check_size(five.width, five.height, five.cell)?;
    let cells = five.width * five.height;
    sized("classes", five.classes.len(), cells)?;
    for (what, found) in [
        ("instances", five.instances.len()),
        ("top heights", five.top.len()),
        ("bottom heights", five.bottom.len()),
    ] {
        if found != 0 {
            sized(what, found, cells)?;
        }
    }
    let class = |number: &u8| match number {
        1 => Class::Road,
        2 => Class::Facade,
        3 => Class::Green,
        4 => Class::Construction,
        5 => Class::Water,
        6 => Class::Zone,
        7 => Class::Roof,
        8 => Class::Car,
        _ => Class::Null,
    };
    let classes: Vec<Class> = five.classes.iter().map(class).collect();
    let building = |number: &u32| if *number >= 100 { number / 2 } else { 0 };
    let instances: Vec<u32> = five.instances.iter().map(building).collect();
    Ok(Maps {
        corner: Vec2::ZERO,
        cell: five.cell,
        width: five.width,
        height: five.height,
        classes: turned(&classes, five.width),
        instances: turned(&instances, five.width),
        top: turned(five.top, five.width),
        bottom: turned(five.bottom, five.width),
        ..Maps::default()
    })
}

fn check_size(width: usize, height: usize, cell: f32) -> Result<(), PaintError> {
    if width.min(height) < FEWEST {
        return Err(PaintError::TooSmall { width, height });
    }
    if width
        .checked_mul(height)
        .is_none_or(|pixels| pixels > MOST_PIXELS)
    {
        return Err(PaintError::TooLarge {
            width,
            height,
            most: MOST_PIXELS,
        });
    }
    let size = cell * width.max(height) as f32;
    if !(cell >= 0.05 && size <= FinitePlan::LARGEST) {
        return Err(PaintError::Scale { cell, size });
    }
    Ok(())
}

fn sized(what: &'static str, found: usize, wanted: usize) -> Result<(), PaintError> {
    if found == wanted {
        Ok(())
    } else {
        Err(PaintError::Sizes {
            what,
            found,
            wanted,
        })
    }
}

/// Rows from the last to the first.
fn turned<T: Copy>(cells: &[T], width: usize) -> Vec<T> {
    cells.chunks_exact(width).rev().flatten().copied().collect()
}

fn unknown_colors(picture: &Picture<'_>, classes: &[Option<Class>], unknown: usize) -> PaintError {
    let left: Vec<[u8; 3]> = picture
        .colors
        .iter()
        .zip(classes)
        .filter(|(_, class)| class.is_none())
        .map(|(color, _)| *color)
        .collect();
    let all = picture.colors.len() as f64;
    let colors: Vec<String> = legend::frequent(&left)
        .into_iter()
        .take(5)
        .map(|([r, g, b], count)| {
            format!(
                "#{r:02x}{g:02x}{b:02x} ({:.0} %)",
                100.0 * count as f64 / all
            )
        })
        .collect();
    PaintError::UnknownColors {
        share: 100.0 * unknown as f64 / all,
        colors: colors.join(", "),
    }
}

/// Gives cells without a class that of the nearest cell that has one.
fn fill(classes: &mut [Option<Class>], width: usize) {
    let mut front: Vec<usize> = (0..classes.len())
        .filter(|&cell| classes[cell].is_some())
        .collect();
    while !front.is_empty() {
        let mut next = Vec::new();
        for cell in front {
            for other in around(cell, width, classes.len()) {
                if classes[other].is_none() {
                    classes[other] = classes[cell];
                    next.push(other);
                }
            }
        }
        front = next;
    }
}

/// Without patches smaller than anything that is built: cars, lamps and letters that a map shows.
fn without_specks(classes: Vec<Class>, width: usize, cell: f32) -> Vec<Class> {
    let smallest = (SPECK / (cell * cell)).ceil() as usize;
    let mut kept: Vec<Option<Class>> = classes.iter().copied().map(Some).collect();
    let mut seen = vec![false; classes.len()];
    let (mut open, mut region) = (Vec::new(), Vec::new());
    for first in 0..classes.len() {
        if std::mem::replace(&mut seen[first], true) {
            continue;
        }
        open.push(first);
        region.clear();
        let mut count = 0;
        while let Some(at) = open.pop() {
            count += 1;
            if count <= smallest {
                region.push(at);
            }
            for other in around(at, width, classes.len()) {
                if classes[other] == classes[first] && !std::mem::replace(&mut seen[other], true) {
                    open.push(other);
                }
            }
        }
        if count < smallest {
            region.iter().for_each(|&at| kept[at] = None);
        }
    }
    fill(&mut kept, width);
    kept.into_iter().map(Option::unwrap_or_default).collect()
}

/// The cells at the four sides of one.
fn around(cell: usize, width: usize, cells: usize) -> impl Iterator<Item = usize> {
    let x = cell % width;
    [
        (x > 0).then(|| cell - 1),
        (x + 1 < width).then(|| cell + 1),
        cell.checked_sub(width),
        Some(cell + width).filter(|&below| below < cells),
    ]
    .into_iter()
    .flatten()
}

/// Without rims of one pixel: where two colors are blended at their border, the blend can look like a third.
fn without_rims(classes: &[Class], width: usize) -> Vec<Class> {
    let height = classes.len() / width;
    (0..classes.len())
        .into_par_iter()
        .map(|cell| {
            let (x, y) = (cell % width, cell / width);
            let mut count = [0u8; 16];
            for v in y.saturating_sub(1)..(y + 2).min(height) {
                for u in x.saturating_sub(1)..(x + 2).min(width) {
                    count[classes[v * width + u] as usize] += 1;
                }
            }
            let own = classes[cell];
            if count[own as usize] > 3 {
                return own;
            }
            let near = [-1i64, 1, -(width as i64), width as i64];
            near.iter()
                .filter_map(|step| classes.get((cell as i64 + step) as usize).copied())
                .max_by_key(|class| count[*class as usize])
                .filter(|class| count[*class as usize] > count[own as usize])
                .unwrap_or(own)
        })
        .collect()
}
