//! Clean-up: splats marked in red before anything changes, and cures for what ails them.

use scene::{
    Edit, RegionMask, RowSet, SplatFlags,
    clean::{self, Ailment},
};

use crate::{
    editor::Editor,
    gesture::Gesture,
    outcome::Outcome,
    select::{batch, editable_layers, is_touchable, mask, set_selected},
};

/// Name of the preview of marks.
const MARKS: &str = "Preview";

/// What is on screen and no step: marks, or simpler layers.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(super) gesture: Gesture,
    /// Splats that are drawn red.
    pub(super) splats: usize,
}

impl Editor {
    /// Whether splats are drawn red because of what would become of them.
    pub fn has_preview(&self) -> bool {
        let marks = |preview: &Preview| preview.gesture.name() == MARKS;
        self.preview.as_ref().is_some_and(marks)
    }

    /// How many splats are drawn red.
    pub fn marked_splats(&self) -> usize {
        self.preview.as_ref().map_or(0, |preview| preview.splats)
    }

    /// Draws these splats red, in place of those that are; nothing else changes until it is accepted. What
    /// can no longer be edited is left out.
    pub(super) fn preview(&mut self, marks: &RegionMask) -> Outcome {
        let mut outcome = self.end_preview();
        let mut gesture = Gesture::begin(MARKS);
        let mut splats = 0;
        let edits: Vec<Edit> = editable_layers(&self.scene)
            .filter_map(|(id, layer)| {
                let (_, words) = marks.layers.iter().find(|(marked, _)| *marked == id)?;
                let rows = mask::rows_where(layer.flags.len(), |row| {
                    is_touchable(layer.flags[row]) && is_marked(words, row)
                });
                splats += rows.len();
                let flags = rows.iter().map(|row| layer.flags[*row as usize]);
                let values = flags.map(|f| f.with(SplatFlags::MARKED)).collect();
                (!rows.is_empty()).then(|| Edit::set_flags(id, rows, values))
            })
            .collect();
        for edit in edits {
            match gesture.update(&mut self.scene, edit) {
                Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
                Err(error) => outcome.merge(Outcome::message(error.to_string())),
            }
        }
        self.preview = Some(Preview { gesture, splats });
        outcome.redraw = true;
        outcome
    }

    /// Draws everything in its own colors again.
    pub(crate) fn end_preview(&mut self) -> Outcome {
        match self.preview.take() {
            Some(preview) => Outcome::dirty(preview.gesture.abort(&mut self.scene)),
            None => Outcome::default(),
        }
    }

    /// Deletes what is drawn red, as one step.
    pub(super) fn accept_preview(&mut self) -> Outcome {
        self.act_on_marked("Clean up", |flags| {
            set_selected(flags, false).with(SplatFlags::DELETED)
        })
    }

    /// Selects what is drawn red, and nothing else, as one step.
    pub(super) fn select_preview(&mut self) -> Outcome {
        self.act_on_marked("Select", |flags| set_selected(flags, true))
    }

    fn act_on_marked(
        &mut self,
        name: &str,
        act: impl Fn(SplatFlags) -> SplatFlags + Sync,
    ) -> Outcome {
        let marked = mask::mask_where(&self.scene, |_, layer| {
            |row: usize| layer.flags[row].intersects(SplatFlags::MARKED)
        });
        let count = marked.count();
        let mut outcome = self.end_preview();
        let selects = name == "Select";
        let edits = marked.layers.iter().filter_map(|(id, words)| {
            Edit::map_flags(&self.scene, *id, |row, flags| match is_marked(words, row) {
                true => act(flags),
                false if selects && is_touchable(flags) => set_selected(flags, false),
                false => flags,
            })
        });
        let edit = batch(edits.collect());
        outcome.merge(self.change(name, edit));
        let what = if selects { "selected" } else { "removed" };
        outcome
            .message
            .get_or_insert_with(|| format!("{count} splats {what}"));
        outcome
    }

    /// Makes these splats well: giants and needles smaller, others deleted.
    pub(super) fn cure(&mut self, ailment: Ailment, ailing: &RegionMask) -> Outcome {
        let mut outcome = self.end_preview();
        let mut count = 0;
        let edits = editable_layers(&self.scene).filter_map(|(id, layer)| {
            let (_, words) = ailing.layers.iter().find(|(layer, _)| *layer == id)?;
            let keep = |row: usize| is_touchable(layer.flags[row]);
            let ails = |row: usize| keep(row) && is_marked(words, row);
            let rows = mask::rows_where(layer.flags.len(), ails);
            let rows: RowSet = rows.into_iter().collect();
            count += rows.len();
            if rows.is_empty() {
                return None;
            }
            match clean::cured(&layer.cloud, keep, ailment, &rows) {
                Some(values) => Some(Edit::set_rows(id, rows, values)),
                None => Edit::map_flags(&self.scene, id, |row, flags| {
                    if ails(row) {
                        set_selected(flags, false).with(SplatFlags::DELETED)
                    } else {
                        flags
                    }
                }),
            }
        });
        let edit = batch(edits.collect());
        outcome.merge(self.change("Fix splats", edit));
        outcome
            .message
            .get_or_insert_with(|| format!("{count} splats fixed"));
        outcome
    }
}

fn is_marked(words: &[u32], row: usize) -> bool {
    words
        .get(row / 32)
        .is_some_and(|word| word >> (row % 32) & 1 != 0)
}
