//! Histograms for the drawer of data, counted on their own thread whenever what they show changes.

use editor::{Histogram, Quantity, ToolKind};

use super::App;
use crate::background::Background;

/// The histogram that is shown, and the one that is being counted.
#[derive(Default)]
pub(super) struct Data {
    pub(super) histogram: Option<Histogram>,
    counting: Option<Background<(), Option<Histogram>>>,
    /// What the newest count was asked for.
    asked: Option<Asked>,
    /// Grows with every change of the scene.
    pub(super) changes: u64,
    /// The distance of neighbors, and `changes` when it was measured.
    pub(super) reach: (f32, Option<(u64, u64)>),
}

#[derive(Debug, Clone, PartialEq)]
struct Asked {
    quantity: Quantity,
    by_powers: bool,
    changes: (u64, u64),
    /// Where the camera is, where that counts.
    eye: Option<[f32; 3]>,
}

impl App {
    /// Takes over what was counted, and has counted anew what changed.
    pub(super) fn count_data(&mut self) {
        // What has arrived may be complete without anything in it changing.
        let changes = (self.front.data.changes, self.editor.history().revision());
        let shown = self.editor.tool() == ToolKind::Flood;
        if shown && self.front.data.reach.1 != Some(changes) {
            self.front.data.reach = (self.editor.own_reach(), Some(changes));
        }
        if !self.settings.data_open {
            self.front.data = Data {
                changes: self.front.data.changes,
                reach: self.front.data.reach,
                ..Data::default()
            };
            return;
        }
        let data = &mut self.front.data;
        if let Some(result) = data.counting.as_ref().and_then(Background::result) {
            data.counting = None;
            match result {
                Ok(histogram) => data.histogram = histogram,
                Err(error) => log::warn!("no histogram: {error:#}"),
            }
        }
        let choices = &self.front.state.data;
        let eye = self.editor.camera([256, 256]).eye();
        let asked = Asked {
            quantity: choices.quantity.clone(),
            by_powers: choices.by_powers,
            changes,
            eye: choices.quantity.follows_camera().then(|| eye.to_array()),
        };
        // One count at a time: what changes meanwhile is counted when it is done.
        if data.counting.is_some() || data.asked.as_ref() == Some(&asked) {
            return;
        }
        let scene = self.editor.scene().clone();
        let (quantity, by_powers) = (asked.quantity.clone(), asked.by_powers);
        data.asked = Some(asked);
        data.counting = Some(Background::start(
            "histogram",
            self.wake.clone(),
            move |_| Ok(Histogram::of(&scene, &quantity, eye, by_powers)),
        ));
    }
}
