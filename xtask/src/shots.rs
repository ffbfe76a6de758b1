//! `cargo xtask shots`: pictures of the real window in its main states, for the README and for the eye.

use anyhow::Result;

use crate::shell;
use crate::system::{self, Purpose};
use crate::test::Surroundings;

/// Builds in release, drives the window, and writes `docs/shots/*.png`.
pub(crate) fn shots() -> Result<()> {
    system::prepare(Purpose::Test)?;
    let surroundings = Surroundings::prepare()?;
    shell::run(&mut shell::cargo(&[
        "build",
        "--release",
        "--package",
        "app",
    ]))?;

    let shots = shell::root().join("docs").join("shots");
    for (test, pictures) in [
        ("window", "shots"),
        ("window_select", "shots_of_selection"),
        ("window_paint", "shots_of_painting"),
        ("window_edit", "shots_of_editing"),
    ] {
        let mut drive = shell::cargo(&["test", "--package", "tests", "--test", test]);
        drive.args(["--", "--ignored", "--exact", pictures, "--nocapture"]);
        surroundings
            .apply(&mut drive)
            .env("SPLATWRIGHT_BIN", shell::splatwright("release"))
            .env("SHOTS_DIR", &shots);
        shell::run(&mut drive)?;
    }
    cities(&surroundings)
}

/// A picture of a city: name, where it comes from, side of the area, eye, target, angle, and the light.
struct City {
    name: &'static str,
    source: [&'static str; 2],
    area: &'static str,
    eye: &'static str,
    look_at: &'static str,
    fov: &'static str,
    dusk: bool,
}

/// Meters east, up and south of the middle of the area.
const CITIES: [City; 5] = [
    City {
        name: "city-street",
        source: ["--seed", "7"],
        area: "900x900",
        eye: "-3,1.7,52",
        look_at: "90,8,44",
        fov: "60",
        dusk: false,
    },
    City {
        name: "city-dusk",
        source: ["--seed", "7"],
        area: "900x900",
        eye: "12,1.7,55",
        look_at: "-80,10,46",
        fov: "60",
        dusk: true,
    },
    City {
        name: "city-drone",
        source: ["--seed", "7"],
        area: "1500x1500",
        eye: "-150,140,330",
        look_at: "20,0,0",
        fov: "50",
        dusk: false,
    },
    City {
        name: "city-seed-12",
        source: ["--seed", "12"],
        area: "1500x1500",
        eye: "200,120,260",
        look_at: "0,0,-40",
        fov: "50",
        dusk: false,
    },
    City {
        name: "city-helsinki",
        source: ["--map", "../shared/data/osm/Helsinki.osm.pbf"],
        area: "1000x1600",
        eye: "-120,110,420",
        look_at: "60,0,120",
        fov: "50",
        dusk: false,
    },
];

/// Makes cities as fine as one picture needs, and the pictures.
fn cities(surroundings: &Surroundings) -> Result<()> {
    let shots = shell::root().join("docs").join("shots");
    let out = shell::target_dir().join("cities");
    std::fs::create_dir_all(&out)?;
    for city in &CITIES {
        let [_, file] = city.source;
        if file.contains('/') && !shell::root().join(file).is_file() {
            eprintln!("skipped: {} is not here", file);
            continue;
        }
        let splats = out.join(city.name).with_extension("ply");
        let mut make = shell::command(shell::splatwright("release"), &["generate"]);
        make.args(["--package", "city", "--area", city.area])
            .args(city.source)
            .args(["--eye", city.eye, "--look-at", city.look_at])
            .args(["--fov", city.fov, "--size", "1280x720", "--software"])
            .arg("--output")
            .arg(&splats)
            .arg("--screenshot")
            .arg(shots.join(city.name).with_extension("png"));
        if city.dusk {
            make.args(["--dusk", "--background", "#3c4468,#b08a86"]);
        } else {
            make.args(["--background", "#5d8fd0,#c3d5e6"]);
        }
        shell::run(surroundings.apply(&mut make))?;
        std::fs::remove_file(&splats)?;
    }
    Ok(())
}
