//! `splatwright flight`: what it costs the window's thread, and the memory, to fly through a city without end.
//!
//! Nothing is drawn: the patches come and go as in the window, and are held as the scene holds them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ::city::stream::{Patch, Reach, Streamer};
use ::city::{CityMaker, CityRecipe, CityStyle, Source};
use anyhow::{Result, ensure};
use clap::Args;
use glam::DVec3;
use scene::{GaussianCloud, Progress, Sink};

use super::bench::orbit::ProcessMemory;
use super::city as cities;
use super::progress::Terminal;

/// Frames of a second.
const RATE: f64 = 60.0;
/// Patches that one frame takes over, as in the window.
const A_FRAME: usize = 4;

#[derive(Args, Debug)]
pub(crate) struct FlightArgs {
    /// The city
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How far, meters
    #[arg(long, default_value_t = 10_000.0)]
    distance: f64,
    /// How fast, meters a second
    #[arg(long, default_value_t = 20.0)]
    speed: f64,
    /// How high, meters
    #[arg(long, default_value_t = 60.0)]
    height: f64,
    /// How sharp: patches are split where they are nearer than so many of their sides
    #[arg(long, default_value_t = 0.35)]
    sharpness: f32,
    /// How far the city reaches, meters
    #[arg(long, default_value_t = 500.0)]
    reach: f32,
    /// The finest level: 3 is a meter between splats, 5 a quarter of it
    #[arg(long, default_value_t = 4)]
    finest: u8,
    /// Paint every façade by the functions that the network was trained on
    #[arg(long)]
    no_network: bool,
}

pub(crate) fn run(args: &FlightArgs) -> Result<()> {
    ensure!(
        args.speed > 0.0 && args.distance > 0.0 && args.sharpness > 0.0 && args.reach > 0.0,
        "distance, speed, sharpness and reach must be more than nothing"
    );
    let mut terminal = Terminal::new();
    let recipe = CityRecipe::new(Source::Style(CityStyle {
        seed: args.seed,
        ..CityStyle::default()
    }));
    let decoder = (!args.no_network)
        .then(|| cities::decoder(None))
        .transpose()?;
    let maker = CityMaker::new(recipe.plan(), decoder, recipe.light());
    let make = move |patch: Patch, alive: &dyn Fn() -> bool| {
        maker.make(patch, alive).unwrap_or_else(|error| {
            log::error!("{error}");
            None
        })
    };
    let reach = Reach {
        sharpness: args.sharpness,
        distance: args.reach,
        finest: args.finest,
        ..Reach::default()
    };
    let mut streamer = Streamer::new(reach, 1, Box::new(make));
    let mut held: BTreeMap<Patch, GaussianCloud> = BTreeMap::new();
    let mut eye = DVec3::new(0.0, 0.0, args.height);

    let begin = Instant::now();
    let mut first_ms = None;
    while !streamer.is_settled() || held.is_empty() {
        follow(&mut streamer, &mut held, eye, eye);
        if !held.is_empty() {
            first_ms.get_or_insert(begin.elapsed().as_secs_f64() * 1000.0);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let settled = begin.elapsed();

    let step = args.speed / RATE;
    let frames = (args.distance / step).ceil() as u64;
    let mut stats = Stats::default();
    let flight = Instant::now();
    for frame in 0..frames {
        eye.x += step;
        let start = Instant::now();
        let shown = follow(
            &mut streamer,
            &mut held,
            eye,
            eye + DVec3::X * args.speed * 1.5,
        );
        stats.note(start.elapsed(), shown, streamer.missing());
        if frame % (RATE as u64 * 5) == 0 {
            stats.measure(&held, frame * 4 > frames);
            let progress = Progress::new("Flying", frame, frames);
            let listens: Result<(), _> = Sink::<()>::progress(&mut terminal, progress);
            listens?;
        }
        let due = Duration::from_secs_f64((frame + 1) as f64 / RATE);
        std::thread::sleep(due.saturating_sub(flight.elapsed()));
    }
    terminal.clear();
    let line = serde_json::json!({
        "seed": args.seed,
        "distance_m": args.distance,
        "speed_m_s": args.speed,
        "first_patch_ms": first_ms.unwrap_or(0.0).round(),
        "settled_s": settled.as_secs_f64(),
        "splats_made": stats.made,
        "splats_per_second": (stats.made as f64 / flight.elapsed().as_secs_f64()).round(),
        "splats_held": [stats.held.0, stats.held.1],
        "most_missing_patches": stats.missing,
        "longest_frame_ms": stats.longest.as_secs_f64() * 1000.0,
        "frames_over_2_ms": stats.over,
        "frames": frames,
        "own_memory_mb": [stats.memory.0 >> 20, stats.memory.1 >> 20],
    });
    println!("{line}");
    Ok(())
}

/// One frame; gives back how many splats came.
fn follow(
    streamer: &mut Streamer<GaussianCloud>,
    held: &mut BTreeMap<Patch, GaussianCloud>,
    eye: DVec3,
    ahead: DVec3,
) -> usize {
    let change = streamer.update(eye, ahead, A_FRAME);
    for patch in change.drop {
        held.remove(&patch);
    }
    let mut came = 0;
    for (patch, cloud) in change.show {
        came += cloud.len();
        held.insert(patch, cloud);
    }
    came
}

/// What a flight cost.
#[derive(Default)]
struct Stats {
    longest: Duration,
    over: usize,
    made: usize,
    missing: usize,
    /// Least and most after the first quarter.
    held: (usize, usize),
    memory: (u64, u64),
}

impl Stats {
    fn note(&mut self, took: Duration, made: usize, missing: usize) {
        self.longest = self.longest.max(took);
        self.over += usize::from(took > Duration::from_millis(2));
        self.made += made;
        self.missing = self.missing.max(missing);
    }

    fn measure(&mut self, held: &BTreeMap<Patch, GaussianCloud>, counts: bool) {
        if !counts {
            return;
        }
        let splats = held.values().map(GaussianCloud::len).sum();
        let own = ProcessMemory::now().own;
        if self.held.1 == 0 {
            (self.held, self.memory) = ((splats, splats), (own, own));
        }
        self.held = (self.held.0.min(splats), self.held.1.max(splats));
        self.memory = (self.memory.0.min(own), self.memory.1.max(own));
    }
}
