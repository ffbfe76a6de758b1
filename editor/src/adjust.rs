//! Selections whose numbers can still be changed: a volume that is moved, a threshold that is scrubbed, a
//! range that is dragged. Each change takes the place of the step before, so that however long an
//! artist tries it is one step of the history.

use glam::Vec3;
use scene::{Footprint, Neighborhood, NodeId, RegionMask, Scene};

use crate::{
    data::{self, DataRange, Values},
    editor::Cx,
    outcome::Outcome,
    select::{
        SelectOp, editable_layers, is_touchable,
        mask::{Gathered, intersect, mask_where},
        select_mask,
    },
    select_options::SelectOptions,
    volume::Volume,
};

/// What a selection is made from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Volume(Volume),
    /// Colors like that of a splat.
    Color(Sample),
    /// The same, as far as it hangs together around the splat.
    Flood(Sample),
    Range(DataRange, Values),
}

/// A picked splat, and how much all others differ from it.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) node: NodeId,
    pub(crate) row: u32,
    /// Distance in OKLab.
    pub(crate) differences: Values,
    /// Angle to its normal, radians; 0 where a layer has none, none where the splat has none.
    pub(crate) angles: Values,
}

/// A selection that can still be changed.
#[derive(Debug, Clone)]
pub(crate) struct Adjust {
    pub(crate) source: Source,
    pub(crate) op: SelectOp,
    /// The splats that are not behind what was seen, where only they count.
    surface: Option<RegionMask>,
    /// The state that its own step led to.
    step: Option<u64>,
}

impl Source {
    fn step_name(&self) -> String {
        match self {
            Self::Volume(Volume::Sphere { .. }) => "Select in sphere".into(),
            Self::Volume(Volume::Box { .. }) => "Select in box".into(),
            Self::Color(_) => "Eyedropper".into(),
            Self::Flood(_) => "Flood".into(),
            Self::Range(range, _) => {
                format!("Select by {}", range.quantity.name().to_lowercase())
            }
        }
    }

    fn mask(&self, scene: &Scene, options: &SelectOptions, footprint: Footprint) -> RegionMask {
        match self {
            Self::Volume(volume) => mask_where(scene, |id, layer| {
                let world_from_layer = scene.world_from_node(id);
                move |row: usize| volume.holds(&world_from_layer, layer, row, footprint)
            }),
            Self::Color(sample) => {
                data::between(scene, &sample.differences, 0.0, options.tolerance)
            }
            Self::Flood(sample) => sample.flood(scene, options),
            Self::Range(range, values) => data::between(scene, values, range.low, range.high),
        }
    }
}

impl Sample {
    /// Measures everything against a splat; `seen_from` where colors count as they are seen from there.
    pub(crate) fn new(scene: &Scene, node: NodeId, row: u32, seen_from: Option<Vec3>) -> Self {
        let at = row as usize;
        let layer = scene.node(node).and_then(|node| node.splats());
        let layer = layer.filter(|layer| at < layer.cloud.len());
        let eye = seen_from.map(|eye| scene.world_from_node(node).inverse().point(eye));
        let color = layer.map_or(Vec3::ZERO, |layer| data::color_of(layer, at, eye));
        let normal = layer.and_then(|layer| layer.cloud.normal(at));
        let normal = normal.map(|n| scene.world_from_node(node).rotation * n);
        let differences = data::colors(scene, seen_from)
            .into_iter()
            .map(|(id, colors)| {
                let away = colors.iter().map(|other| other.distance(color));
                (id, away.collect())
            });
        let angles = normal.into_iter().flat_map(|normal| {
            editable_layers(scene).map(move |(id, layer)| {
                let turned = scene.world_from_node(id).rotation.inverse() * normal;
                let angle = |row| match layer.cloud.normal(row) {
                    Some(n) if n.length_squared() > 0.0 => n.angle_between(turned),
                    _ => 0.0,
                };
                (id, (0..layer.cloud.len()).map(angle).collect())
            })
        });
        Self {
            node,
            row,
            differences: differences.collect(),
            angles: angles.collect(),
        }
    }

    /// The like ones that a chain of neighbors connects with the splat.
    fn flood(&self, scene: &Scene, options: &SelectOptions) -> RegionMask {
        let mut like = data::between(scene, &self.differences, 0.0, options.tolerance);
        if options.normal_angle < std::f32::consts::PI && !self.angles.is_empty() {
            let facing = data::between(scene, &self.angles, 0.0, options.normal_angle);
            like = intersect(like, &facing);
        }
        let gathered = Gathered::new(scene, Some(&like));
        let Some(seed) = gathered.index_of(self.node, self.row) else {
            return RegionMask::default();
        };
        let reach = options.reach.unwrap_or_else(|| own_reach(scene));
        let names = Neighborhood::new(&gathered.points, reach).components();
        gathered.mask(scene, |i| names[i] == names[seed])
    }
}

/// Standard deviations of the middle splat at which two are neighbors: surfaces are covered by splats
/// about two apart, and not evenly.
const REACH: f32 = 3.0;

/// A distance at which splats of a scene are neighbors, from their own sizes, metres.
pub(crate) fn own_reach(scene: &Scene) -> f32 {
    /// Enough for a median that nobody sees move.
    const SAMPLES: usize = 20_000;
    let layers = || editable_layers(scene);
    let count: usize = layers().map(|(_, layer)| layer.cloud.len()).sum();
    let step = count.div_ceil(SAMPLES).max(1);
    let mut sizes: Vec<f32> = layers()
        .flat_map(|(id, layer)| {
            let scale = scene.world_from_node(id).scale;
            let rows = (0..layer.cloud.len()).filter(|row| is_touchable(layer.flags[*row]));
            rows.step_by(step)
                .map(move |row| scale * layer.cloud.scale(row).max_element())
        })
        .collect();
    if sizes.is_empty() {
        return 0.0;
    }
    let middle = sizes.len() / 2;
    let (_, median, _) = sizes.select_nth_unstable_by(middle, f32::total_cmp);
    REACH * *median
}

impl Cx<'_> {
    /// Selects from a source, as a step that further changes of the source replace.
    pub(crate) fn begin_adjusting(
        &mut self,
        source: Source,
        op: SelectOp,
        surface: Option<RegionMask>,
    ) -> Outcome {
        self.standing.adjust = Some(Adjust {
            source,
            op,
            surface,
            step: None,
        });
        self.renew()
    }

    /// Selects anew from what is being adjusted.
    pub(crate) fn renew(&mut self) -> Outcome {
        let mut outcome = self.take_back_adjusted();
        let Some(adjust) = &mut self.standing.adjust else {
            return outcome;
        };
        let footprint = if self.settings.select_ellipses {
            Footprint::Ellipse
        } else {
            Footprint::Center
        };
        let mut mask = adjust
            .source
            .mask(self.scene, &self.settings.select, footprint);
        if let Some(surface) = &adjust.surface {
            mask = intersect(mask, surface);
        }
        if let Some(edit) = select_mask(self.scene, &mask, adjust.op) {
            let name = adjust.source.step_name();
            match self.history.run(self.scene, &name, edit) {
                Ok(dirty) => {
                    adjust.step = Some(self.history.revision());
                    outcome.merge(Outcome::dirty(dirty));
                }
                Err(error) => outcome.merge(Outcome::message(error.to_string())),
            }
        }
        outcome.redraw = true;
        outcome
    }

    /// Takes back the step of what is being adjusted, unless something else was done since.
    pub(crate) fn take_back_adjusted(&mut self) -> Outcome {
        let Some(adjust) = &mut self.standing.adjust else {
            return Outcome::default();
        };
        let own = adjust.step.take() == Some(self.history.revision());
        if !own {
            return Outcome::default();
        }
        let dirty = self.history.drop_newest(self.scene);
        Outcome::dirty(dirty.unwrap_or_default())
    }
}
