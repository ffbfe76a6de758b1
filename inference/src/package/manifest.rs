//! The manifest of a package, `splatpack/1`, as closed types.
//!
//! Keys of the format that this version reads are typed here; tables that belong to stage kinds
//! of other tasks (`rig`, `gaussians`, `post`, `stream`) are accepted and left to those stages.

use serde::Deserialize;

/// A whole `manifest.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// "splatpack/1".
    pub format: String,
    /// Reverse-DNS name.
    pub id: String,
    /// Semantic version.
    pub version: String,
    /// Name for people.
    pub title: String,
    /// What it turns into what.
    pub task: Task,
    /// One or two sentences.
    #[serde(default)]
    pub summary: String,
    /// Who made it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// What it was trained on, where it fails, how good it is.
    #[serde(default)]
    pub honesty: Option<Honesty>,
    /// Under which terms it may be used.
    pub license: License,
    /// What it needs to run.
    #[serde(default)]
    pub requires: Requires,
    /// The frame its results are in.
    #[serde(default)]
    pub frame: Option<Frame>,
    /// What it is fed with.
    pub input: Input,
    /// Every file of the package except the manifest.
    #[serde(default, rename = "file")]
    pub files: Vec<File>,
    /// What is done, in order.
    #[serde(default, rename = "stage")]
    pub stages: Vec<toml::Table>,
    /// Camera rigs of other tasks; read by their stages.
    #[serde(default)]
    pub rig: Option<toml::Value>,
    /// Decoding chains of other tasks.
    #[serde(default)]
    pub gaussians: Option<toml::Value>,
    /// Relighting attributes of other tasks.
    #[serde(default)]
    pub gaussians_relight: Option<toml::Value>,
    /// Work after decoding.
    #[serde(default)]
    pub post: Option<toml::Value>,
    /// Order in which parts are handed over.
    #[serde(default)]
    pub stream: Option<toml::Value>,
}

impl Manifest {
    /// The listed file with this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|f| f.path == path)
    }
}

/// What a package turns into what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the format's own")]
pub enum Task {
    PortraitToHead,
    ObjectToGaussians,
    PhotoToScene,
    MultiviewToGaussians,
    LayoutToCity,
    CarRelight,
    Refine,
    Matte,
}

/// Terms of use; shown before the first run and beside every result.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct License {
    /// SPDX expression of the package's own text.
    pub code: String,
    /// SPDX expression of the networks' weights, or `LicenseRef-*`.
    pub weights: String,
    /// SPDX expression of the tables where it differs.
    #[serde(default)]
    pub tables: Option<String>,
    /// Whether results may be sold.
    pub commercial: Commercial,
    /// Where it may not be used.
    #[serde(default)]
    pub regions_excluded: Vec<String>,
    /// Whom to thank, one line each.
    pub attribution: Vec<String>,
    /// Where it comes from.
    #[serde(default)]
    pub source_repo: Option<String>,
    /// At which commit.
    #[serde(default)]
    pub source_commit: Option<String>,
    /// Who converted it.
    #[serde(default)]
    pub converted_by: Option<String>,
    /// The NOTICE among the files.
    #[serde(default)]
    pub notice_file: Option<String>,
}

/// Whether results may be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Commercial {
    /// Yes.
    Allowed,
    /// Under conditions; read the licence.
    Restricted,
    /// No.
    Forbidden,
}

/// What the makers know about quality.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Honesty {
    /// Data the networks saw.
    pub trained_on: String,
    /// Where it fails, in words.
    #[serde(default)]
    pub known_failures: Vec<String>,
    /// Metric → value and data set.
    #[serde(default)]
    pub quality: Option<toml::Table>,
}

/// What the package needs to run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requires {
    /// Highest ONNX operator set used.
    #[serde(default)]
    pub opset: Option<u32>,
    /// Operator domains beside the standard one.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Features of the execution provider.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Memory, megabytes.
    #[serde(default)]
    pub ram_mb: Option<u32>,
    /// Graphics memory, megabytes.
    #[serde(default)]
    pub vram_mb: Option<u32>,
    /// Providers it was run on.
    #[serde(default)]
    pub eps_tested: Vec<toml::Table>,
}

/// The frame of the results.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// "right".
    pub handedness: String,
    /// Axis that points up, like "+y".
    pub up: String,
    /// Axis the subject faces.
    pub forward: String,
    /// "metric" or "normalized".
    #[serde(default)]
    pub units: Option<String>,
    /// Box that holds the result.
    #[serde(default)]
    pub aabb: Option<[[f32; 3]; 2]>,
}

/// What the package is fed with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Kind of input.
    pub kind: InputKind,
    /// Number of inputs.
    #[serde(default)]
    pub count: Option<u32>,
    /// Smallest side, pixels.
    #[serde(default)]
    pub min: Option<u32>,
    /// Largest side, pixels.
    #[serde(default)]
    pub max: Option<u32>,
    /// Whether the picture must be cut out.
    #[serde(default)]
    pub needs_alpha: bool,
    /// Whether the EXIF focal length is used.
    #[serde(default)]
    pub exif_focal: bool,
    /// Advice for people.
    #[serde(default)]
    pub hints: Vec<String>,
    /// Maps of a layout.
    #[serde(default)]
    pub maps: Vec<String>,
    /// Classes of a layout.
    #[serde(default)]
    pub classes: Vec<String>,
}

/// Kind of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the format's own")]
pub enum InputKind {
    Image,
    Images,
    Layout,
    Gaussians,
}

/// One listed file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Path inside the package, `/` between folders.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What it is for.
    pub role: Role,
    /// Declared inputs and outputs of a graph.
    #[serde(default)]
    pub io: Option<Io>,
    /// Tolerance of a golden output, relative to the largest expected value.
    #[serde(default)]
    pub rtol: Option<f32>,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the format's own")]
pub enum Role {
    Graph,
    ExternalData,
    Table,
    Licence,
    Golden,
    Preview,
}

/// Declared inputs and outputs of a graph.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Io {
    /// Inputs.
    pub inputs: Vec<IoPort>,
    /// Outputs.
    pub outputs: Vec<IoPort>,
}

/// One declared input or output.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IoPort {
    /// Name in the graph.
    pub name: String,
    /// "f32", "f16", "i32", "i64" or "u8".
    pub dtype: String,
    /// Axes; a string is a free length.
    pub shape: Vec<Dim>,
    /// "NHWC", "NCHW", ...
    #[serde(default)]
    pub layout: Option<String>,
    /// Range of the values.
    #[serde(default)]
    pub range: Option<[f32; 2]>,
    /// "srgb" or "linear".
    #[serde(default)]
    pub colour: Option<String>,
    /// Subtracted before the graph.
    #[serde(default)]
    pub mean: Option<Vec<f32>>,
    /// Divided by before the graph.
    #[serde(default)]
    pub std: Option<Vec<f32>>,
}

/// One axis of a declared tensor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Dim {
    /// Exactly this long.
    Fixed(usize),
    /// Free; the name says what it counts.
    Free(String),
}
