//! Selections that follow from what splats are and who is near them, and the numbers of the tools.

use std::collections::BTreeMap;

use glam::Vec3;
use scene::{Neighborhood, NodeId};

use crate::{
    adjust::{Source, own_reach},
    data::{self, DataRange, Histogram, Quantity},
    editor::Editor,
    outcome::Outcome,
    picker::NoPicker,
    select::{
        SelectOp,
        mask::{Gathered, Rows, select_rows},
    },
    select_options::{ColorSource, SelectOptions},
    tool::ToolKind,
    tools::{polygon, volume},
    volume::Volume,
};

/// Sizes within this factor of each other are similar.
const SIMILAR_SIZE: f32 = 1.1;

impl Editor {
    /// Sets the thresholds of the tools; what was selected by them follows.
    pub(super) fn set_select_options(&mut self, options: SelectOptions) -> Outcome {
        if !options.is_valid() {
            return Outcome::message("That is not a usable number; nothing was changed");
        }
        self.settings.select = options;
        let samples = self
            .standing
            .adjust
            .as_ref()
            .is_some_and(|adjust| matches!(adjust.source, Source::Color(_) | Source::Flood(_)));
        if samples && self.is_idle() {
            return self.cx(&mut NoPicker).renew();
        }
        Outcome::redraw()
    }

    /// Makes the tolerance of eyedropper and flood larger or smaller.
    pub(crate) fn scale_tolerance(&mut self, factor: f32) -> Outcome {
        let (low, high) = SelectOptions::TOLERANCES;
        let tolerance = (self.settings.select.tolerance * factor).clamp(low, high);
        self.set_select_options(SelectOptions {
            tolerance,
            ..self.settings.select
        })
    }

    /// The depth toggle: of the tools on the picture or of those in space, whichever is in hand.
    pub(super) fn toggle_surface(&mut self) -> Outcome {
        let on = if self.tool.selects_in_space() {
            &mut self.settings.select.space_surface
        } else {
            &mut self.settings.select_surface
        };
        *on = !*on;
        Outcome::message(if *on {
            "Only the front surface is selected"
        } else {
            "Selection reaches through everything"
        })
    }

    /// Whether the tool in hand leaves alone what lies behind what is seen.
    pub fn selects_surface(&self) -> bool {
        if self.tool.selects_in_space() {
            self.settings.select.space_surface
        } else {
            self.settings.select_surface
        }
    }

    /// The footprint toggle.
    pub(super) fn toggle_ellipses(&mut self) -> Outcome {
        self.settings.select_ellipses = !self.settings.select_ellipses;
        let mut outcome = Outcome::message(if self.settings.select_ellipses {
            "Splats that are touched are selected"
        } else {
            "Splats are selected by their centers"
        });
        if self.standing.volume.is_some() && self.is_idle() {
            outcome.merge(self.cx(&mut NoPicker).renew());
        }
        outcome
    }

    pub(super) fn set_volume(&mut self, volume: Volume) -> Outcome {
        if !volume.is_valid() {
            return Outcome::message("That is not a usable size or place; the volume stays");
        }
        volume::set(&mut self.cx(&mut NoPicker), volume)
    }

    /// What the selection that can still be changed does with what was selected.
    pub(super) fn set_adjust_op(&mut self, op: SelectOp) -> Outcome {
        let mut outcome = self.cx(&mut NoPicker).take_back_adjusted();
        if let Some(adjust) = &mut self.standing.adjust {
            adjust.op = op;
        }
        outcome.merge(self.cx(&mut NoPicker).renew());
        outcome
    }

    pub(super) fn close_polygon(&mut self) -> Outcome {
        let op = SelectOp::from_modifiers(self.pointer.modifiers);
        polygon::close(&mut self.cx(&mut NoPicker), op)
    }

    /// Selects by a range of data, as a step that [`Self::adjust_range`] goes on to change.
    pub(super) fn select_range(&mut self, range: DataRange, op: SelectOp) -> Outcome {
        if !range.is_valid() {
            return Outcome::message("That is not a usable range; nothing was changed");
        }
        let eye = self.eye();
        let values = data::values(&self.scene, &range.quantity, eye);
        let source = Source::Range(range, values);
        self.cx(&mut NoPicker).begin_adjusting(source, op, None)
    }

    /// Changes the ends of the range that is selected.
    pub(super) fn adjust_range(&mut self, low: f32, high: f32) -> Outcome {
        let valid = low <= high;
        match &mut self.standing.adjust {
            Some(adjust) if valid => {
                if let Source::Range(range, _) = &mut adjust.source {
                    (range.low, range.high) = (low, high);
                    return self.cx(&mut NoPicker).renew();
                }
                Outcome::default()
            }
            _ => Outcome::message("That is not a usable range; nothing was changed"),
        }
    }

    /// Counts a quantity over the splats that can be selected.
    pub fn histogram(&self, quantity: &Quantity, by_powers: bool) -> Option<Histogram> {
        Histogram::of(&self.scene, quantity, self.eye(), by_powers)
    }

    fn eye(&self) -> Vec3 {
        self.camera.camera(self.viewport.size).eye()
    }

    /// The distance between neighbors, metres: the artist's, else that of the splats' sizes. O(N).
    pub fn reach(&self) -> f32 {
        let own = || own_reach(&self.scene);
        self.settings.select.reach.unwrap_or_else(own)
    }

    /// The distance between neighbors that follows from the size of the splats, metres. O(N).
    pub fn own_reach(&self) -> f32 {
        own_reach(&self.scene)
    }

    pub(super) fn select_label(&mut self, label: u32, op: SelectOp) -> Outcome {
        let values = data::values(&self.scene, &Quantity::Label, Vec3::ZERO);
        let mask = data::between(&self.scene, &values, label as f32, label as f32);
        let edit = crate::select::select_mask(&self.scene, &mask, op);
        self.change("Select label", edit)
    }

    /// All splats whose color is about that of some selected one.
    pub(super) fn select_similar_color(&mut self) -> Outcome {
        let gathered = Gathered::new(&self.scene, None);
        let seen = self.settings.select.color == ColorSource::Seen;
        let colors = data::colors(&self.scene, seen.then(|| self.eye()));
        let colors = gathered.pick(&colors);
        let reach = self.settings.select.tolerance;
        let near = Neighborhood::new(&colors, reach).near(&gathered.selected);
        self.select_gathered("Select similar colors", &gathered, |i| near[i])
    }

    /// All splats whose size is about that of some selected one.
    pub(super) fn select_similar_size(&mut self) -> Outcome {
        let gathered = Gathered::new(&self.scene, None);
        let scale = |id: NodeId| self.scene.world_from_node(id).scale.ln();
        let sizes = gathered.map(&self.scene, |id, layer, row| {
            let mut s = layer.cloud.log_scales()[row].to_array();
            s.sort_unstable_by(f32::total_cmp);
            Vec3::from(s) + scale(id)
        });
        let near = Neighborhood::new(&sizes, SIMILAR_SIZE.ln()).near(&gathered.selected);
        self.select_gathered("Select similar sizes", &gathered, |i| near[i])
    }

    pub(super) fn grow_selection(&mut self) -> Outcome {
        let gathered = Gathered::new(&self.scene, None);
        let near = Neighborhood::new(&gathered.points, self.reach()).near(&gathered.selected);
        self.select_gathered("Grow selection", &gathered, |i| near[i])
    }

    pub(super) fn shrink_selection(&mut self) -> Outcome {
        let gathered = Gathered::new(&self.scene, None);
        let outside: Vec<bool> = gathered.selected.iter().map(|selected| !selected).collect();
        let near = Neighborhood::new(&gathered.points, self.reach()).near(&outside);
        self.select_gathered("Shrink selection", &gathered, |i| !near[i])
    }

    /// Everything that hangs together with the selection.
    pub(super) fn select_connected(&mut self) -> Outcome {
        let gathered = Gathered::new(&self.scene, None);
        let names = Neighborhood::new(&gathered.points, self.reach()).components();
        let mut chosen = vec![false; names.len()];
        for (name, selected) in names.iter().zip(&gathered.selected) {
            chosen[*name as usize] |= selected;
        }
        self.select_gathered("Select connected", &gathered, |i| chosen[names[i] as usize])
    }

    /// Parts that hang together and have few splats.
    pub(super) fn select_small_parts(&mut self) -> Outcome {
        let gathered = Gathered::new(&self.scene, None);
        let names = Neighborhood::new(&gathered.points, self.reach()).components();
        let mut sizes: BTreeMap<u32, u32> = BTreeMap::new();
        for name in &names {
            *sizes.entry(*name).or_default() += 1;
        }
        let small = self.settings.select.small_part;
        let is_small = |i: usize| sizes.get(&names[i]).is_some_and(|size| *size < small);
        let mut outcome = self.select_gathered("Select small parts", &gathered, is_small);
        let parts = sizes.values().filter(|size| **size < small).count();
        outcome.message = Some(format!("{parts} of {} parts are small", sizes.len()));
        outcome
    }

    fn select_gathered(
        &mut self,
        step: &str,
        gathered: &Gathered,
        inside: impl Fn(usize) -> bool,
    ) -> Outcome {
        let rows: Rows = gathered.rows_where(inside);
        let edit = select_rows(&self.scene, &rows, SelectOp::Replace);
        let mut outcome = self.change(step, edit);
        if outcome.dirty.is_empty() {
            outcome
                .message
                .get_or_insert_with(|| "No further splat is like that".into());
        }
        outcome
    }

    /// Whether no change is under way that is not a step yet.
    fn is_idle(&self) -> bool {
        self.gesture.is_none() && !self.is_dragging()
    }

    /// What belongs to another tool goes.
    pub(super) fn put_tool_away(&mut self, next: ToolKind) {
        if next != self.tool {
            self.standing.clear();
        }
    }
}
