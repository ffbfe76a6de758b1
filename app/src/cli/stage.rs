//! The scene that a command works on, and what draws it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use renderer::{Gpu, Render, Renderer, Residency, SoftwareRenderer};
use scene::{DirectionalLight, Edit, Node, Payload, Scene, Sink, SplatLayer, Transform};

use super::args::{ModelArgs, ViewArgs, harmonics};
use super::generate;
use super::progress::Terminal;
use crate::tunings;

/// A scene from files.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
}

impl Stage {
    /// Reads splat files into one scene; a photograph is made 3D first.
    pub(crate) fn open(
        files: &[PathBuf],
        model: &ModelArgs,
        terminal: &mut Terminal,
    ) -> Result<Self> {
        let mut stage = Self {
            scene: Scene::new(),
        };
        for file in files {
            if scene::io::is_project_path(file) {
                stage.add_project(file, terminal)?;
            } else if is_picture(file)? {
                let generated = generate::generate(file, model, terminal)?;
                let layer = SplatLayer::new(generated.cloud, file_name(file));
                stage.add(&file_name(file), layer, generated.world_from_cloud)?;
            } else {
                let layer = load_layer(file, terminal)?;
                stage.add(&file_name(file), layer, scene::io::SCENE_FROM_FILE)?;
            }
        }
        Ok(stage)
    }

    /// Adds what a project shows; its lights too where it comes first.
    fn add_project(&mut self, file: &Path, terminal: &mut Terminal) -> Result<()> {
        let mut listen = |progress| Sink::<()>::progress(terminal, progress);
        let project = scene::io::load_project(file, &mut listen)?;
        if self.scene.nodes().next().is_none() {
            self.scene = project.scene;
            return Ok(());
        }
        let scene = &project.scene;
        for (id, node, layer) in scene.layers().filter(|(id, ..)| scene.is_visible(*id)) {
            self.add(&node.name, layer.clone(), scene.world_from_node(id))?;
        }
        Ok(())
    }

    /// Adds one layer.
    pub(crate) fn add(&mut self, name: &str, layer: SplatLayer, place: Transform) -> Result<()> {
        let mut node = Node::new(name, Payload::Splats(layer));
        node.transform = place;
        let (_, edit) = Edit::insert(&self.scene, node);
        apply(&mut self.scene, edit)
    }

    /// A renderer that shows the scene, lit as asked.
    pub(crate) fn renderer(&mut self, view: &ViewArgs) -> Result<Box<dyn Render>> {
        if let Some(light) = view.light {
            light_layers(&mut self.scene, light)?;
        }
        let mut render = open_renderer(view.software);
        render.set_residency(Residency {
            harmonics: harmonics(view.compact_harmonics),
            ..Residency::default()
        });
        render.sync(&self.scene, &[]);
        Ok(render)
    }
}

/// The graphics device's renderer, or the processor's where there is none or it is not wanted.
pub(crate) fn open_renderer(software: bool) -> Box<dyn Render> {
    if !software {
        match Gpu::headless() {
            Ok(gpu) if Gpu::is_slower_than_software(gpu.device_type) => {}
            Ok(gpu) => match Renderer::new(tuned(gpu)) {
                Ok(renderer) => return Box::new(renderer),
                Err(error) => log::warn!("drawing on the processor: {error}"),
            },
            Err(error) => log::warn!("drawing on the processor: {error}"),
        }
    }
    Box::new(SoftwareRenderer::new())
}

/// The device with the passes that the window found fastest on it.
pub(crate) fn tuned(gpu: Gpu) -> Gpu {
    let tuning = tunings::remembered(&gpu).unwrap_or_default();
    gpu.with_tuning(tuning)
}

/// Reads one splat file as a layer; what was odd about it goes to standard error.
pub(crate) fn load_layer(file: &Path, terminal: &mut Terminal) -> Result<SplatLayer> {
    let (cloud, loaded) = scene::io::load_all(file)?;
    ensure!(
        !cloud.is_empty(),
        "there is not a single splat in this file: {}",
        file.display()
    );
    if !loaded.warnings.is_empty() {
        terminal.say(&format!("{}: {}", file.display(), loaded.warnings));
    }
    let mut layer = SplatLayer::new(cloud, file_name(file));
    layer.layout = loaded.layout;
    Ok(layer)
}

/// Lights every layer that has normals with one directional light.
fn light_layers(scene: &mut Scene, light: DirectionalLight) -> Result<()> {
    let lit: Vec<_> = scene
        .layers()
        .filter(|(.., layer)| layer.cloud.column_f32("normal", 3).is_some())
        .map(|(id, ..)| id)
        .collect();
    ensure!(
        !lit.is_empty(),
        "--light needs splats with normals, and no file has them"
    );
    for id in lit {
        apply(scene, Edit::set_lit(id, true))?;
    }
    let (_, edit) = Edit::insert(scene, Node::new("Light", Payload::Light(light)));
    apply(scene, edit)
}

fn apply(scene: &mut Scene, mut edit: Edit) -> Result<()> {
    edit.apply(scene).context("the scene could not be built")?;
    Ok(())
}

/// Whether the file starts like a picture.
pub(crate) fn is_picture(file: &Path) -> Result<bool> {
    let mut start = Vec::new();
    std::fs::File::open(file)
        .and_then(|f| f.take(16).read_to_end(&mut start))
        .with_context(|| format!("could not read {}", file.display()))?;
    Ok(image::guess_format(&start).is_ok())
}

/// The file's name for people.
pub(crate) fn file_name(file: &Path) -> String {
    file.file_name()
        .unwrap_or(file.as_os_str())
        .to_string_lossy()
        .into_owned()
}
