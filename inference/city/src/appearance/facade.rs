//! The façade of a building: everything on the plane of one wall.

use glam::Vec2;

use super::{
    FacadeStyle, Surface, Wall, WallKind, averaged,
    filter::{coverage, pulse},
    glass::{Pane, curtain_wall, window_glass},
    ground_floor::ground_floor,
    masonry::{masonry, quoins},
};
use crate::layout::Family;

/// Width of window frames, metres.
const FRAME: f32 = 0.075;

/// The mean surface in the box of size `stride` around a place on a wall: `at.x` metres from the wall's left end
/// as seen from outside, `at.y` metres above the ground.
pub fn facade(style: &FacadeStyle, wall: &Wall, at: Vec2, stride: Vec2) -> Surface {
    averaged(at, stride, |at, w| direct(style, wall, at, w))
}

fn direct(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    let below = coverage(at.y, f32::MIN, wall.ground_floor, w.y);
    let above = coverage(at.y, wall.top(), f32::MAX, w.y);
    let mut surface = if below >= 1.0 {
        ground_floor(style, wall, at, w)
    } else {
        let upper = if style.family == Family::Glass && wall.kind != WallKind::Party {
            curtain_wall(style, wall, at, w)
        } else {
            punched(style, wall, at, w)
        };
        upper.under(&ground_floor(style, wall, at, w), below)
    };
    if above > 0.0 {
        surface = surface.under(&crown(style, wall, at, w), above);
    }
    surface
}

/// Wall between the last floor and the eaves: a frieze in trim.
fn crown(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    if wall.kind == WallKind::Party {
        return masonry(style, wall, at, w);
    }
    let lower = wall.top() + 0.4 * (wall.height - wall.top());
    let trim = Surface::matte(style.trim);
    let frieze = trim.shaded(0.86);
    frieze.under(&trim, coverage(at.y, lower, f32::MAX, w.y))
}

/// Floors of windows in masonry.
fn punched(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    let bare = masonry(style, wall, at, w);
    if wall.kind == WallKind::Party || wall.bays == 0 {
        return bare;
    }
    let trim = Surface::matte(style.trim);
    let window = Opening::of(style, wall);
    let (x, y) = (at.x - wall.corner, at.y - wall.ground_floor);
    let inside = coverage(x, 0.0, wall.bays as f32 * wall.bay, w.x);
    let across = |a: f32, b: f32| pulse(x, wall.bay, (a.max(0.0), b.min(wall.bay)), w.x) * inside;
    let up = |a: f32, b: f32| pulse(y, wall.floor, (a.max(0.0), b.min(wall.floor)), w.y);
    let (left, right, low, high) = (window.left, window.right, window.low, window.high);

    // What rain washes off the sill darkens the wall below.
    let mut surface =
        bare.shaded(1.0 - 0.2 * style.weather * across(left, right) * up(low - 0.42, low));
    surface = surface.under(&trim, quoins(style, wall, at, w));
    if style.bands {
        surface = surface.under(&trim, up(0.0, 0.22));
    }
    let s = style.surround;
    if s > 0.0 {
        let around = across(left - s, right + s) * up(low - 0.6 * s, high + 1.3 * s);
        surface = surface.under(&trim, around);
        // The joint between trim and wall is a shadow.
        let edge = across(left - s - 0.025, right + s + 0.025) * up(low - 0.6 * s, high + 1.3 * s)
            - around;
        surface = surface.shaded(1.0 - 0.35 * edge.max(0.0));
    }
    let opening = across(left, right) * up(low, high);
    if opening <= 0.0 {
        return surface;
    }
    let frame = Surface {
        recess: 1.0,
        roughness: 0.5,
        ..Surface::matte(style.frame)
    };
    let (column, row) = ((x / wall.bay).floor(), (y / wall.floor).floor());
    let size = Vec2::new(right - left, high - low);
    let pane = Pane {
        across: ((x - column * wall.bay - left) / size.x * 2.0 - 1.0).clamp(-1.0, 1.0),
        up: ((y - row * wall.floor - low) / size.y).clamp(0.0, 1.0),
        height: size.y,
        box_height: w.y / size.y,
        column: column as i32,
        row: row as i32,
    };
    let glazed = window.glazed(x, y, w) * inside;
    let glass = window_glass(style, wall, &pane);
    let filled = frame.under(&glass, (glazed / opening).min(1.0));
    surface.under(&filled, opening)
}

/// The rectangle of a window in its bay and floor.
pub(crate) struct Opening {
    /// From the left of the bay, metres.
    pub(crate) left: f32,
    /// From the left of the bay, metres.
    pub(crate) right: f32,
    /// Above the floor, metres.
    pub(crate) low: f32,
    /// Above the floor, metres.
    pub(crate) high: f32,
    panes: u32,
    rows: u32,
    bay: f32,
    floor: f32,
}

impl Opening {
    pub(crate) fn of(style: &FacadeStyle, wall: &Wall) -> Self {
        let half = 0.5 * style.window_width * wall.bay;
        Self {
            left: 0.5 * wall.bay - half,
            right: 0.5 * wall.bay + half,
            low: style.window_low * wall.floor,
            high: style.window_high * wall.floor,
            panes: style.panes,
            rows: style.rows,
            bay: wall.bay,
            floor: wall.floor,
        }
    }

    /// Edges of the strips of glass along one direction.
    fn strips(from: f32, to: f32, count: u32, bar: f32) -> impl Iterator<Item = (f32, f32)> {
        let size = (to - from) / count as f32;
        (0..count).map(move |k| {
            let k = k as f32;
            let (first, last) = (from + k * size, from + (k + 1.0) * size);
            let outer = |edge: f32, end: f32| if edge == end { FRAME } else { bar };
            (first + outer(first, from), last - outer(last, to))
        })
    }

    /// Share of the box that is glass.
    fn glazed(&self, x: f32, y: f32, w: Vec2) -> f32 {
        self.glazed_across(x, w.x) * self.glazed_up(y, w.y)
    }

    /// Share of the box in the upright strips of glass.
    pub(crate) fn glazed_across(&self, x: f32, w: f32) -> f32 {
        Self::strips(self.left, self.right, self.panes, 0.045)
            .map(|strip| pulse(x, self.bay, strip, w))
            .sum()
    }

    /// Share of the box in the level strips of glass.
    pub(crate) fn glazed_up(&self, y: f32, w: f32) -> f32 {
        if self.rows != 2 {
            return Self::strips(self.low, self.high, self.rows, 0.03)
                .map(|strip| pulse(y, self.floor, strip, w))
                .sum();
        }
        // A transom sits at two thirds rather than in the middle.
        let split = self.low + 0.66 * (self.high - self.low);
        pulse(y, self.floor, (self.low + FRAME, split - 0.03), w)
            + pulse(y, self.floor, (split + 0.03, self.high - FRAME), w)
    }
}
