//! WGSL sources: plain files, a line `#import common/x` for what they share, and the constants of
//! [`crate::consts`] before everything.

use std::borrow::Cow;

use crate::consts::wgsl_prelude;

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

const COMMON: [Source; 11] = sources![
    "common/ellipse",
    "common/ewa",
    "common/guides",
    "common/heat",
    "common/layout",
    "common/lens",
    "common/material",
    "common/place",
    "common/scan",
    "common/sh",
    "common/shade",
];

/// The shaders of all passes.
pub(crate) const PASSES: [Source; 10] = sources![
    "cull",
    "scan",
    "project",
    "sort",
    "bin",
    "tiles",
    "blend",
    "composite",
    "inspect",
    "region",
];

/// The complete WGSL of a pass.
pub(crate) fn stitch(pass: &Source) -> String {
    let mut wgsl = wgsl_prelude();
    for line in pass.text.lines() {
        match line.strip_prefix("#import ") {
            Some(name) => {
                for common in COMMON.iter().filter(|c| c.name == name) {
                    wgsl.push_str(common.text);
                }
            }
            None => wgsl.push_str(line),
        }
        wgsl.push('\n');
    }
    wgsl
}

/// Compiles a pass by its name.
pub(crate) fn module(device: &wgpu::Device, name: &str) -> wgpu::ShaderModule {
    let wgsl = PASSES
        .iter()
        .find(|p| p.name == name)
        .map(stitch)
        .unwrap_or_default();
    device.create_shader_module(wgpu::ShaderModuleDescriptor {
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
