//! The closed set of things that a package may ask for, and the board on which results wait.
//!
//! A manifest names stages with their inputs and outputs. [`Plan::parse`] turns them into
//! [`StageKind`]s and checks the wiring before anything runs: every input exists and is of the
//! kind that the stage reads. No package brings code.

mod board;
mod face;
mod head;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use scene::{Progress, Rasterizer, Sink};
use serde::Deserialize;

use crate::error::InferenceError;
use crate::generate::{GenerateOptions, Part, Report};
use crate::image_source::ImageSource;
use crate::package::manifest::{InputKind, Manifest, Role};
use crate::package::{Package, PackageError};
use crate::portrait::mesh::HeadModel;
use crate::runtime::Runtime;
pub(crate) use board::Board;

/// What a stage reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Slot {
    Image,
    Faces,
    Face,
    Matte,
    HeadFit,
    Crop,
    Labels,
    Surface,
    Head,
    Layout,
    Boxes,
    Looks,
}

/// Finds faces in the picture.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detect {
    /// Detector for faces that fill a good part of the picture (BlazeFace, 128 px).
    pub graph: String,
    /// Detector for small faces (BlazeFace full range, 192 px).
    pub far_graph: String,
    /// Faces with a lower score do not count, 0..=1.
    pub min_score: f32,
}

/// Finds the 478 landmarks of the largest face.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landmarks {
    /// The landmark network.
    pub graph: String,
    /// How often the crop is centred anew on the landmarks.
    pub passes: u32,
    /// Side of the crop in extents of the landmarks.
    pub crop_scale: f32,
    /// Faces with a lower presence score are unclear, 0..=1.
    pub min_presence: f32,
}

/// Finds the weights of the 52 blend shapes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blendshapes {
    /// The blend-shape network.
    pub graph: String,
}

/// Separates the person from the background.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatteStage {
    /// The segmentation network.
    pub graph: String,
}

/// Fits the morphable head.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitHead {}

/// Cuts the working crop out of the picture.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CropStage {
    /// Which crop.
    pub rule: CropRule,
}

/// Rules by which a crop is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CropRule {
    /// Head, hair and shoulders.
    Portrait,
}

/// Tells skin, hair, eyes, mouth and cloth apart.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelPortrait {}

/// Finds the depth of the front surface.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortraitSurface {}

/// Makes the Gaussians: the photograph's pixels and what it does not show.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmitPortrait {}

/// Renders from the photograph's camera and corrects the colors.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefineColor {
    /// Number of rounds.
    pub rounds: u32,
}

/// Makes points with rules of the program's own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostGenerator {
    /// Which rules.
    pub name: Generator,
}

/// Rules that make points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generator {
    /// Surfels on the walls, roofs and ground of a layout.
    BevExtrude,
}

/// Asks a network about points, many at once.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecodePoints {
    /// The network.
    pub graph: String,
    /// Points in one run.
    pub chunk: usize,
    /// The finest stride that the network is asked about, metres.
    pub finest: f32,
}

/// What a stage does, with its parameters.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the variants hold what they are named after")]
pub enum StageKind {
    Detect(Detect),
    Landmarks(Landmarks),
    Blendshapes(Blendshapes),
    Matte(MatteStage),
    FitHead(FitHead),
    Crop(CropStage),
    LabelPortrait(LabelPortrait),
    PortraitSurface(PortraitSurface),
    EmitPortrait(EmitPortrait),
    RefineColor(RefineColor),
    HostGenerator(HostGenerator),
    DecodePoints(DecodePoints),
}

impl StageKind {
    /// `None` for a kind that this version does not know.
    fn parse(kind: &str, parameters: toml::Table) -> Option<Result<Self, toml::de::Error>> {
        Some(match kind {
            "detect" => parameters.try_into().map(Self::Detect),
            "landmarks" => parameters.try_into().map(Self::Landmarks),
            "blendshapes" => parameters.try_into().map(Self::Blendshapes),
            "matte" => parameters.try_into().map(Self::Matte),
            "fit_head" => parameters.try_into().map(Self::FitHead),
            "crop" => parameters.try_into().map(Self::Crop),
            "label_portrait" => parameters.try_into().map(Self::LabelPortrait),
            "portrait_surface" => parameters.try_into().map(Self::PortraitSurface),
            "emit_portrait" => parameters.try_into().map(Self::EmitPortrait),
            "refine_color" => parameters.try_into().map(Self::RefineColor),
            "host_generator" => parameters.try_into().map(Self::HostGenerator),
            "decode_points" => parameters.try_into().map(Self::DecodePoints),
            _ => return None,
        })
    }

    /// What the artist reads while it runs.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Detect(_) => "Finding the face",
            Self::Landmarks(_) => "Reading the features",
            Self::Blendshapes(_) => "Reading the expression",
            Self::Matte(_) => "Cutting out the person",
            Self::FitHead(_) => "Fitting the head",
            Self::Crop(_) => "Framing the head",
            Self::LabelPortrait(_) => "Telling skin, hair and clothes apart",
            Self::PortraitSurface(_) => "Shaping the front",
            Self::EmitPortrait(_) => "Making splats",
            Self::RefineColor(_) => "Matching the colors",
            Self::HostGenerator(_) => "Building the city",
            Self::DecodePoints(_) => "Painting the city",
        }
    }

    /// What it reads and writes, in order.
    fn signature(&self) -> (&'static [Slot], &'static [Slot]) {
        use Slot as S;
        match self {
            Self::Detect(_) => (&[S::Image], &[S::Faces]),
            Self::Landmarks(_) => (&[S::Image, S::Faces], &[S::Face]),
            Self::Blendshapes(_) => (&[S::Face], &[S::Face]),
            Self::Matte(_) => (&[S::Image, S::Face], &[S::Matte]),
            Self::FitHead(_) => (&[S::Face, S::Matte], &[S::HeadFit]),
            Self::Crop(_) => (&[S::Face, S::Matte, S::HeadFit], &[S::Crop]),
            Self::LabelPortrait(_) => (&[S::Crop, S::HeadFit], &[S::Labels]),
            Self::PortraitSurface(_) => (&[S::Crop, S::HeadFit, S::Labels], &[S::Surface]),
            Self::EmitPortrait(_) => (&[S::Crop, S::HeadFit, S::Labels, S::Surface], &[S::Head]),
            Self::RefineColor(_) => (&[S::Head, S::Crop], &[S::Head]),
            Self::HostGenerator(_) => (&[S::Layout], &[S::Boxes]),
            Self::DecodePoints(_) => (&[S::Boxes], &[S::Looks]),
        }
    }

    fn graphs(&self) -> Vec<&str> {
        match self {
            Self::Detect(d) => vec![&d.graph, &d.far_graph],
            Self::Landmarks(l) => vec![&l.graph],
            Self::Blendshapes(b) => vec![&b.graph],
            Self::Matte(m) => vec![&m.graph],
            Self::DecodePoints(d) => vec![&d.graph],
            _ => Vec::new(),
        }
    }
}

/// One stage of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its name in the manifest.
    pub id: String,
    /// What it does.
    pub kind: StageKind,
    /// Names on the board that it reads.
    pub inputs: Vec<String>,
    /// Names on the board that it writes.
    pub outputs: Vec<String>,
}

/// The checked stages of a package, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    stages: Vec<Stage>,
}

/// The keys that every stage has.
#[derive(Debug, Deserialize)]
struct Wiring {
    id: String,
    kind: String,
    #[serde(rename = "in")]
    inputs: Vec<String>,
    #[serde(rename = "out")]
    outputs: Vec<String>,
}

impl Plan {
    /// Reads and checks the stages of a manifest.
    pub fn parse(manifest: &Manifest) -> Result<Self, PackageError> {
        let mut known = match manifest.input.kind {
            InputKind::Layout => BTreeMap::from([("layout".to_owned(), Slot::Layout)]),
            _ => BTreeMap::from([("image".to_owned(), Slot::Image)]),
        };
        let mut stages: Vec<Stage> = Vec::new();
        for table in &manifest.stages {
            let stage = parse_stage(table, &mut known)?;
            for graph in stage.kind.graphs() {
                if manifest.file(graph).is_none_or(|f| f.role != Role::Graph) {
                    return Err(bad(
                        &stage.id,
                        format!("no listed file is the graph {graph}"),
                    ));
                }
            }
            if stages.iter().any(|s| s.id == stage.id) {
                return Err(bad(&stage.id, "two stages have this id".to_owned()));
            }
            stages.push(stage);
        }
        Ok(Self { stages })
    }

    /// The stages in order.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Every graph that a stage runs, once, the largest consumers first as listed.
    pub fn graphs(&self) -> Vec<&str> {
        let mut graphs: Vec<&str> = self.stages.iter().flat_map(|s| s.kind.graphs()).collect();
        graphs.sort_unstable();
        graphs.dedup();
        graphs
    }
}

fn bad(stage: &str, reason: String) -> PackageError {
    PackageError::BadStage {
        stage: stage.to_owned(),
        reason,
    }
}

fn parse_stage(
    table: &toml::Table,
    known: &mut BTreeMap<String, Slot>,
) -> Result<Stage, PackageError> {
    let name = table.get("id").and_then(toml::Value::as_str).unwrap_or("?");
    let wiring: Wiring = table
        .clone()
        .try_into()
        .map_err(|e: toml::de::Error| bad(name, e.message().to_owned()))?;
    let mut parameters = table.clone();
    for key in ["id", "kind", "in", "out"] {
        parameters.remove(key);
    }
    let kind = StageKind::parse(&wiring.kind, parameters)
        .ok_or_else(|| PackageError::UnknownStage {
            stage: name.to_owned(),
            kind: wiring.kind.clone(),
        })?
        .map_err(|e| bad(name, e.message().to_owned()))?;
    let (inputs, outputs) = kind.signature();
    if wiring.inputs.len() != inputs.len() || wiring.outputs.len() != outputs.len() {
        return Err(bad(
            name,
            format!("it takes {inputs:?} and gives {outputs:?}"),
        ));
    }
    for (input, slot) in wiring.inputs.iter().zip(inputs) {
        match known.get(input) {
            Some(found) if found == slot => {}
            Some(found) => {
                return Err(bad(
                    name,
                    format!("{input} is {found:?}, it needs {slot:?}"),
                ));
            }
            None => return Err(bad(name, format!("no earlier stage makes {input}"))),
        }
    }
    for (output, slot) in wiring.outputs.iter().zip(outputs) {
        if known.get(output).is_some_and(|found| found != slot) {
            return Err(bad(name, format!("{output} is already something else")));
        }
        known.insert(output.clone(), *slot);
    }
    Ok(Stage {
        id: wiring.id,
        kind,
        inputs: wiring.inputs,
        outputs: wiring.outputs,
    })
}

/// What every stage may use while it runs.
pub(crate) struct StageRun<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) package: &'a Package,
    pub(crate) image: &'a ImageSource,
    pub(crate) options: &'a GenerateOptions,
    pub(crate) rasterizer: &'a dyn Rasterizer,
    pub(crate) sink: &'a mut dyn Sink<Part>,
    pub(crate) start: Instant,
    pub(crate) report: Report,
    pub(crate) head_model: OnceCell<Arc<HeadModel>>,
}

impl StageRun<'_> {
    /// Tells the artist something.
    pub(crate) fn note(&mut self, text: String) -> Result<(), InferenceError> {
        self.report.notes.push(text.clone());
        Ok(self.sink.push(Part::Note(text))?)
    }

    /// Hands over splats, and notes when the first ones went.
    pub(crate) fn splats(&mut self, part: Part) -> Result<(), InferenceError> {
        self.sink.push(part)?;
        self.report
            .first_splats_secs
            .get_or_insert_with(|| self.start.elapsed().as_secs_f32());
        Ok(())
    }

    /// The morphable head of the package, read at the first call.
    pub(crate) fn head_model(&self) -> Result<Arc<HeadModel>, InferenceError> {
        if let Some(model) = self.head_model.get() {
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(HeadModel::load(self.package)?);
        Ok(Arc::clone(self.head_model.get_or_init(|| model)))
    }

    /// A chance to stop inside a long stage.
    pub(crate) fn alive(
        &mut self,
        stage: &Stage,
        done: u64,
        total: u64,
    ) -> Result<(), InferenceError> {
        Ok(self
            .sink
            .progress(Progress::new(stage.kind.title(), done, total))?)
    }
}

/// Runs one stage.
pub(crate) fn run(
    stage: &Stage,
    board: &mut Board,
    run: &mut StageRun<'_>,
) -> Result<(), InferenceError> {
    let value = match &stage.kind {
        StageKind::Detect(parameters) => face::detect(stage, parameters, board, run),
        StageKind::Landmarks(parameters) => face::landmarks(stage, parameters, board, run),
        StageKind::Blendshapes(parameters) => face::blendshapes(stage, parameters, board, run),
        StageKind::Matte(parameters) => face::matte(stage, parameters, board, run),
        StageKind::FitHead(_) => head::fit(stage, board, run),
        StageKind::Crop(parameters) => head::crop(stage, parameters, board, run),
        StageKind::LabelPortrait(_) => head::label(stage, board, run),
        StageKind::PortraitSurface(_) => head::surface(stage, board, run),
        StageKind::EmitPortrait(_) => head::emit(stage, board, run),
        StageKind::RefineColor(parameters) => head::refine(stage, parameters, board, run),
        StageKind::HostGenerator(_) | StageKind::DecodePoints(_) => Err(InferenceError::stage(
            stage.id.as_str(),
            "it builds a city of a layout, not of a picture; give it a map or a seed",
        )),
    }?;
    board.put(stage, value);
    Ok(())
}
