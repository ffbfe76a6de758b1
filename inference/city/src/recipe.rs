//! What a project keeps of a city: enough to make the same one again.

use std::sync::Arc;

use glam::DVec2;
use serde::{Deserialize, Serialize};

use crate::{
    edits::{EditedPlan, Edits},
    finite::FinitePlan,
    layout::{Layout, Plan},
    light::Daylight,
    procedural::{CityStyle, ProceduralPlan},
    stream::Patch,
};

/// The recipes that this version writes.
pub const RECIPE_VERSION: u32 = 1;

/// A city: where its layout comes from, and the light in its colors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CityRecipe {
    /// [`RECIPE_VERSION`] of its writer.
    pub version: u32,
    /// Its layout.
    pub source: Source,
    /// Whether its lamps are on.
    #[serde(default)]
    pub dusk: bool,
    /// What an artist changed of the layout.
    #[serde(default)]
    pub edits: Edits,
    /// Parts that became layers of their own.
    #[serde(default)]
    pub kept: Vec<Patch>,
}

/// Where a layout comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// From a seed, without end.
    Style(CityStyle),
    /// From a map that was read.
    Map {
        /// Its file, for people.
        name: String,
        /// All of it.
        layout: Box<Layout>,
    },
}

impl CityRecipe {
    /// A city by day.
    pub fn new(source: Source) -> Self {
        Self {
            version: RECIPE_VERSION,
            source,
            dusk: false,
            edits: Edits::default(),
            kept: Vec::new(),
        }
    }

    /// Its layouts, tile by tile.
    pub fn plan(&self) -> Arc<dyn Plan> {
        let plan: Arc<dyn Plan> = match &self.source {
            Source::Style(style) => Arc::new(ProceduralPlan::new(*style)),
            Source::Map { layout, .. } => Arc::new(FinitePlan::new(Layout::clone(layout))),
        };
        if self.edits.is_empty() {
            plan
        } else {
            Arc::new(EditedPlan::new(plan, self.edits.clone()))
        }
    }

    /// South-western and north-eastern corner of a city that ends, metres in the frame of the plan.
    pub fn plan_bounds(&self) -> Option<(DVec2, DVec2)> {
        match &self.source {
            Source::Style(_) => None,
            Source::Map { layout, .. } => {
                Some((layout.origin, layout.origin + layout.size.as_dvec2()))
            }
        }
    }

    /// The light in its colors.
    pub fn light(&self) -> Daylight {
        if self.dusk {
            Daylight::dusk()
        } else {
            Daylight::day()
        }
    }

    /// Where to look first, metres in the frame of the plan.
    pub fn middle(&self) -> DVec2 {
        match &self.source {
            Source::Style(_) => DVec2::ZERO,
            Source::Map { layout, .. } => layout.origin + 0.5 * layout.size.as_dvec2(),
        }
    }
}
