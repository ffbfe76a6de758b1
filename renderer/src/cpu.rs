//! The passes in plain Rust: the tests' oracle, and the renderer where no graphics device exists.
//!
//! Each twin computes what its shader computes, integers equal and floats up to rounding, but in the
//! way that suits a CPU: what the GPU counts, scans and scatters is often a plain loop here.

pub(crate) mod bin;
pub(crate) mod blend;
pub(crate) mod chunk;
pub(crate) mod composite;
pub(crate) mod cull;
pub(crate) mod ellipse;
pub(crate) mod ewa;
pub(crate) mod guides;
mod harmonics;
pub(crate) mod inspect;
pub(crate) mod project;
pub(crate) mod region;
pub(crate) mod scan;
pub(crate) mod shade;
pub(crate) mod sort;
pub(crate) mod tiles;

use std::time::Instant;

use crate::{
    frame::PassTime,
    layout::{ChunkView, Shading, View},
};
use chunk::PackedChunk;

/// Everything that blend needs, and what the passes before it left.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) view: View,
    pub(crate) projected: project::Projected,
    pub(crate) tiles: tiles::TileLists,
}

/// Runs the passes before blend. `chunks` and `chunk_views` belong together one by one.
pub(crate) fn prepare(
    view: &View,
    shading: &Shading,
    chunks: &[&PackedChunk],
    chunk_views: &[ChunkView],
    times: &mut Vec<PassTime>,
) -> Prepared {
    let mut clock = Clock::start(times);
    let mut visibility = cull::cull(view, chunks, chunk_views);
    clock.lap("cull");
    let visible = scan::exclusive(&mut visibility.offsets);
    clock.lap("scan");
    let projected = project::project(view, shading, chunks, chunk_views, &visibility, visible);
    clock.lap("project");
    let order = sort::sort(view, &projected.depths);
    clock.lap("sort");
    let bins = bin::bin(view, &projected.placements, &order);
    clock.lap("bin");
    let tiles = tiles::tiles(view, &projected, &bins);
    clock.lap("tiles");
    Prepared {
        view: *view,
        projected,
        tiles,
    }
}

/// Gives the splats of a frame other colors: the twin of `recolor` in `shaders/project.wgsl`.
pub(crate) fn recolor(
    prepared: Prepared,
    view: &View,
    shading: &Shading,
    (chunks, chunk_views): (&[&PackedChunk], &[ChunkView]),
    times: &mut Vec<PassTime>,
) -> Prepared {
    let mut clock = Clock::start(times);
    let Prepared {
        mut projected,
        tiles,
        ..
    } = prepared;
    project::recolor(view, shading, (chunks, chunk_views), &mut projected);
    clock.lap("recolor");
    Prepared {
        view: *view,
        projected,
        tiles,
    }
}

/// Notes the time between laps.
pub(crate) struct Clock<'a> {
    times: &'a mut Vec<PassTime>,
    last: Instant,
}

impl<'a> Clock<'a> {
    pub(crate) fn start(times: &'a mut Vec<PassTime>) -> Self {
        Self {
            times,
            last: Instant::now(),
        }
    }

    pub(crate) fn lap(&mut self, pass: &'static str) {
        let now = Instant::now();
        let ms = (now - self.last).as_secs_f32() * 1e3;
        self.times.push(PassTime { pass, ms });
        self.last = now;
    }
}
