//! What an artist changed: an overlay on any plan, small enough to lie in a project.
//!
//! Changes of buildings hold by their number, painted shapes by where they are in the plan. Nothing of the plan itself is
//! kept, so that an edited city has no end either. The same edits on the same plan are the same city from every tile.

mod paint;

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::DVec2;
use serde::{Deserialize, Serialize};

use crate::layout::{
    AreaKind, Building, BuildingUse, Family, Layout, Plan, RoadClass, RoofShape, Tile,
};

/// Lowest and highest building that can be asked for, metres.
const HEIGHTS: (f32, f32) = (2.0, 900.0);

/// All changes of a city.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edits {
    /// Changes of single buildings, by [`Building::id`].
    pub buildings: BTreeMap<u64, BuildingEdit>,
    /// What was painted, later on earlier.
    pub painted: Vec<Painted>,
}

/// Changes of one building. What is nothing stays as the plan has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BuildingEdit {
    /// Another seed of what is left to chance.
    pub style: Option<u64>,
    /// Height of its eaves above the ground, metres.
    pub height: Option<f32>,
    /// What it is for.
    pub usage: Option<BuildingUse>,
    /// Its façade.
    pub family: Option<Family>,
    /// Its roof.
    pub roof: Option<RoofShape>,
    /// It is gone.
    pub deleted: bool,
    /// Nothing that is painted changes it.
    pub locked: bool,
}

/// A shape that was painted on the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Painted {
    /// What it is now.
    pub what: Paint,
    /// Metres in the frame of the plan: the centre line of a street, the outline of everything else.
    pub points: Vec<DVec2>,
}

/// What can be painted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Paint {
    /// A street; buildings in its way go.
    Road {
        /// Its kind.
        class: RoadClass,
        /// Kerb to kerb, metres.
        width: f32,
    },
    /// Open ground; buildings on it go.
    Ground {
        /// Which.
        kind: AreaKind,
        /// Whether streets go on across it: on water as bridges.
        streets: bool,
    },
    /// Buildings there become others.
    Zone {
        /// What for.
        usage: BuildingUse,
        /// Height that they get on the average, metres; nothing leaves their heights.
        height: Option<f32>,
    },
}

impl Edits {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.buildings.is_empty() && self.painted.is_empty()
    }

    /// The changes of a building, to be changed.
    pub fn building(&mut self, id: u64) -> &mut BuildingEdit {
        self.buildings.entry(id).or_default()
    }

    /// The tiles whose layouts a painted shape can change: those to lay out again.
    pub fn tiles_of(painted: &Painted) -> Vec<Tile> {
        let Some((low, high)) = paint::reach(painted) else {
            return Vec::new();
        };
        let apron = f64::from(Layout::APRON);
        let (a, b) = (Tile::at(low - apron), Tile::at(high + apron));
        (a.y..=b.y)
            .flat_map(|y| (a.x..=b.x).map(move |x| Tile { x, y }))
            .collect()
    }

    /// Changes a layout that its plan gave.
    pub fn apply(&self, layout: &mut Layout) {
        for painted in &self.painted {
            paint::apply(self, painted, layout);
        }
        layout
            .buildings
            .retain_mut(|building| match self.buildings.get(&building.id) {
                Some(edit) if edit.deleted => false,
                Some(edit) => {
                    edit.apply(building);
                    true
                }
                None => true,
            });
    }

    fn locked(&self, id: u64) -> bool {
        self.buildings.get(&id).is_some_and(|edit| edit.locked)
    }
}

impl BuildingEdit {
    fn apply(&self, building: &mut Building) {
        building.style = self.style.unwrap_or(building.style);
        building.usage = self.usage.unwrap_or(building.usage);
        building.family = self.family.or(building.family);
        building.roof = self.roof.or(building.roof);
        if let Some(height) = self.height.filter(|height| height.is_finite()) {
            let lowest = building.base + HEIGHTS.0;
            building.height = height.clamp(lowest, HEIGHTS.1.max(lowest));
            // Levels of the source are those of the height that is no more.
            building.levels = None;
        }
    }
}

/// A plan with changes.
pub struct EditedPlan {
    plan: Arc<dyn Plan>,
    edits: Edits,
}

impl EditedPlan {
    /// A plan as an artist changed it.
    pub fn new(plan: Arc<dyn Plan>, edits: Edits) -> Self {
        Self { plan, edits }
    }

    /// The changes.
    pub fn edits(&self) -> &Edits {
        &self.edits
    }
}

impl Plan for EditedPlan {
    fn layout(&self, tile: Tile) -> Arc<Layout> {
        let layout = self.plan.layout(tile);
        if self.edits.is_empty() {
            return layout;
        }
        let mut edited = Layout::clone(&layout);
        self.edits.apply(&mut edited);
        Arc::new(edited)
    }

    fn bounds(&self) -> Option<(DVec2, DVec2)> {
        self.plan.bounds()
    }
}
