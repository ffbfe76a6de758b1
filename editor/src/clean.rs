//! Looking for what spoils a scene. Slow for large ones: on a thread, with a copy of the scene, which costs
//! no more than the state of its splats.

use std::sync::Arc;

use scene::{
    Cancelled, Listen, NodeId, Progress, RegionMask, Scene,
    clean::{self, Ailment, FloaterRules},
};

use crate::select::{editable_layers, is_touchable};

/// What to look for in all editable layers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search {
    /// Floaters, by these rules or by such as fit the scene.
    Floaters(Option<FloaterRules>),
    /// Everything that ails splats.
    Ailments,
}

/// What a [`Search`] found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Floaters, and the rules that they break.
    Floaters(FloaterRules, Arc<RegionMask>),
    /// One for every ailment.
    Ailments(Vec<Finding>),
}

/// Splats with an ailment.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What they have.
    pub ailment: Ailment,
    /// How many there are.
    pub splats: usize,
    /// Which they are.
    pub mask: Arc<RegionMask>,
}

impl Search {
    /// Looks. O(N log N), parallel.
    pub fn run(self, scene: &Scene, listen: &mut Listen<'_>) -> Result<Found, Cancelled> {
        match self {
            Self::Floaters(rules) => {
                let rules = match rules {
                    Some(rules) => rules,
                    None => suggested(scene, listen)?,
                };
                let mask = floaters(scene, &rules, listen)?;
                Ok(Found::Floaters(rules, Arc::new(mask)))
            }
            Self::Ailments => Ok(Found::Ailments(ailments(scene, listen)?)),
        }
    }
}

/// Rules that fit the layer with the most splats.
fn suggested(scene: &Scene, listen: &mut Listen<'_>) -> Result<FloaterRules, Cancelled> {
    let largest = editable_layers(scene).max_by_key(|(_, layer)| layer.alive());
    match largest {
        Some((_, layer)) => {
            let keep = |row: usize| is_touchable(layer.flags[row]);
            FloaterRules::suggested(&layer.cloud, keep, listen)
        }
        None => Ok(FloaterRules::default()),
    }
}

fn floaters(
    scene: &Scene,
    rules: &FloaterRules,
    listen: &mut Listen<'_>,
) -> Result<RegionMask, Cancelled> {
    let mut layers = Vec::new();
    for (id, layer) in editable_layers(scene) {
        let keep = |row: usize| is_touchable(layer.flags[row]);
        let floats = clean::floaters(&layer.cloud, keep, rules, listen)?;
        layers.push((id, words(&floats)));
    }
    Ok(RegionMask { layers })
}

fn ailments(scene: &Scene, listen: &mut Listen<'_>) -> Result<Vec<Finding>, Cancelled> {
    let mut findings = Vec::new();
    for (done, ailment) in (0..).zip(Ailment::ALL) {
        let all = Ailment::ALL.len() as u64;
        let mut layers: Vec<(NodeId, Vec<u32>)> = Vec::new();
        for (id, layer) in editable_layers(scene) {
            listen(Progress::new("Looking at each splat", done, all))?;
            let keep = |row: usize| is_touchable(layer.flags[row]);
            layers.push((id, words(&clean::ailing(&layer.cloud, keep, ailment))));
        }
        let mask = RegionMask { layers };
        findings.push(Finding {
            ailment,
            splats: mask.count(),
            mask: Arc::new(mask),
        });
    }
    Ok(findings)
}

/// 32 rows in a word, the lowest bit first.
fn words(marks: &[bool]) -> Vec<u32> {
    let word = |marks: &[bool]| {
        let bits = marks.iter().zip(0..);
        bits.fold(0, |word, (mark, bit)| word | u32::from(*mark) << bit)
    };
    marks.chunks(32).map(word).collect()
}
