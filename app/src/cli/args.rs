//! What can be typed.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use glam::Vec3;
use renderer::{Background, Blending, Filter, Guides, HarmonicsFormat, ViewMode};
use scene::{DirectionalLight, PinholeCamera, Scene};

use super::city::CityArgs;
use super::flight::FlightArgs;
use crate::export::{Look, Orbit};

/// A studio for 3D Gaussian splats: drop a picture, get a splat scene; light it, turn it, take it away
#[derive(Parser, Debug)]
#[command(
    name = "splatwright",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  splatwright                                      open the window
  splatwright portrait.jpg                         open the window and turn the picture into 3D
  splatwright generate portrait.jpg -o head.ply    the same without a window
  splatwright render head.ply -o side.png --yaw 60 --light 40,20
  splatwright turntable head.ply -o head.mp4 --seconds 6 --size 1080x1080

Pictures become splats through ONNX Runtime, which is looked for in ORT_DYLIB_PATH, beside the
executable, in the user's cache (splatwright/onnxruntime) and in the system. `cargo xtask setup`
fetches it. Everything else works without it, and without a display or a graphics device."
)]
pub(crate) struct Cli {
    /// Pictures and splat files to open in the window
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Draw the splats of the window on the processor, without the graphics device
    #[arg(long)]
    pub(crate) software: bool,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Turn a photograph of a person into a splat head, or a seed or a map into a city
    Generate(GenerateArgs),
    /// Draw splat files (or a photograph, made 3D first) as one picture
    Render(RenderArgs),
    /// Walk the camera once around: MP4, GIF, or a folder of PNG frames
    Turntable(TurntableArgs),
    /// Draw nine views around a head in one picture, to judge it
    Sheet(SheetArgs),
    /// Say what is in a splat file or a picture
    Info(InfoArgs),
    /// Read a splat file and write it in another format
    Convert(ConvertArgs),
    /// Merge splats until fewer are left
    Simplify(super::simplify::SimplifyArgs),
    /// Time the renderer on a scene and print one JSON line
    Bench(BenchArgs),
    /// Write a scene of random splats and cameras for `bench`
    #[command(hide = true)]
    BenchScene(BenchSceneArgs),
    /// Fly through a city without end and print what its generation costs as one JSON line
    Flight(FlightArgs),
    /// Look at, check, or write the checksums of model packages
    Package {
        #[command(subcommand)]
        action: PackageAction,
    },
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  splatwright generate portrait.jpg -o head.ply
  splatwright generate portrait.jpg -o head.ply --screenshot head.png --turntable head.mp4
  splatwright generate portrait.jpg -o head.ply --json    numbers about the result
  splatwright generate --package city --seed 7 --area 1000x1000 -o city.ply
  splatwright generate --package city --map helsinki.osm.pbf -o city.ply --around 0,0")]
pub(crate) struct GenerateArgs {
    /// The photograph (PNG, JPEG, WebP, BMP or TIFF); none for a city
    #[arg(required_unless_present_any = ["seed", "map"])]
    pub(crate) photo: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) city: CityArgs,
    /// The splat file to write
    #[arg(short, long, value_name = "FILE.ply")]
    pub(crate) output: PathBuf,
    /// Also draw one picture of the result
    #[arg(long, value_name = "FILE.png")]
    pub(crate) screenshot: Option<PathBuf>,
    /// Also write a turntable of the result (.mp4, .gif, or a folder)
    #[arg(long, value_name = "OUT")]
    pub(crate) turntable: Option<PathBuf>,
    /// Also draw nine views around the result
    #[arg(long, value_name = "FILE.png")]
    pub(crate) sheet: Option<PathBuf>,
    /// Print numbers about the result (time of each stage, agreement with the photograph) as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) view: ViewArgs,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  splatwright render head.ply -o front.png
  splatwright render head.ply -o cutout.png --transparent --size 2048x2048
  splatwright render head.ply -o poster.png --size 16384x9216 --supersample 2 --depth16
  splatwright render head.ply -o normals.png --view normals --ortho --grid
  splatwright render garden.ply statue.ply -o both.png --yaw 30 --pitch 15 --distance 4")]
pub(crate) struct RenderArgs {
    /// Splat files, drawn together; or one photograph
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The picture to write; a name that ends in .tif is written in floats
    #[arg(short, long, value_name = "FILE.png")]
    pub(crate) output: PathBuf,
    /// Average each pixel from so many along each side: 1, 2 or 4
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = parse_supersample)]
    pub(crate) supersample: u32,
    /// Write 16 bits a channel instead of 8
    #[arg(long)]
    pub(crate) depth16: bool,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) view: ViewArgs,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  splatwright turntable head.ply -o head.mp4
  splatwright turntable head.ply -o head.gif --size 400x400 --fps 20 --seconds 4
  splatwright turntable head.ply -o frames --transparent     numbered PNGs in the folder frames")]
pub(crate) struct TurntableArgs {
    /// Splat files, drawn together; or one photograph
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// FILE.mp4, FILE.gif, or a folder for PNG frames
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Seconds of one whole turn
    #[arg(long, default_value_t = 6.0)]
    pub(crate) seconds: f32,
    /// Frames a second
    #[arg(long, default_value_t = 30.0)]
    pub(crate) fps: f32,
    /// Walk the other way around
    #[arg(long)]
    pub(crate) clockwise: bool,
    /// Flat bands of color in a GIF instead of fine noise
    #[arg(long)]
    pub(crate) no_dither: bool,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) view: ViewArgs,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  splatwright sheet head.ply -o sheet.png            nine views around
  splatwright sheet head.ply -o views.png --modes    one view as colors, centers, rings, depth and so on")]
pub(crate) struct SheetArgs {
    /// A splat file, or a photograph
    pub(crate) file: PathBuf,
    /// The picture to write
    #[arg(short, long, value_name = "FILE.png")]
    pub(crate) output: PathBuf,
    /// One view in every way to show splats, instead of nine views around
    #[arg(long)]
    pub(crate) modes: bool,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) view: ViewArgs,
}

#[derive(Args, Debug)]
pub(crate) struct InfoArgs {
    /// Splat files and pictures
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// One JSON object a file instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "\
An untouched PLY is written back byte for byte. ASCII and big-endian PLY become little-endian binary.\n\
A name that ends in .splatwright makes a project; of a project the visible layers are written.")]
pub(crate) struct ConvertArgs {
    /// The splat file to read
    pub(crate) input: PathBuf,
    /// The splat file to write; the extension says which format
    pub(crate) output: PathBuf,
}

#[derive(Args, Debug)]
#[command(after_help = "\
The cameras are a JSON list as 3DGS training writes it (position, rotation, fx, fy, width, height).
Every frame is drawn from scratch; `camera_still_ms` is the time when the camera does not move.")]
pub(crate) struct BenchArgs {
    /// The splat file
    pub(crate) scene: PathBuf,
    /// The list of cameras
    pub(crate) cameras: PathBuf,
    /// Width of the picture in pixels
    pub(crate) width: u32,
    /// Height of the picture in pixels
    pub(crate) height: u32,
    /// Frames to time
    pub(crate) frames: u32,
    /// Where to write the last frame
    pub(crate) output: PathBuf,
    /// Which camera of the list
    #[arg(long = "cam", default_value_t = 0)]
    pub(crate) camera: usize,
    /// Draw on the processor even where there is a graphics device
    #[arg(long)]
    pub(crate) software: bool,
    /// Hold harmonics of degree 2 and 3 as bytes instead of halves
    #[arg(long)]
    pub(crate) compact_harmonics: bool,
    /// Time two rounds around the middle of merged splats instead, as the window draws a large scene that
    /// moves; frames are those of one round
    #[arg(long)]
    pub(crate) orbit: bool,
    /// Memory for packed splats that an orbit may use, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 2048, requires = "orbit")]
    pub(crate) scene_memory: u64,
    /// Put the splats of the file on the disk whatever its size
    #[arg(long, requires = "orbit")]
    pub(crate) on_disk: bool,
}

#[derive(Args, Debug)]
pub(crate) struct BenchSceneArgs {
    /// Number of splats
    pub(crate) count: usize,
    /// The splat file to write
    pub(crate) scene: PathBuf,
    /// The list of cameras to write
    pub(crate) cameras: PathBuf,
}

#[derive(Subcommand, Debug)]
pub(crate) enum PackageAction {
    /// Say what a package makes, of which files, under which licence
    List {
        /// The package's folder; without one, every package that ships
        dir: Option<PathBuf>,
    },
    /// Check every file and graph against the manifest
    Verify {
        /// The package's folder; without one, every package that ships
        dir: Option<PathBuf>,
    },
    /// Write the sizes and checksums of all files into the manifest
    Seal {
        /// The package's folder
        dir: PathBuf,
    },
}

/// How a photograph becomes 3D.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "For photographs")]
pub(crate) struct ModelArgs {
    /// The model package: one that ships (portrait-head, city) or a folder [default: what fits the input]
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) package: Option<PathBuf>,
    /// Focal length of the photograph in pixels, where it is known better than its EXIF says
    #[arg(long, value_name = "PX")]
    pub(crate) focal: Option<f32>,
    /// Rounds of color refinement, instead of the package's number
    #[arg(long, value_name = "N")]
    pub(crate) refine: Option<u32>,
}

/// The camera and the look.
#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "View")]
pub(crate) struct ViewArgs {
    /// Pixels
    #[arg(long, value_name = "WxH", default_value = "720x720", value_parser = parse_size)]
    pub(crate) size: [u32; 2],
    /// Degrees that the camera walks around the scene; positive to the subject's left
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) yaw: f32,
    /// Degrees that the camera stands above the scene's middle
    #[arg(
        long,
        visible_alias = "elevation",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    pub(crate) pitch: f32,
    /// Meters from the scene's middle [default: so that everything is in view]
    #[arg(long)]
    pub(crate) distance: Option<f32>,
    /// Where the camera stands, in meters with y up, instead of around the scene's middle
    #[arg(long, value_name = "X,Y,Z", value_parser = parse_vec3, allow_hyphen_values = true, requires = "look_at")]
    pub(crate) eye: Option<Vec3>,
    /// What it looks at from there
    #[arg(long, value_name = "X,Y,Z", value_parser = parse_vec3, allow_hyphen_values = true, requires = "eye")]
    pub(crate) look_at: Option<Vec3>,
    /// Full vertical angle in degrees
    #[arg(long, default_value_t = Orbit::FOV_Y.to_degrees())]
    pub(crate) fov: f32,
    /// Behind the splats: a color like #202020, two from top to bottom like #8090a0,#202020,
    /// `environment`, `checker`, or `transparent`
    #[arg(long, default_value = "#181818", value_parser = parse_background)]
    pub(crate) background: Background,
    /// The same as --background transparent
    #[arg(long)]
    pub(crate) transparent: bool,
    /// How splats are kept from falling between the pixels
    #[arg(long, value_enum, default_value_t = FilterArg::Classic)]
    pub(crate) filter: FilterArg,
    /// Highest degree of spherical harmonics to use, 0 to 3
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=3))]
    pub(crate) sh_degree: u32,
    /// Light layers that have normals from this direction, in degrees: 0,0 is the front
    #[arg(long, value_name = "YAW,PITCH[,INTENSITY]", value_parser = parse_light, allow_hyphen_values = true)]
    pub(crate) light: Option<DirectionalLight>,
    /// Which quantity to show
    #[arg(long, value_parser = view_parser(), default_value = ViewMode::Color.name())]
    pub(crate) view: ViewMode,
    /// Look along parallel rays instead of in perspective
    #[arg(long)]
    pub(crate) ortho: bool,
    /// Draw nothing nearer to the camera than this, in meters
    #[arg(long, value_name = "METERS")]
    pub(crate) near: Option<f32>,
    /// Draw nothing farther from the camera than this, in meters
    #[arg(long, value_name = "METERS")]
    pub(crate) far: Option<f32>,
    /// Blend colors as light adds up, instead of as they are on screen
    #[arg(long)]
    pub(crate) linear: bool,
    /// Draw a grid on the ground
    #[arg(long)]
    pub(crate) grid: bool,
    /// Draw the world's axes: x red, y green, z blue
    #[arg(long)]
    pub(crate) axes: bool,
    /// Draw on the processor even where there is a graphics device
    #[arg(long)]
    pub(crate) software: bool,
    /// Hold harmonics of degree 2 and 3 as bytes instead of halves, as the preference of the window does
    #[arg(long)]
    pub(crate) compact_harmonics: bool,
}

/// The format that a flag asks for.
pub(crate) fn harmonics(compact: bool) -> HarmonicsFormat {
    if compact {
        HarmonicsFormat::Bytes
    } else {
        HarmonicsFormat::Halves
    }
}

/// Views as they are typed, with the words of their commands.
fn view_parser() -> impl TypedValueParser<Value = ViewMode> {
    let values = ViewMode::ALL.map(|view| {
        let help = editor::Command::ShowAs(view).info().help;
        PossibleValue::new(view.name()).help(help)
    });
    PossibleValuesParser::new(values).map(|name| {
        let named = |view: &ViewMode| view.name() == name;
        ViewMode::ALL.into_iter().find(named).unwrap_or_default()
    })
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilterArg {
    /// As trained scenes expect
    Classic,
    /// Anti-aliased (Mip-Splatting)
    Mip,
}

impl ViewArgs {
    /// The look asked for.
    pub(crate) fn look(&self) -> Look {
        Look {
            background: if self.transparent {
                Background::Transparent
            } else {
                self.background
            },
            filter: match self.filter {
                FilterArg::Classic => Filter::Classic,
                FilterArg::Mip => Filter::Mip,
            },
            max_sh_degree: self.sh_degree,
            view: self.view,
            blending: if self.linear {
                Blending::Linear
            } else {
                Blending::Display
            },
            guides: Guides {
                grid: self.grid,
                axes: self.axes,
                ..Guides::default()
            },
        }
    }

    /// The camera of an orbit with what was asked for.
    pub(crate) fn camera(&self, orbit: &Orbit) -> PinholeCamera {
        let camera = orbit.camera(self.size);
        let camera = PinholeCamera {
            near: self.near.unwrap_or(camera.near),
            far: self.far.unwrap_or(camera.far),
            ..camera
        };
        if self.ortho {
            camera.orthographic_at(orbit.distance)
        } else {
            camera
        }
    }

    /// The camera asked for; what was not asked for frames the scene.
    pub(crate) fn orbit(&self, scene: &Scene) -> anyhow::Result<Orbit> {
        anyhow::ensure!(
            self.fov > 0.5 && self.fov < 170.0,
            "--fov can be 0.5 to 170 degrees, not {}",
            self.fov
        );
        let framing = Orbit {
            fov_y: self.fov.to_radians(),
            ..Orbit::framing(scene)
        };
        if let (Some(eye), Some(target)) = (self.eye, self.look_at) {
            return Orbit::looking(eye, target, framing.fov_y)
                .ok_or_else(|| anyhow::anyhow!("--eye and --look-at must be two places"));
        }
        if let Some(distance) = self.distance {
            anyhow::ensure!(
                distance.is_finite() && distance > 0.0,
                "--distance must be more than nothing, not {distance}"
            );
        }
        Ok(Orbit {
            yaw: self.yaw.to_radians(),
            pitch: self.pitch.to_radians(),
            // Another angle asks for another distance, to hold the same ball.
            distance: self.distance.unwrap_or(
                framing.distance * (0.5 * Orbit::FOV_Y).sin() / (0.5 * framing.fov_y).sin(),
            ),
            ..framing
        })
    }
}

pub(crate) fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let sides: Vec<&str> = text.split(['x', 'X', '×']).collect();
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n > 0);
    match sides.as_slice() {
        [side] => number(side).map(|n| [n, n]),
        [width, height] => number(width).zip(number(height)).map(|(w, h)| [w, h]),
        _ => None,
    }
    .ok_or_else(|| String::from("a size is written like 1280x720"))
}

fn parse_vec3(text: &str) -> Result<Vec3, String> {
    let numbers: Vec<f32> = text
        .split(',')
        .map(|part| part.trim().parse().ok().filter(|n: &f32| n.is_finite()))
        .collect::<Option<_>>()
        .unwrap_or_default();
    match numbers.as_slice() {
        [x, y, z] => Ok(Vec3::new(*x, *y, *z)),
        _ => Err(String::from("a place is written like 1.5,0,-3")),
    }
}

fn parse_supersample(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|n| [1, 2, 4].contains(n));
    number.ok_or_else(|| String::from("1, 2 or 4"))
}

fn parse_background(text: &str) -> Result<Background, String> {
    if text.eq_ignore_ascii_case("transparent") {
        return Ok(Background::Transparent);
    }
    if text.eq_ignore_ascii_case("environment") {
        return Ok(Background::Environment);
    }
    if text.eq_ignore_ascii_case("checker") {
        return Ok(Background::Checker);
    }
    let colors: Option<Vec<_>> = text.split(',').map(parse_color).collect();
    match colors.as_deref() {
        Some([color]) => Ok(Background::Color(*color)),
        Some([top, bottom]) => Ok(Background::Gradient {
            top: *top,
            bottom: *bottom,
        }),
        _ => Err(String::from(
            "a color is written like #202020, a gradient like #8090a0,#202020; or `environment`, \
             `checker`, `transparent`",
        )),
    }
}

fn parse_color(text: &str) -> Option<[f32; 3]> {
    let hex = text.trim().trim_start_matches('#');
    let value = u32::from_str_radix(hex, 16).ok();
    let [_, r, g, b] = value.filter(|_| hex.len() == 6)?.to_be_bytes();
    Some([r, g, b].map(|c| f32::from(c) / 255.0))
}

fn parse_light(text: &str) -> Result<DirectionalLight, String> {
    let numbers: Option<Vec<f32>> = text
        .split(',')
        .map(|part| part.trim().parse::<f32>().ok().filter(|n| n.is_finite()))
        .collect();
    let (yaw_deg, pitch_deg, intensity) = match numbers.as_deref() {
        Some([yaw, pitch]) => (*yaw, *pitch, DirectionalLight::default().intensity),
        Some([yaw, pitch, intensity]) if *intensity >= 0.0 => (*yaw, *pitch, *intensity),
        _ => return Err(String::from("a light is written like 40,20 or 40,20,1.5")),
    };
    let (sin_yaw, cos_yaw) = yaw_deg.to_radians().sin_cos();
    let (sin_pitch, cos_pitch) = pitch_deg.to_radians().sin_cos();
    Ok(DirectionalLight {
        direction: Vec3::new(sin_yaw * cos_pitch, sin_pitch, cos_yaw * cos_pitch),
        intensity,
        ..DirectionalLight::default()
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_colors_and_lights_parse() {
        assert_eq!(parse_size("1280x720"), Ok([1280, 720]), "two sides");
        assert_eq!(parse_size("512"), Ok([512, 512]), "square");
        assert!(parse_size("0x3").is_err(), "nothing to draw");
        assert_eq!(
            parse_background("#ff0000"),
            Ok(Background::Color([1.0, 0.0, 0.0])),
            "red"
        );
        assert!(parse_background("red").is_err(), "names are not known");
        let light = parse_light("90,0,2").unwrap();
        assert!(
            light.direction.distance(Vec3::X) < 1e-5,
            "{}",
            light.direction
        );
        assert!(parse_light("1").is_err(), "half a direction");
    }

    #[test]
    fn a_file_without_a_command_is_for_the_window() {
        let cli = Cli::try_parse_from(["splatwright", "a.png", "b.ply"]).unwrap();
        assert!(cli.command.is_none(), "no command");
        assert_eq!(cli.files.len(), 2, "two files");
    }
}
