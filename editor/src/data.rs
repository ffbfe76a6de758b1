//! What can be measured of a splat, ranges of it, and histograms: selection by data.

use glam::Vec3;
use rayon::prelude::*;
use scene::{Column, ColumnValues, NodeId, RegionMask, Scene, SplatLayer, Transform, oklab, sh};

use crate::select::{
    editable_layers, is_selected, is_touchable,
    mask::{WORTH_SHARING, mask_where},
};

/// Bars of a histogram.
pub const BARS: usize = 192;
/// Enough samples for percentiles.
const SAMPLES: usize = 100_000;
/// Share of stray values at either end that the outermost bars gather.
const STRAY: f32 = 0.001;

/// Something that every splat of a layer has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names below tell what each is")]
pub enum Quantity {
    X,
    Y,
    Z,
    Opacity,
    Red,
    Green,
    Blue,
    Hue,
    Saturation,
    Value,
    Scale,
    Volume,
    Anisotropy,
    Distance,
    Harmonics,
    Label,
    Confidence,
    /// A further column of its file, and which of its values.
    Column(String, usize),
}

impl Quantity {
    /// Those that need no further column, and the two columns with a meaning of their own.
    const KNOWN: [Self; 17] = [
        Self::X,
        Self::Y,
        Self::Z,
        Self::Opacity,
        Self::Red,
        Self::Green,
        Self::Blue,
        Self::Hue,
        Self::Saturation,
        Self::Value,
        Self::Scale,
        Self::Volume,
        Self::Anisotropy,
        Self::Distance,
        Self::Harmonics,
        Self::Label,
        Self::Confidence,
    ];

    /// Everything that some editable layer of a scene has.
    pub fn all(scene: &Scene) -> Vec<Self> {
        let has = |quantity: &Self| editable_layers(scene).any(|(_, layer)| quantity.is_in(layer));
        let mut all: Vec<Self> = Self::KNOWN.into_iter().filter(has).collect();
        for (_, layer) in editable_layers(scene) {
            for column in layer.cloud.columns() {
                for i in 0..column.width {
                    let known = matches!(column.name.as_str(), "label" | "confidence");
                    let quantity = Self::Column(column.name.clone(), i);
                    if !known && !all.contains(&quantity) {
                        all.push(quantity);
                    }
                }
            }
        }
        all
    }

    /// Name as shown to the artist.
    pub fn name(&self) -> String {
        String::from(match self {
            Self::X => "Position X",
            Self::Y => "Position Y",
            Self::Z => "Position Z",
            Self::Opacity => "Opacity",
            Self::Red => "Red",
            Self::Green => "Green",
            Self::Blue => "Blue",
            Self::Hue => "Hue",
            Self::Saturation => "Saturation",
            Self::Value => "Value",
            Self::Scale => "Size",
            Self::Volume => "Volume",
            Self::Anisotropy => "Anisotropy",
            Self::Distance => "Distance to camera",
            Self::Harmonics => "Energy of harmonics",
            Self::Label => "Label",
            Self::Confidence => "Confidence",
            Self::Column(name, 0) => name,
            Self::Column(name, i) => return format!("{name} {}", i + 1),
        })
    }

    /// What a number of it counts.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::X | Self::Y | Self::Z | Self::Scale | Self::Distance => " m",
            Self::Volume => " m³",
            _ => "",
        }
    }

    /// Whether its values spread over so many powers of ten that they are best shown by them.
    pub fn spreads(&self) -> bool {
        matches!(
            self,
            Self::Scale | Self::Volume | Self::Anisotropy | Self::Harmonics
        )
    }

    /// Whether it changes when the camera moves.
    pub fn follows_camera(&self) -> bool {
        *self == Self::Distance
    }

    fn is_in(&self, layer: &SplatLayer) -> bool {
        match self {
            Self::Harmonics => layer.cloud.sh_degree() > 0,
            Self::Label => layer.cloud.column("label").is_some(),
            Self::Confidence => layer.cloud.column("confidence").is_some(),
            Self::Column(name, i) => layer.cloud.column(name).is_some_and(|c| *i < c.width),
            _ => true,
        }
    }

    /// `[N]` its values in a layer, seen from `eye`; `None` where the layer has no such thing. O(N).
    pub fn values(
        &self,
        layer: &SplatLayer,
        world_from_layer: &Transform,
        eye: Vec3,
    ) -> Option<Vec<f32>> {
        if !self.is_in(layer) {
            return None;
        }
        let cloud = &*layer.cloud;
        let place = |row: usize| world_from_layer.point(cloud.means()[row]);
        let size = |row: usize| world_from_layer.scale * cloud.scale(row);
        let color = |row: usize| cloud.base_color(row);
        let hsv = |row: usize| oklab::hsv(cloud.base_color(row));
        let each = |value: &(dyn Fn(usize) -> f32 + Sync)| {
            let rows = 0..cloud.len();
            Some(if cloud.len() < WORTH_SHARING {
                rows.map(value).collect()
            } else {
                rows.into_par_iter().with_min_len(4096).map(value).collect()
            })
        };
        let column = |name: &str, i: usize| {
            let column = cloud.column(name)?;
            each(&|row| number(column, row, i))
        };
        match self {
            Self::X => each(&|row| place(row).x),
            Self::Y => each(&|row| place(row).y),
            Self::Z => each(&|row| place(row).z),
            Self::Opacity => each(&|row| cloud.opacity(row)),
            Self::Red => each(&|row| color(row).x),
            Self::Green => each(&|row| color(row).y),
            Self::Blue => each(&|row| color(row).z),
            Self::Hue => each(&|row| hsv(row).x * 360.0),
            Self::Saturation => each(&|row| hsv(row).y),
            Self::Value => each(&|row| hsv(row).z),
            Self::Scale => each(&|row| size(row).max_element()),
            Self::Volume => each(&|row| {
                let s = size(row);
                4.0 / 3.0 * std::f32::consts::PI * s.x * s.y * s.z
            }),
            Self::Anisotropy => each(&|row| {
                let s = cloud.log_scales()[row];
                (s.max_element() - s.min_element()).exp()
            }),
            Self::Distance => each(&|row| place(row).distance(eye)),
            Self::Harmonics => each(&|row| cloud.sh_of(row)[3..].iter().map(|c| c * c).sum()),
            Self::Label => column("label", 0),
            Self::Confidence => column("confidence", 0),
            Self::Column(name, i) => column(name, *i),
        }
    }
}

/// One value of a column as a number.
fn number(column: &Column, row: usize, i: usize) -> f32 {
    let at = row * column.width + i;
    match &column.values {
        ColumnValues::F32(v) => v[at],
        ColumnValues::F64(v) => v[at] as f32,
        ColumnValues::I8(v) => f32::from(v[at]),
        ColumnValues::U8(v) => f32::from(v[at]),
        ColumnValues::I16(v) => f32::from(v[at]),
        ColumnValues::U16(v) => f32::from(v[at]),
        ColumnValues::I32(v) => v[at] as f32,
        ColumnValues::U32(v) => v[at] as f32,
    }
}

/// Splats whose quantity lies between two values, both included.
#[derive(Debug, Clone, PartialEq)]
pub struct DataRange {
    /// What is measured.
    pub quantity: Quantity,
    /// Lowest value; −∞ takes everything below `high`.
    pub low: f32,
    /// Highest value; ∞ takes everything above `low`.
    pub high: f32,
}

impl DataRange {
    /// Whether both ends are numbers in order.
    pub fn is_valid(&self) -> bool {
        self.low <= self.high
    }
}

/// A value of every splat of some layers.
pub(crate) type Values = Vec<(NodeId, Vec<f32>)>;

/// A quantity of all editable layers that have it.
pub(crate) fn values(scene: &Scene, quantity: &Quantity, eye: Vec3) -> Values {
    let layers = editable_layers(scene).filter_map(|(id, layer)| {
        let world_from_layer = scene.world_from_node(id);
        Some((id, quantity.values(layer, &world_from_layer, eye)?))
    });
    layers.collect()
}

/// The touchable splats whose value lies between two.
pub(crate) fn between(scene: &Scene, values: &Values, low: f32, high: f32) -> RegionMask {
    mask_where(scene, |id, _| {
        let values = values.iter().find(|(layer, _)| *layer == id);
        let values = values.map_or(&[][..], |(_, values)| values);
        move |row: usize| values.get(row).is_some_and(|v| *v >= low && *v <= high)
    })
}

/// How often values occur.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// What is measured.
    pub quantity: Quantity,
    /// Where the first bar begins; it holds everything below as well.
    pub low: f32,
    /// Where the last bar ends; it holds everything above as well.
    pub high: f32,
    /// Whether bars are as wide in powers of ten.
    pub by_powers: bool,
    /// `[BARS]` touchable splats.
    pub all: Vec<u32>,
    /// `[BARS]` of which are selected.
    pub selected: Vec<u32>,
    /// Touchable splats that have such a value.
    pub splats: usize,
}

impl Histogram {
    /// Counts a scene seen from `eye`; `None` where no touchable splat has such a value. O(N).
    pub fn of(scene: &Scene, quantity: &Quantity, eye: Vec3, by_powers: bool) -> Option<Self> {
        let values = values(scene, quantity, eye);
        let layers = || {
            values.iter().filter_map(|(id, values)| {
                let layer = scene.node(*id)?.splats()?;
                Some(values.iter().zip(&layer.flags).filter(|(v, flags)| {
                    is_touchable(**flags) && v.is_finite() && (!by_powers || **v > 0.0)
                }))
            })
        };
        let splats: usize = layers().map(Iterator::count).sum();
        let step = splats.div_ceil(SAMPLES).max(1);
        let mut sample: Vec<f32> = layers().flatten().map(|(v, _)| *v).step_by(step).collect();
        sample.sort_unstable_by(f32::total_cmp);
        let stray = (sample.len() as f32 * STRAY) as usize;
        let low = *sample.get(stray)?;
        let high = *sample.get(sample.len() - 1 - stray)?;
        let mut histogram = Self {
            quantity: quantity.clone(),
            low,
            high: if high > low {
                high
            } else {
                low + low.abs().max(1.0) * 1e-3
            },
            by_powers,
            all: vec![0; BARS],
            selected: vec![0; BARS],
            splats,
        };
        for (value, flags) in layers().flatten() {
            let bar = histogram.bar_of(*value);
            histogram.all[bar] += 1;
            histogram.selected[bar] += u32::from(is_selected(*flags));
        }
        Some(histogram)
    }

    fn bar_of(&self, value: f32) -> usize {
        let bar = self.fraction_of(value).clamp(0.0, 1.0) * BARS as f32;
        (bar as usize).min(BARS - 1)
    }

    /// Where a value lies between both ends, 0..=1 inside.
    pub fn fraction_of(&self, value: f32) -> f32 {
        if self.by_powers {
            let (low, high) = (self.low.ln(), self.high.ln());
            (value.max(f32::MIN_POSITIVE).ln() - low) / (high - low)
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The value at a fraction; outside of 0..1 there is no end to what it takes in.
    pub fn value_at(&self, fraction: f32) -> f32 {
        if fraction <= 0.0 {
            f32::NEG_INFINITY
        } else if fraction >= 1.0 {
            f32::INFINITY
        } else if self.by_powers {
            let (low, high) = (self.low.ln(), self.high.ln());
            (low + fraction * (high - low)).exp()
        } else {
            self.low + fraction * (self.high - self.low)
        }
    }
}

/// OKLab color of every splat of the editable layers: the same from all sides, or as seen from `eye`.
pub(crate) fn colors(scene: &Scene, seen_from: Option<Vec3>) -> Vec<(NodeId, Vec<Vec3>)> {
    let layers = editable_layers(scene).map(|(id, layer)| {
        let eye = seen_from.map(|eye| scene.world_from_node(id).inverse().point(eye));
        let rows = (0..layer.cloud.len()).into_par_iter().with_min_len(1024);
        (id, rows.map(|row| color_of(layer, row, eye)).collect())
    });
    layers.collect()
}

/// OKLab color of a splat, seen from `eye` in its layer's frame.
pub(crate) fn color_of(layer: &SplatLayer, row: usize, eye: Option<Vec3>) -> Vec3 {
    let cloud = &layer.cloud;
    let display = match eye {
        Some(eye) if cloud.sh_degree() > 0 => {
            let direction = (cloud.means()[row] - eye).normalize_or(Vec3::Z);
            sh::color_seen(cloud.sh_of(row), cloud.sh_degree(), direction)
        }
        _ => cloud.base_color(row),
    };
    oklab::from_display(display)
}
