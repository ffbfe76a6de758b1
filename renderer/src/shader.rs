//! WGSL sources: plain files, a line `#import common/x` for what they share, and the constants of
//! [`crate::consts`] before everything.

use std::{borrow::Cow, path::Path};

use crate::{Gpu, Tuning, consts::wgsl_prelude};

/// A file of `shaders/`.
pub(crate) struct Source {
    /// Path below `shaders/` without the extension.
    pub(crate) name: &'static str,
    text: &'static str,
}

macro_rules! sources {
    ($($name:literal,)*) => {
        [$(Source {
            name: $name,
            text: include_str!(concat!("../../shaders/", $name, ".wgsl")),
        },)*]
    };
}

const COMMON: [Source; 16] = sources![
    "common/ellipse",
    "common/ewa",
    "common/guides",
    "common/harmonics",
    "common/heat",
    "common/layout",
    "common/lens",
    "common/material",
    "common/place",
    "common/project",
    "common/scan",
    "common/scan_rows",
    "common/sh",
    "common/shade",
    "common/shape",
    "common/sort",
];

/// The shaders of all passes.
pub(crate) const PASSES: [Source; 13] = sources![
    "cull",
    "scan",
    "scan_subgroup",
    "project",
    "project_known",
    "sort",
    "sort_wide",
    "bin",
    "tiles",
    "blend",
    "composite",
    "inspect",
    "region",
];

impl Source {
    /// What the file holds now if there is a folder, else what it held when this was compiled.
    fn text(&self, folder: Option<&Path>) -> Cow<'static, str> {
        let file = folder.map(|f| f.join(self.name).with_extension("wgsl"));
        match file.map(std::fs::read_to_string) {
            Some(Ok(text)) => Cow::Owned(text),
            Some(Err(_)) | None => Cow::Borrowed(self.text),
        }
    }
}

/// The shared constants, with those that are a choice of the device.
fn prelude(tuning: Tuning) -> String {
    let mut wgsl = String::new();
    for line in wgsl_prelude().lines() {
        let chosen = tuning
            .constants()
            .into_iter()
            .find(|(name, _)| line.starts_with(&format!("const {name} =")));
        match chosen {
            Some((name, value)) => wgsl.push_str(&format!("const {name} = {value}u;")),
            None => wgsl.push_str(line),
        }
        wgsl.push('\n');
    }
    wgsl
}

/// The complete WGSL of a pass, from the files of a folder where one is named.
pub(crate) fn stitch(pass: &Source, folder: Option<&Path>, tuning: Tuning) -> String {
    let mut wgsl = prelude(tuning);
    for line in pass.text(folder).lines() {
        match line.strip_prefix("#import ") {
            Some(name) => {
                for common in COMMON.iter().filter(|c| c.name == name) {
                    wgsl.push_str(&common.text(folder));
                }
            }
            None => wgsl.push_str(line),
        }
        wgsl.push('\n');
    }
    wgsl
}

/// Writes every built-in file to a folder.
#[cfg(test)]
pub(crate) fn write_all(folder: &Path) -> std::io::Result<()> {
    for source in COMMON.iter().chain(&PASSES) {
        std::fs::write(folder.join(source.name).with_extension("wgsl"), source.text)?;
    }
    Ok(())
}

/// Every file of `shaders/` with its text.
#[cfg(test)]
pub(crate) fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    COMMON.iter().chain(&PASSES).map(|s| (s.name, s.text))
}

/// Compiles a pass by its name.
pub(crate) fn module(gpu: &Gpu, name: &str, folder: Option<&Path>) -> wgpu::ShaderModule {
    let wgsl = PASSES
        .iter()
        .find(|p| p.name == name)
        .map(|pass| stitch(pass, folder, gpu.tuning))
        .unwrap_or_default();
    gpu.device
        .create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(Cow::Owned(wgsl)),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_import_is_known() {
        for pass in &PASSES {
            for line in pass.text.lines() {
                if let Some(name) = line.strip_prefix("#import ") {
                    assert!(
                        COMMON.iter().any(|c| c.name == name),
                        "{}: {name}",
                        pass.name
                    );
                }
            }
        }
    }
}
