//! `cargo xtask bench`: the numbers of docs/benchmarks.md.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::onnx_runtime;
use crate::shell;
use crate::system::{self, Purpose};

const FRAMES: &str = "10";

/// Splats of `--gpu`, unless others are asked for.
const GPU_SPLATS: &str = "1000000,6000000,20000000";
/// Sizes of `--gpu`, unless others are asked for.
const GPU_SIZES: &str = "1920x1080,3840x2160";

/// Times the renderer on a generated scene (or the given one) and the portrait job, in release.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    if let Some(("--gpu", rest)) = arguments.split_first().map(|(a, r)| (a.as_str(), r)) {
        return bench_gpu(rest);
    }
    if let Some(("--edits", rest)) = arguments.split_first().map(|(a, r)| (a.as_str(), r)) {
        return bench_edits(rest);
    }
    system::prepare(Purpose::Headless)?;
    let library = onnx_runtime::provide();
    shell::run(&mut shell::cargo(&[
        "build",
        "--release",
        "--package",
        "app",
    ]))?;

    let out = shell::root().join("out").join("bench");
    std::fs::create_dir_all(&out)
        .with_context(|| format!("could not make the folder {}", out.display()))?;
    let studio = || {
        let mut command = shell::command(shell::splatwright("release"), &[]);
        if let Some(library) = &library {
            command.env("ORT_DYLIB_PATH", library);
        }
        command
    };

    let (scene, cameras) = match arguments {
        [] => {
            let scene = out.join("random_1m.ply");
            let cameras = out.join("random_1m.json");
            if !(scene.is_file() && cameras.is_file()) {
                shell::run(
                    studio()
                        .args(["bench-scene", "1000000"])
                        .arg(&scene)
                        .arg(&cameras),
                )?;
            }
            (scene, cameras)
        }
        [scene, cameras] => (PathBuf::from(scene), PathBuf::from(cameras)),
        _ => bail!(
            "usage: cargo xtask bench [SCENE.ply CAMERAS.json | --gpu [SPLATS,… [WxH,…]] | --edits [SPLATS…]]"
        ),
    };
    for backend in ["gpu", "software"] {
        let mut command = studio();
        command
            .arg("bench")
            .args([&scene, &cameras])
            .args(["1280", "720", FRAMES])
            .arg(out.join(format!("{backend}.png")));
        if backend == "software" {
            command.arg("--software");
        }
        shell::run(&mut command)?;
    }

    let photo = shell::root().join("assets/samples/astronaut.png");
    let start = Instant::now();
    shell::run(
        studio()
            .arg("generate")
            .arg(&photo)
            .arg("-o")
            .arg(out.join("head.ply")),
    )?;
    eprintln!(
        "portrait to saved head, process start and saving included: {:.2} s",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Times what an artist does to many splats, and prints the table of docs/benchmarks.md.
fn bench_edits(counts: &[String]) -> Result<()> {
    system::prepare(Purpose::Headless)?;
    let run = [
        "run",
        "--release",
        "--package",
        "editor",
        "--example",
        "bench_edits",
        "--",
    ];
    shell::run(shell::cargo(&run).args(counts))
}

/// Times the passes on the graphics device for every number of splats and every size: one JSON line each,
/// for the table in docs/benchmarks.md.
fn bench_gpu(arguments: &[String]) -> Result<()> {
    let or = |i: usize, default: &str| arguments.get(i).map_or(default, String::as_str).to_owned();
    let (counts, sizes) = (or(0, GPU_SPLATS), or(1, GPU_SIZES));
    system::prepare(Purpose::Headless)?;
    shell::run(&mut shell::cargo(&[
        "build",
        "--release",
        "--package",
        "app",
    ]))?;
    let out = shell::root().join("out").join("bench");
    std::fs::create_dir_all(&out)
        .with_context(|| format!("could not make the folder {}", out.display()))?;
    for count in counts.split(',') {
        let scene = out.join(format!("random_{count}.ply"));
        let cameras = out.join(format!("random_{count}.json"));
        if !(scene.is_file() && cameras.is_file()) {
            let mut make = shell::command(shell::splatwright("release"), &[]);
            make.args(["bench-scene", count]).arg(&scene).arg(&cameras);
            shell::run(&mut make)?;
        }
        for size in sizes.split(',') {
            let Some((width, height)) = size.split_once('x') else {
                bail!("a size is written 1920x1080, not {size}");
            };
            let mut time = shell::command(shell::splatwright("release"), &[]);
            time.arg("bench")
                .args([&scene, &cameras])
                .args([width, height, FRAMES])
                .arg(out.join(format!("gpu_{count}_{size}.png")));
            shell::run(&mut time)?;
        }
    }
    Ok(())
}
