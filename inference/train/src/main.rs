//! Trains the networks of our own packages: `cargo run --release -p train -- city`.

mod adam;
mod city;
mod golden;
mod mlp;
mod onnx;
mod random;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
Trains the networks of our own packages, from procedural data, on the processor

Usage: train city [SAMPLES] [STEPS] [FOLDER]

  SAMPLES   Boxes on façades to draw (default 1000000)
  STEPS     Steps of the optimizer, 4096 boxes each (default 20000)
  FOLDER    Where graphs, golden and report.md go (default out/city)
";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, default: usize| -> Result<usize> {
        match arguments.get(i) {
            Some(text) => text
                .parse()
                .with_context(|| format!("{text} is not a number")),
            None => Ok(default),
        }
    };
    match arguments.first().map(String::as_str) {
        Some("city") => {
            let effort = city::Effort {
                samples: number(1, 1_000_000)?,
                steps: number(2, 20_000)?,
                seed: 7,
            };
            let folder = PathBuf::from(arguments.get(3).map_or("out/city", String::as_str));
            std::fs::create_dir_all(&folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            let (mlp, report) = city::train(effort);
            let graph = onnx::write(&mlp, "features", "surface");
            std::fs::create_dir_all(folder.join("graphs"))?;
            std::fs::write(folder.join("graphs/facade.onnx"), graph)?;
            golden::write(
                &folder.join("golden"),
                "facade.onnx",
                &mlp,
                &city::some_rows(),
            )?;
            std::fs::write(folder.join("report.md"), &report)?;
            println!("{report}");
            Ok(())
        }
        Some("help" | "--help" | "-h") | None => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => {
            bail!("there is nothing called {other} to train; `train help` says what there is")
        }
    }
}
