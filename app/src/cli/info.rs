//! `splatwright info`: what is in a file.

use std::path::Path;

use anyhow::{Context as _, Result};
use inference::ImageSource;
use serde_json::{Value, json};

use super::args::InfoArgs;
use super::stage::is_picture;

pub(crate) fn run(args: &InfoArgs) -> Result<()> {
    for file in &args.files {
        let facts = if scene::io::is_project_path(file) {
            of_project(file)?
        } else if is_picture(file)? {
            of_picture(file)?
        } else {
            of_splats(file)?
        };
        if args.json {
            let mut object = serde_json::Map::new();
            object.insert(String::from("file"), file.display().to_string().into());
            for (name, value) in facts {
                object.insert(name.replace(' ', "_"), value);
            }
            println!("{}", Value::Object(object));
        } else {
            println!("{}", file.display());
            for (name, value) in facts {
                println!("  {name:<14} {}", plain(&value));
            }
        }
    }
    Ok(())
}

type Facts = Vec<(&'static str, Value)>;

fn of_splats(file: &Path) -> Result<Facts> {
    let bytes = size_of(file)?;
    let (cloud, loaded) = scene::io::load_all(file)?;
    let mut facts: Facts = vec![
        ("splats", cloud.len().into()),
        ("bytes", bytes.into()),
        ("sh degree", cloud.sh_degree().into()),
    ];
    if let Some((low, high)) = cloud.bounds() {
        facts.push(("from", json!(low.to_array().map(short))));
        facts.push(("to", json!(high.to_array().map(short))));
        let mut opacities: Vec<f32> = (0..cloud.len()).map(|row| cloud.opacity(row)).collect();
        let mut sizes: Vec<f32> = (0..cloud.len())
            .map(|row| cloud.scale(row).max_element())
            .collect();
        facts.push(("median opacity", short(median(&mut opacities)).into()));
        facts.push(("median size", short(median(&mut sizes)).into()));
    }
    let columns: Vec<String> = cloud
        .columns()
        .iter()
        .map(|c| match c.width {
            1 => c.name.clone(),
            width => format!("{} ({width})", c.name),
        })
        .collect();
    facts.push(("columns", columns.into()));
    if !loaded.warnings.is_empty() {
        facts.push(("warnings", loaded.warnings.to_string().into()));
    }
    Ok(facts)
}

fn of_project(file: &Path) -> Result<Facts> {
    let project = scene::io::load_project(file, &mut |_| Ok(()))?;
    let layers = project.scene.layers();
    let layers: Vec<String> = layers.map(|(_, node, _)| node.name.clone()).collect();
    let splats: usize = project.scene.layers().map(|(.., l)| l.alive()).sum();
    Ok(vec![
        ("splats", splats.into()),
        ("bytes", size_of(file)?.into()),
        ("layers", layers.into()),
        ("steps", project.history.entries().len().into()),
    ])
}

fn of_picture(file: &Path) -> Result<Facts> {
    let bytes = size_of(file)?;
    let picture = ImageSource::open(file)?;
    let mut facts: Facts = vec![
        ("width", picture.width().into()),
        ("height", picture.height().into()),
        ("bytes", bytes.into()),
        ("cut out", picture.is_cut_out().into()),
    ];
    if let Some(focal) = picture.focal_px() {
        facts.push(("focal px", short(focal).into()));
    }
    if !picture.notes().is_empty() {
        facts.push(("notes", picture.notes().to_vec().into()));
    }
    Ok(facts)
}

fn size_of(file: &Path) -> Result<u64> {
    Ok(std::fs::metadata(file)
        .with_context(|| format!("could not read {}", file.display()))?
        .len())
}

/// Four significant digits, and no tail from the conversion to double.
fn short(value: f32) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(f64::from(value))
}

fn median(values: &mut [f32]) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => String::from("none"),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Bool(true) => String::from("yes"),
        Value::Bool(false) => String::from("no"),
        other => other.to_string(),
    }
}
