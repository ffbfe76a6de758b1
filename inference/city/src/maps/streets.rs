//! Coordinates along and across the streets, for their markings.

use std::ops::Range;

use glam::Vec2;
use rayon::prelude::*;

use super::RoadMaps;
use super::fill::Grid;
use super::junctions::{Junction, junctions};
use crate::layout::{Road, RoadClass};

/// Rows that one thread does at a time.
const BAND: usize = 32;
/// How far the kerbs of two streets round their corner, metres.
const CORNER: f32 = 5.0;

/// How far from a junction corners are looked for, metres: elsewhere streets side by side keep what is between them.
const CORNER_REACH: f32 = 12.0;

/// A straight piece of a street.
struct Piece {
    road: u32,
    from: Vec2,
    direction: Vec2,
    length: f32,
    along: f32,
    half_width: f32,
    class: RoadClass,
    begins: bool,
    ends: bool,
}

/// What is known of a cell while the pieces go over it.
#[derive(Clone, Copy)]
struct Nearest {
    /// Distance to the kerb of the nearest street, negative inside.
    kerb: f32,
    /// The same of the nearest other street; on a street for people on foot, of the nearest street for carriages.
    second: f32,
    road: u32,
    across: f32,
    along: f32,
    half_width: f32,
    class: u8,
}

const NOTHING: Nearest = Nearest {
    kerb: RoadMaps::REACH,
    second: RoadMaps::REACH,
    road: u32::MAX,
    across: 0.0,
    along: 0.0,
    half_width: 0.0,
    class: RoadMaps::NO_STREET,
};

/// The maps of the streets over a grid.
pub(super) fn street_maps(roads: &[Road], grid: &Grid) -> RoadMaps {
    let pieces = pieces(roads);
    let junctions = junctions(roads);
    let cells = grid.width * grid.height;
    let mut maps = RoadMaps {
        across: vec![0.0; cells],
        along: vec![0.0; cells],
        half_width: vec![0.0; cells],
        class: vec![RoadMaps::NO_STREET; cells],
        junction: vec![RoadMaps::NO_JUNCTION; cells],
        kerb: vec![RoadMaps::REACH; cells],
    };
    let band = BAND * grid.width.max(1);

    maps.across
        .par_chunks_mut(band)
        .zip(maps.along.par_chunks_mut(band))
        .zip(maps.half_width.par_chunks_mut(band))
        .zip(maps.class.par_chunks_mut(band))
        .zip(maps.junction.par_chunks_mut(band))
        .zip(maps.kerb.par_chunks_mut(band))
        .enumerate()
        .for_each(
            |(i, (((((across, along), half_width), class), junction), kerb))| {
                let rows = i * BAND..(i * BAND + BAND).min(grid.height);
                let found = nearest(&pieces, grid, rows);
                for (cell, near) in found.iter().enumerate() {
                    if near.road == u32::MAX {
                        continue;
                    }
                    across[cell] = near.across;
                    along[cell] = near.along;
                    half_width[cell] = near.half_width;
                    class[cell] = near.class;
                    junction[cell] = to_junction(&junctions[near.road as usize], near.along);
                    kerb[cell] = if near.class == RoadClass::Pedestrian as u8 {
                        near.second
                    } else if junction[cell] < CORNER_REACH {
                        rounded(near.kerb, near.second)
                    } else {
                        near.kerb
                    };
                }
            },
        );
    maps
}

/// Streets for carriages first: those for people on foot give way to them.
fn pieces(roads: &[Road]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, road) in roads.iter().enumerate() {
        let mut along = road.start;
        let last = road.line.len().saturating_sub(2);
        for (i, line) in road.line.windows(2).enumerate() {
            let length = line[0].distance(line[1]);
            if length > 1e-4 && length.is_finite() {
                pieces.push(Piece {
                    road: index as u32,
                    from: line[0],
                    direction: (line[1] - line[0]) / length,
                    length,
                    along,
                    half_width: 0.5 * road.width,
                    class: road.class,
                    begins: i == 0,
                    ends: i == last,
                });
                along += length;
            }
        }
    }
    pieces.sort_by_key(|piece| piece.class == RoadClass::Pedestrian);
    pieces
}

fn nearest(pieces: &[Piece], grid: &Grid, rows: Range<usize>) -> Vec<Nearest> {
    let mut found = vec![NOTHING; rows.len() * grid.width];
    for piece in pieces {
        let reach = piece.half_width + RoadMaps::REACH;
        let to = piece.from + piece.direction * piece.length;
        let own = grid.rows(
            piece.from.y.min(to.y) - reach,
            piece.from.y.max(to.y) + reach,
        );
        for row in own.start.max(rows.start)..own.end.min(rows.end) {
            let line = (row - rows.start) * grid.width;
            for column in columns(piece, grid, row, reach) {
                let point = Vec2::new(grid.x(column), grid.y(row));
                consider(piece, point, &mut found[line + column]);
            }
        }
    }
    found
}

/// Columns of a row that a piece can reach: those beside the part of it that is near the row.
fn columns(piece: &Piece, grid: &Grid, row: usize, reach: f32) -> Range<usize> {
    let (low, high) = if piece.direction.y.abs() < 1e-3 {
        (0.0, piece.length)
    } else {
        let y = grid.y(row) - piece.from.y;
        let (s, t) = (
            (y - reach) / piece.direction.y,
            (y + reach) / piece.direction.y,
        );
        (
            s.min(t).clamp(0.0, piece.length),
            s.max(t).clamp(0.0, piece.length),
        )
    };
    let (a, b) = (
        piece.from.x + piece.direction.x * low,
        piece.from.x + piece.direction.x * high,
    );
    grid.columns(a.min(b) - reach, a.max(b) + reach)
}

fn consider(piece: &Piece, point: Vec2, cell: &mut Nearest) {
    let offset = point - piece.from;
    let t = offset.dot(piece.direction);
    let side = piece.direction.perp_dot(offset);
    let clamped = t.clamp(0.0, piece.length);
    let beyond = t - clamped;
    let distance = if beyond == 0.0 {
        side.abs()
    } else {
        (side * side + beyond * beyond).sqrt()
    };
    let kerb = distance - piece.half_width;
    let walk = RoadClass::Pedestrian as u8;
    let walks = piece.class == RoadClass::Pedestrian;
    if kerb >= RoadMaps::REACH || (walks && cell.kerb < 0.0) {
        return;
    }
    // Past the end of a street its round cap joins it to the next, and is no corner of two streets.
    let cap = (piece.begins && t < 0.0) || (piece.ends && t > piece.length);

    if kerb < cell.kerb {
        if cell.road != piece.road && (walks || !cap) && cell.class != walk {
            cell.second = cell.kerb;
        }
        *cell = Nearest {
            kerb,
            second: cell.second,
            road: piece.road,
            across: distance.copysign(side),
            along: piece.along + clamped,
            half_width: piece.half_width,
            class: piece.class as u8,
        };
    } else if cell.road != piece.road && !cap && !walks && kerb < cell.second {
        cell.second = kerb;
    }
}

/// Smooth minimum of two distances: the corner between two kerbs is round.
fn rounded(a: f32, b: f32) -> f32 {
    let h = (CORNER - (a - b).abs()).max(0.0) / CORNER;
    a.min(b) - 0.25 * h * h * CORNER
}

fn to_junction(junctions: &[Junction], along: f32) -> f32 {
    junctions
        .iter()
        .map(|j| ((along - j.along).abs() - j.reach).max(0.0))
        .fold(RoadMaps::NO_JUNCTION, f32::min)
}
