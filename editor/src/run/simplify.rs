//! Simplification: what it is about, its preview, and the step that it becomes.
//!
//! The work itself is slow and the shell's: it takes the layers from here to a thread and brings back
//! simpler ones, to be looked at and then kept or not.

use scene::{
    Cancelled, Dirty, Edit, NodeId, Progress, Scene, SplatFlags, SplatLayer,
    simplify::{self, Method},
};

use crate::{
    editor::Editor,
    gesture::Gesture,
    outcome::Outcome,
    run::clean::Preview,
    select::{editable_layers, is_selected, is_touchable},
};

/// Name of the step, and of the preview.
const STEP: &str = "Simplify";

/// Layers that can be simplified, as they were when they were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ToSimplify {
    layers: Vec<(NodeId, SplatLayer)>,
    only_selected: bool,
    splats: usize,
}

impl ToSimplify {
    /// Splats that can be merged: of the visible, unlocked layers the selected ones, or all where none is.
    pub fn splats(&self) -> usize {
        self.splats
    }

    /// Whether it is about selected splats only.
    pub fn only_selected(&self) -> bool {
        self.only_selected
    }

    /// What a splat takes in a file, bytes; the average of the layers.
    pub fn bytes_a_splat(&self) -> f64 {
        let bytes = |layer: &SplatLayer| {
            let cloud = &layer.cloud;
            // Position, rotation, scale, opacity.
            let shape = 4 * (3 + 4 + 3 + 1);
            let columns = cloud.columns().iter().map(|c| c.values.bytes());
            let columns = columns.sum::<usize>() as f64 / cloud.len().max(1) as f64;
            shape as f64 + 4.0 * cloud.sh_of(0).len() as f64 + columns
        };
        let layers = self.layers.iter().map(|(_, layer)| layer);
        let weighed = layers.filter(|layer| !layer.cloud.is_empty());
        let (sum, count) = weighed.fold((0.0, 0.0), |(sum, count), layer| {
            let n = layer.cloud.len() as f64;
            (sum + n * bytes(layer), count + n)
        });
        if count > 0.0 { sum / count } else { 0.0 }
    }

    /// The layers with `target` of the splats left in all, each in proportion. What is hidden, locked or
    /// not selected stays; what is deleted goes.
    pub fn simplified(
        &self,
        target: usize,
        method: Method,
        report: &mut dyn FnMut(Progress) -> Result<(), Cancelled>,
    ) -> Result<Vec<(NodeId, SplatLayer)>, Cancelled> {
        let share = target as f64 / self.splats.max(1) as f64;
        let mut simpler = Vec::with_capacity(self.layers.len());
        for (id, layer) in &self.layers {
            let takes = |flags: SplatFlags| self.takes(flags);
            let count = layer.flags.iter().filter(|f| takes(**f)).count();
            let target = (count as f64 * share).round() as usize;
            if count > target.max(1) {
                let layer = simplify::layer(layer, takes, (target, method), report)?;
                simpler.push((*id, layer));
            }
        }
        Ok(simpler)
    }

    /// Puts the layers back into a copy of the scene that shows simpler ones.
    pub fn restore(&self, scene: &mut Scene) {
        for (id, layer) in &self.layers {
            // A layer that is gone needs none.
            let _ = Edit::replace_layer(*id, layer.clone()).apply(scene);
        }
    }

    fn takes(&self, flags: SplatFlags) -> bool {
        if self.only_selected {
            is_selected(flags)
        } else {
            is_touchable(flags)
        }
    }
}

impl Editor {
    /// What simplification would be about now. O(N).
    pub fn to_simplify(&self) -> ToSimplify {
        let only_selected = self.selected_splats() > 0;
        let layers = editable_layers(&self.scene).map(|(id, layer)| (id, layer.clone()));
        let mut to = ToSimplify {
            layers: layers.collect(),
            only_selected,
            splats: 0,
        };
        let flags = to.layers.iter().flat_map(|(_, layer)| &layer.flags);
        to.splats = flags.filter(|f| to.takes(**f)).count();
        to
    }

    /// Whether simpler layers are shown that are not kept yet.
    pub fn shows_simplified(&self) -> bool {
        let simpler = |preview: &Preview| preview.gesture.name() == STEP;
        self.preview.as_ref().is_some_and(simpler)
    }

    /// Shows simpler layers; nothing is kept until that is wanted.
    pub fn show_simplified(&mut self, layers: Vec<(NodeId, SplatLayer)>) -> Outcome {
        let mut outcome = self.end_preview();
        if self.gesture.is_some() || self.is_dragging() {
            return outcome;
        }
        let mut gesture = Gesture::begin(STEP);
        for (id, layer) in layers {
            match gesture.update(&mut self.scene, Edit::replace_layer(id, layer)) {
                Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
                Err(error) => outcome.merge(Outcome::message(error.to_string())),
            }
        }
        self.preview = Some(Preview { gesture, splats: 0 });
        outcome.redraw = true;
        outcome
    }

    /// Keeps the simpler layers as one step.
    pub(super) fn accept_simplified(&mut self) -> Outcome {
        if !self.shows_simplified() {
            return Outcome::default();
        }
        if let Some((name, edit)) = self.preview.take().and_then(|p| p.gesture.commit()) {
            self.history.record(&name, edit);
        }
        let left: usize = editable_layers(&self.scene).map(|(_, l)| l.alive()).sum();
        Outcome {
            dirty: vec![Dirty::Graph],
            redraw: true,
            ..Outcome::message(format!("{left} splats are left"))
        }
    }
}
