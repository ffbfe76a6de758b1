//! `splatwright generate --package city`: a seed or a map becomes a splat file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use city::{CityMaker, CityRecipe, CityStyle, Decoder, Fineness, Source, maker::tiles_of, osm};
use clap::Args;
use glam::{DVec2, DVec3};
use inference::{CityDecoder, Package, Runtime};
use scene::{GaussianCloud, Progress, Sink, SplatLayer, Transform};

use super::args::{GenerateArgs, ModelArgs};
use super::generate;
use super::progress::Terminal;
use crate::assets;

/// The largest side of an area, meters: beyond it the file would hold more than memory does.
const LARGEST: f64 = 8000.0;

#[derive(Args, Debug)]
#[command(next_help_heading = "City")]
pub(crate) struct CityArgs {
    /// Invent a city: the same number is the same city
    #[arg(long, value_name = "NUMBER", conflicts_with = "map")]
    pub(crate) seed: Option<u64>,
    /// Build the city of a map (.osm.pbf, .osm or GeoJSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// Meters from west to east and from south to north [default: 500x500, or all of a map]
    #[arg(long, value_name = "WxH", value_parser = super::args::parse_size)]
    pub(crate) area: Option<[u32; 2]>,
    /// Middle of the area: meters east and north of the city's zero [default: 0,0, or the map's middle]
    #[arg(long, value_name = "E,N", value_parser = parse_place, allow_hyphen_values = true)]
    pub(crate) center: Option<DVec2>,
    /// Meters between splats
    #[arg(
        long,
        value_name = "METERS",
        default_value_t = 1.0,
        conflicts_with = "around"
    )]
    pub(crate) stride: f32,
    /// Instead fine around a viewer there (meters east and north of the area's middle, and up) and coarse far away
    #[arg(long, value_name = "E,N,UP", value_parser = parse_viewer, allow_hyphen_values = true)]
    pub(crate) around: Option<DVec3>,
    /// The least distance between splats around a viewer, meters
    #[arg(long, value_name = "METERS", default_value_t = 0.0625)]
    pub(crate) finest: f32,
    /// In the light of the evening, with the lamps on
    #[arg(long)]
    pub(crate) dusk: bool,
    /// Paint every façade by the functions that the network was trained on
    #[arg(long)]
    pub(crate) no_network: bool,
}

fn parse_place(text: &str) -> Result<DVec2, String> {
    match numbers(text).as_slice() {
        [east, north] => Ok(DVec2::new(*east, *north)),
        _ => Err(String::from("a place is written like 120,-35.5")),
    }
}

fn parse_viewer(text: &str) -> Result<DVec3, String> {
    match numbers(text).as_slice() {
        [east, north] => Ok(DVec3::new(*east, *north, 1.7)),
        [east, north, up] => Ok(DVec3::new(*east, *north, *up)),
        _ => Err(String::from(
            "a viewer is written like 12,-35 or 12,-35,1.7",
        )),
    }
}

fn numbers(text: &str) -> Vec<f64> {
    text.split(',')
        .map(|part| part.trim().parse().ok().filter(|n: &f64| n.is_finite()))
        .collect::<Option<_>>()
        .unwrap_or_default()
}

pub(crate) fn run(args: &GenerateArgs) -> Result<()> {
    let start = Instant::now();
    let mut terminal = Terminal::new();
    let recipe = recipe(&args.city, &mut terminal)?;
    let maker = maker(&args.city, &args.model, &recipe)?;
    let first = Instant::now();
    let corners = corners(&args.city, &recipe)?;
    let fineness = fineness(args, 0.5 * (corners.0 + corners.1))?;
    let cloud = build(&maker, corners, fineness, &mut terminal)?;
    terminal.clear();
    let secs = start.elapsed().as_secs_f32();
    let splats = cloud.len();
    let building = first.elapsed().as_secs_f32();
    let name = match &recipe.source {
        Source::Style(style) => format!("City {}", style.seed),
        Source::Map { name, .. } => name.clone(),
    };
    let layer = SplatLayer::new(cloud, "City");
    generate::keep(
        args,
        (name, layer, Transform::IDENTITY),
        secs,
        &mut terminal,
    )?;
    if args.json {
        let size = corners.1 - corners.0;
        let json = serde_json::json!({
            "splats": splats,
            "seconds": secs,
            "building_seconds": building,
            "splats_per_second": (splats as f32 / building).round(),
            "area_m": [size.x, size.y],
        });
        println!("{json}");
    }
    Ok(())
}

fn recipe(args: &CityArgs, terminal: &mut Terminal) -> Result<CityRecipe> {
    let source = match &args.map {
        Some(path) => {
            let map = osm::load(path)?;
            for warning in &map.warnings {
                terminal.say(warning);
            }
            Source::Map {
                name: super::stage::file_name(path),
                layout: Box::new(map.plan.whole().clone()),
            }
        }
        None => Source::Style(CityStyle {
            seed: args.seed.unwrap_or(CityStyle::default().seed),
            ..CityStyle::default()
        }),
    };
    Ok(CityRecipe {
        dusk: args.dusk,
        ..CityRecipe::new(source)
    })
}

fn maker(args: &CityArgs, model: &ModelArgs, recipe: &CityRecipe) -> Result<CityMaker> {
    let decoder = if args.no_network {
        None
    } else {
        Some(decoder(model.package.as_deref())?)
    };
    Ok(CityMaker::new(recipe.plan(), decoder, recipe.light()))
}

/// The network of a city package, by default of the one that ships.
pub(crate) fn decoder(package: Option<&Path>) -> Result<Arc<dyn Decoder>> {
    let dir = match package {
        Some(name) => generate::package_dir(name)?,
        None => assets::find(assets::CITY_PACKAGE)?,
    };
    let package = Package::open(&dir)
        .with_context(|| format!("the model package cannot be used: {}", dir.display()))?;
    let decoder = CityDecoder::open(Runtime::load(None)?.as_ref(), &package)?;
    Ok(Arc::new(decoder))
}

/// South-western and north-eastern corner of what is built.
fn corners(args: &CityArgs, recipe: &CityRecipe) -> Result<(DVec2, DVec2)> {
    let bounds = recipe.plan().bounds();
    let size = match (args.area, bounds) {
        (Some([width, height]), _) => DVec2::new(f64::from(width), f64::from(height)),
        (None, Some((low, high))) => high - low,
        (None, None) => DVec2::splat(500.0),
    };
    ensure!(
        size.max_element() <= LARGEST,
        "an area of {} × {} m is too large for one file; --area takes up to {LARGEST} m a side",
        size.x,
        size.y
    );
    let middle = args.center.unwrap_or_else(|| recipe.middle());
    Ok((middle - 0.5 * size, middle + 0.5 * size))
}

fn fineness(args: &GenerateArgs, middle: DVec2) -> Result<Fineness> {
    let stride = args.city.stride;
    ensure!(
        (0.03125..=8.0).contains(&stride),
        "--stride can be 0.03125 to 8 meters, not {stride}"
    );
    let finest = args.city.finest;
    ensure!(
        (0.03125..=8.0).contains(&finest),
        "--finest can be 0.03125 to 8 meters, not {finest}"
    );
    Ok(match args.city.around {
        None => Fineness::Stride(stride),
        Some(viewer) => Fineness::Eye {
            eye: viewer + middle.extend(0.0),
            focal_px: 0.5 * args.view.size[1] as f32 / (0.5 * args.view.fov.to_radians()).tan(),
            finest,
        },
    })
}

/// All tiles, in meters from the middle.
fn build(
    maker: &CityMaker,
    corners: (DVec2, DVec2),
    fineness: Fineness,
    terminal: &mut Terminal,
) -> Result<GaussianCloud> {
    let tiles = tiles_of(corners);
    let middle = 0.5 * (corners.0 + corners.1);
    let mut all: Option<GaussianCloud> = None;
    for (done, tile) in tiles.iter().enumerate() {
        let progress = Progress::new("Building the city", done as u64, tiles.len() as u64);
        let listens: Result<(), _> = Sink::<()>::progress(terminal, progress);
        listens?;
        let Some(part) = maker.part(*tile, corners, fineness, middle, &|| true)? else {
            continue;
        };
        match &mut all {
            Some(all) => all.append(part)?,
            None => all = Some(part),
        }
    }
    all.filter(|cloud| !cloud.is_empty())
        .context("nothing stands in this area; choose another --center")
}
