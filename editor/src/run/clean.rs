//! Clean-up: floaters marked in red before anything changes, and cures for what ails splats.

use scene::{
    Edit, NodeId, RowSet, SplatFlags, SplatLayer,
    clean::{self, Ailment, FloaterRules},
};

use crate::{
    editor::Editor,
    gesture::Gesture,
    outcome::Outcome,
    select::{batch, editable_layers, is_touchable, set_selected},
};

/// Splats with an ailment in all editable layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What they have.
    pub ailment: Ailment,
    /// How many there are.
    pub splats: usize,
}

impl Editor {
    /// Whether splats are drawn red because of what would become of them.
    pub fn has_preview(&self) -> bool {
        self.preview.is_some()
    }

    /// How many splats are drawn red.
    pub fn marked_splats(&self) -> usize {
        let marked = |f: &&SplatFlags| f.intersects(SplatFlags::MARKED);
        let layers = editable_layers(&self.scene);
        layers
            .map(|(_, l)| l.flags.iter().filter(marked).count())
            .sum()
    }

    /// What ails the splats that can be edited. O(N) and slow for large scenes: ask when it is needed.
    pub fn findings(&self) -> Vec<Finding> {
        let count = |ailment| {
            let layers = editable_layers(&self.scene);
            let ails = layers.map(|(_, layer)| {
                let ails =
                    clean::ailing(&layer.cloud, |row| is_touchable(layer.flags[row]), ailment);
                ails.iter().filter(|ails| **ails).count()
            });
            Finding {
                ailment,
                splats: ails.sum(),
            }
        };
        Ailment::ALL.map(count).to_vec()
    }

    /// Draws floaters red; nothing else changes until it is accepted.
    pub(super) fn preview_floaters(&mut self, rules: &FloaterRules) -> Outcome {
        self.preview_marks(|layer| {
            clean::floaters(&layer.cloud, |row| is_touchable(layer.flags[row]), rules)
        })
    }

    /// Draws splats with an ailment red.
    pub(super) fn preview_ailment(&mut self, ailment: Ailment) -> Outcome {
        self.preview_marks(|layer| {
            clean::ailing(&layer.cloud, |row| is_touchable(layer.flags[row]), ailment)
        })
    }

    fn preview_marks(&mut self, marks: impl Fn(&SplatLayer) -> Vec<bool>) -> Outcome {
        let mut outcome = self.end_preview();
        let marked: Vec<(NodeId, Vec<bool>)> = editable_layers(&self.scene)
            .map(|(id, layer)| (id, marks(layer)))
            .collect();
        let mut preview = Gesture::begin("Preview");
        for (id, marks) in marked {
            let edit = Edit::map_flags(&self.scene, id, |row, flags| {
                if marks[row] {
                    flags.with(SplatFlags::MARKED)
                } else {
                    flags
                }
            });
            if let Some(edit) = edit {
                match preview.update(&mut self.scene, edit) {
                    Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
                    Err(error) => outcome.merge(Outcome::message(error.to_string())),
                }
            }
        }
        self.preview = Some(preview);
        outcome.redraw = true;
        outcome
    }

    /// Draws everything in its own colors again.
    pub(crate) fn end_preview(&mut self) -> Outcome {
        match self.preview.take() {
            Some(preview) => Outcome::dirty(preview.abort(&mut self.scene)),
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

    fn act_on_marked(&mut self, name: &str, act: impl Fn(SplatFlags) -> SplatFlags) -> Outcome {
        let marked: Vec<(NodeId, Vec<bool>)> = editable_layers(&self.scene)
            .map(|(id, layer)| {
                let marks = layer.flags.iter();
                (
                    id,
                    marks.map(|f| f.intersects(SplatFlags::MARKED)).collect(),
                )
            })
            .collect();
        let mut outcome = self.end_preview();
        let selects = name == "Select";
        let edits = marked.iter().filter_map(|(id, marks)| {
            Edit::map_flags(&self.scene, *id, |row, flags| match marks[row] {
                true => act(flags),
                false if selects && is_touchable(flags) => set_selected(flags, false),
                false => flags,
            })
        });
        let edit = batch(edits.collect());
        let count = marked.iter().flat_map(|(_, m)| m).filter(|m| **m).count();
        outcome.merge(self.change(name, edit));
        let what = if selects { "selected" } else { "removed" };
        outcome
            .message
            .get_or_insert_with(|| format!("{count} splats {what}"));
        outcome
    }

    /// Makes splats with an ailment well: giants and needles smaller, others deleted.
    pub(super) fn cure(&mut self, ailment: Ailment) -> Outcome {
        let mut outcome = self.end_preview();
        let mut count = 0;
        let edits = editable_layers(&self.scene).filter_map(|(id, layer)| {
            let keep = |row: usize| is_touchable(layer.flags[row]);
            let ails = clean::ailing(&layer.cloud, keep, ailment);
            let rows: RowSet = (0_u32..)
                .take(ails.len())
                .filter(|r| ails[*r as usize])
                .collect();
            count += rows.len();
            if rows.is_empty() {
                return None;
            }
            match clean::cured(&layer.cloud, keep, ailment, &rows) {
                Some(values) => Some(Edit::set_rows(id, rows, values)),
                None => Edit::map_flags(&self.scene, id, |row, flags| {
                    if ails[row] {
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
