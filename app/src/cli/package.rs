//! `splatwright package`: model packages on disk.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use inference::package::manifest::Commercial;
use inference::package::seal;
use inference::{Package, Runtime};

use super::args::PackageAction;
use crate::assets;

pub(crate) fn run(action: &PackageAction) -> Result<()> {
    match action {
        PackageAction::List { dir } => for_each(dir.as_deref(), |dir| {
            list(dir, &open(dir)?);
            Ok(())
        }),
        PackageAction::Verify { dir } => for_each(dir.as_deref(), verify),
        PackageAction::Seal { dir } => {
            seal(dir)?;
            println!("{}: sealed", dir.display());
            Ok(())
        }
    }
}

fn for_each(dir: Option<&Path>, act: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let dirs: Vec<PathBuf> = match dir {
        Some(dir) => vec![dir.to_path_buf()],
        None => assets::packages(),
    };
    ensure!(
        !dirs.is_empty(),
        "there is no package in the assets; name a package's folder"
    );
    dirs.iter().try_for_each(|dir| act(dir))
}

fn open(dir: &Path) -> Result<Package> {
    Package::open(dir).with_context(|| format!("this package cannot be used: {}", dir.display()))
}

fn list(dir: &Path, package: &Package) {
    let manifest = package.manifest();
    let license = &manifest.license;
    let use_of_results = match license.commercial {
        Commercial::Allowed => "results may be sold",
        Commercial::Restricted => "results may be sold under conditions",
        Commercial::Forbidden => "results may not be sold",
    };
    let megabytes = manifest.files.iter().map(|f| f.bytes).sum::<u64>() as f64 / 1e6;
    println!("{} {} ({})", manifest.title, manifest.version, manifest.id);
    if !manifest.summary.is_empty() {
        println!("  {}", manifest.summary);
    }
    println!("  folder    {}", dir.display());
    println!("  files     {}, {megabytes:.1} MB", manifest.files.len());
    println!("  licence   {}; {use_of_results}", license.weights);
    for line in &license.attribution {
        println!("            {line}");
    }
    if let Some(honesty) = &manifest.honesty {
        for failure in &honesty.known_failures {
            println!("  fails     {failure}");
        }
    }
}

fn verify(dir: &Path) -> Result<()> {
    let package = open(dir)?;
    let files = package.manifest().files.len();
    match Runtime::load(None) {
        Ok(runtime) => {
            package.prepare(&runtime)?;
            println!(
                "{}: {files} files and every graph are as declared",
                dir.display()
            );
        }
        Err(error) => {
            println!("{}: {files} files are as declared", dir.display());
            eprintln!("The graphs were not run: {error}");
        }
    }
    Ok(())
}
