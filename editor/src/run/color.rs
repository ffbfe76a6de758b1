//! Commands on colors: grades that are only shown, and harmonics that are cut off.

use std::sync::Arc;

use scene::{
    Edit, GaussianCloud, Grade, MOST_GRADES, NodeId, RowSet, SplatFlags, SplatLayer,
    grade::is_graded,
};

use crate::{
    editor::Editor,
    outcome::Outcome,
    select::{batch, is_selected},
};

/// What a grade of a layer is about now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradeInHand {
    /// As it is shown.
    pub grade: Grade,
    /// Whether it is about the selected splats only.
    pub of_selection: bool,
}

impl Editor {
    /// The grade that [`EditCommand::SetGrade`](crate::EditCommand::SetGrade) would change: that of the
    /// selected splats of the layer, else that of all of them.
    pub fn grade_in_hand(&self, id: NodeId) -> Option<GradeInHand> {
        let layer = self.scene.node(id)?.splats()?;
        let slots = Slots::of(layer);
        let number = slots.selected.unwrap_or(0);
        let own = if slots.any_selected && number == 0 {
            None
        } else {
            layer.grades.get(number)
        };
        Some(GradeInHand {
            grade: own.copied().unwrap_or_default(),
            of_selection: slots.any_selected,
        })
    }

    pub(super) fn set_grade(&mut self, id: NodeId, grade: Grade) -> Outcome {
        if !grade.is_valid() {
            return Outcome::message(
                "The grade is not usable; white must be above black, and opacity within 0 to 1",
            );
        }
        let Some(layer) = self.scene.node(id).and_then(|node| node.splats()) else {
            return Outcome::default();
        };
        let slots = Slots::of(layer);
        let mut grades = layer.grades.clone();
        let number = match slots.own() {
            Some(number) => number,
            None => match slots.free() {
                Some(free) => free,
                None => {
                    return Outcome::message(
                        "This layer has as many grades of parts as it can hold; bake its grade first",
                    );
                }
            },
        };
        if grades.len() <= number {
            grades.resize(number + 1, Grade::NEUTRAL);
        }
        grades[number] = grade;
        let set = Edit::set_grades(id, grades);
        if slots.own().is_some() {
            return self.change("Grade", Some(set));
        }
        let part = Edit::map_flags(&self.scene, id, |_, flags| {
            if is_selected(flags) {
                flags.with_grade(number)
            } else {
                flags
            }
        });
        self.change(
            "Grade",
            Some(Edit::batch(part.into_iter().chain([set]).collect())),
        )
    }

    pub(super) fn reset_grade(&mut self, id: NodeId) -> Outcome {
        let Some(layer) = self.scene.node(id).and_then(|node| node.splats()) else {
            return Outcome::default();
        };
        if Slots::of(layer).any_selected {
            let edit = Edit::map_flags(&self.scene, id, |_, flags| {
                if is_selected(flags) {
                    flags.with_grade(0)
                } else {
                    flags
                }
            });
            return self.change("Reset grade", edit);
        }
        let mut grades = layer.grades.clone();
        if let Some(first) = grades.first_mut() {
            *first = Grade::NEUTRAL;
        }
        if !is_graded(&grades) {
            grades.clear();
        }
        self.change("Reset grade", Some(Edit::set_grades(id, grades)))
    }

    /// Puts the grades of a layer into its colors for good.
    pub(super) fn bake_grade(&mut self, id: NodeId) -> Outcome {
        let Some(layer) = self.scene.node(id).and_then(|node| node.splats()) else {
            return Outcome::default();
        };
        let rows: RowSet = (0_u32..).take(layer.cloud.len()).collect();
        let slot = |row: usize| layer.flags[row].grade();
        let values = layer.cloud.graded_rows(&rows, &layer.grades, slot);
        let mut edits = vec![
            Edit::set_rows(id, rows, values),
            Edit::set_grades(id, Vec::new()),
        ];
        edits.extend(Edit::map_flags(&self.scene, id, |_, flags| {
            flags.with_grade(0)
        }));
        self.change("Bake grade", batch(edits))
    }

    pub(super) fn can_bake(&self, id: NodeId) -> Result<(), &'static str> {
        self.can_change(id)?;
        let layer = self.scene.node(id).and_then(|node| node.splats());
        match layer {
            Some(layer) if is_graded(&layer.grades) => Ok(()),
            Some(_) => Err("Its colors are not graded"),
            None => Err("Select a layer of splats first"),
        }
    }

    /// Cuts off the harmonics above a degree.
    pub(super) fn strip_harmonics(&mut self, id: NodeId, degree: u32) -> Outcome {
        let Some(layer) = self.scene.node(id).and_then(|node| node.splats()) else {
            return Outcome::default();
        };
        if layer.cloud.sh_degree() <= degree {
            return Outcome::message(format!(
                "Its harmonics go up to degree {} only",
                layer.cloud.sh_degree()
            ));
        }
        let cloud = GaussianCloud::clone(&layer.cloud).with_max_sh_degree(degree);
        let stripped = SplatLayer {
            cloud: Arc::new(cloud),
            // The file had more.
            layout: None,
            ..layer.clone()
        };
        self.change("Cut harmonics", Some(Edit::replace_layer(id, stripped)))
    }
}

/// Which numbers of grades the splats of a layer have.
struct Slots {
    any_selected: bool,
    /// The one that all selected splats have.
    selected: Option<usize>,
    /// Splats that are not selected, by number.
    others: [usize; MOST_GRADES],
    /// Selected splats, by number.
    own: [usize; MOST_GRADES],
}

impl Slots {
    fn of(layer: &SplatLayer) -> Self {
        let (mut own, mut others) = ([0; MOST_GRADES], [0; MOST_GRADES]);
        for flags in &layer.flags {
            if is_selected(*flags) {
                own[flags.grade()] += 1;
            } else if !flags.intersects(SplatFlags::DELETED) {
                others[flags.grade()] += 1;
            }
        }
        let mut used = (0..MOST_GRADES).filter(|i| own[*i] > 0);
        let first = used.next();
        let several = used.next().is_some();
        Self {
            any_selected: first.is_some(),
            selected: first.filter(|_| !several),
            others,
            own,
        }
    }

    /// The number that can be changed without changing other splats.
    fn own(&self) -> Option<usize> {
        if !self.any_selected {
            return Some(0);
        }
        self.selected.filter(|n| *n > 0 && self.others[*n] == 0)
    }

    /// A number that no splat has.
    fn free(&self) -> Option<usize> {
        // What selected splats had alone is free once they have another.
        (1..MOST_GRADES)
            .find(|n| self.others[*n] == 0 && self.own[*n] == 0)
            .or_else(|| (1..MOST_GRADES).find(|n| self.others[*n] == 0))
    }
}
