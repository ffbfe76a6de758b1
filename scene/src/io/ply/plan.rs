//! What the properties of a vertex mean: which numbers of a Gaussian they are.

use std::collections::BTreeMap;

use super::{
    PlyError,
    header::{Element, Header, Kind},
    scalar::ScalarType,
};
use crate::{Column, ColumnValues, GaussianCloud, sh};

/// The property names of 3D Gaussian splatting (Kerbl et al. 2023, reference implementation).
const MEANS: [&str; 3] = ["x", "y", "z"];
const SCALES: [&str; 3] = ["scale_0", "scale_1", "scale_2"];
/// Files order quaternions w x y z; memory orders them x y z w.
const ROTATIONS: [(&str, usize); 4] = [("rot_0", 3), ("rot_1", 0), ("rot_2", 1), ("rot_3", 2)];
/// Columns of several values and the properties they are written as.
const WIDE_COLUMNS: [(&str, [&str; 3]); 3] = [
    ("normal", ["nx", "ny", "nz"]),
    ("albedo", ["albedo_r", "albedo_g", "albedo_b"]),
    ("emissive", ["emissive_r", "emissive_g", "emissive_b"]),
];

/// Which number of a Gaussian a property is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Axis.
    Mean(usize),
    /// Index in x y z w.
    Rotation(usize),
    /// Axis.
    LogScale(usize),
    Opacity,
    /// Index into `[K, 3]`.
    Sh(usize),
    /// Index of the column and of the value in it.
    Column(usize, usize),
}

/// One property of the vertex element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) scalar: ScalarType,
    pub(super) field: Field,
}

/// A column that the properties fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnPlan {
    pub(super) name: String,
    pub(super) width: usize,
}

/// The vertex element understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// In the order of the file.
    pub(super) properties: Vec<Property>,
    pub(super) columns: Vec<ColumnPlan>,
    pub(super) sh_degree: u32,
    /// Some `f_rest` properties are there but no whole degree.
    pub(super) incomplete_harmonics: bool,
}

impl Plan {
    pub(super) fn of_element(header: &Header, vertex: &Element) -> Result<Self, PlyError> {
        let mut scalars = Vec::new();
        for property in &vertex.properties {
            let Kind::Scalar(scalar) = property.kind else {
                return Err(PlyError::ListInVertex {
                    property: property.name.clone(),
                });
            };
            scalars.push((property.name.as_str(), scalar));
        }
        let by_name: BTreeMap<&str, ScalarType> = scalars.iter().copied().collect();
        if by_name.len() < scalars.len() {
            return Err(PlyError::DuplicateProperty);
        }
        refuse_unless_splats(header, &by_name)?;

        let rest = (0..).take_while(|i| by_name.contains_key(format!("f_rest_{i}").as_str()));
        let rest = rest.count();
        let named_rest = by_name.keys().filter(|name| name.starts_with("f_rest_"));
        let degree = (0..=4).find(|d| 3 * (sh::coefficient_count(*d) - 1) == rest);
        let complete = named_rest.count() == rest && degree.is_some();
        let mut plan = Self {
            properties: Vec::new(),
            columns: Vec::new(),
            sh_degree: degree.filter(|_| complete).unwrap_or(0),
            incomplete_harmonics: !complete,
        };
        for (name, scalar) in &scalars {
            let field = core_field(name, plan.sh_degree);
            let field = field.unwrap_or_else(|| plan.column_field(name, &by_name));
            plan.properties.push(Property {
                name: (*name).to_owned(),
                scalar: *scalar,
                field,
            });
        }
        Ok(plan)
    }

    /// The common order, followed by the columns.
    pub(super) fn of_cloud(cloud: &GaussianCloud) -> Self {
        let mut plan = Self {
            properties: Vec::new(),
            columns: Vec::new(),
            sh_degree: cloud.sh_degree(),
            incomplete_harmonics: false,
        };
        let core = |name: String| {
            let field = core_field(&name, cloud.sh_degree())?;
            Some(Property {
                name,
                scalar: ScalarType::F32,
                field,
            })
        };
        let rest = 3 * (sh::coefficient_count(cloud.sh_degree()) - 1);
        let means = MEANS.map(String::from);
        let colors = (0..3).map(|i| format!("f_dc_{i}"));
        let colors = colors.chain((0..rest).map(|i| format!("f_rest_{i}")));
        let shape = std::iter::once("opacity").chain(SCALES);
        let shape = shape.chain(ROTATIONS.map(|(name, _)| name));
        plan.properties.extend(means.into_iter().filter_map(core));
        plan.add_normals();
        plan.properties.extend(colors.filter_map(core));
        let shape = shape.map(String::from);
        plan.properties.extend(shape.filter_map(core));
        for column in cloud.columns() {
            let is_normal = column.name == "normal" && column.width == 3;
            // Only normals of plain floats are read back as such.
            if !(is_normal && matches!(column.values, ColumnValues::F32(_))) {
                plan.add_column(column);
            }
        }
        plan
    }

    /// The reference implementation always writes normals, zeros where there are none, and some readers
    /// count on their place.
    fn add_normals(&mut self) {
        let index = self.push_column("normal", 3);
        for (component, name) in ["nx", "ny", "nz"].into_iter().enumerate() {
            self.properties.push(Property {
                name: name.to_owned(),
                scalar: ScalarType::F32,
                field: Field::Column(index, component),
            });
        }
    }

    /// Adds the properties of a column unless their names are taken. Tells whether it did.
    pub(super) fn add_column(&mut self, column: &Column) -> bool {
        let names = column_properties(column);
        let taken = |name: &String| {
            core_field(name, 4).is_some() || self.properties.iter().any(|p| p.name == *name)
        };
        if names.iter().any(taken) {
            return false;
        }
        self.columns.push(ColumnPlan {
            name: column.name.clone(),
            width: column.width,
        });
        for (component, name) in names.into_iter().enumerate() {
            self.properties.push(Property {
                name,
                scalar: ScalarType::of(&column.values),
                field: Field::Column(self.columns.len() - 1, component),
            });
        }
        true
    }

    /// Bytes per binary row.
    pub(super) fn stride(&self) -> usize {
        self.properties.iter().map(|p| p.scalar.size()).sum()
    }

    /// Whether decoding keeps every bit of every property.
    pub(super) fn is_lossless(&self) -> bool {
        self.properties
            .iter()
            .all(|p| matches!(p.field, Field::Column(..)) || p.scalar == ScalarType::F32)
    }

    fn column_field(&mut self, name: &str, all: &BTreeMap<&str, ScalarType>) -> Field {
        for (column, members) in WIDE_COLUMNS {
            let Some(component) = members.iter().position(|member| *member == name) else {
                continue;
            };
            if members.iter().all(|m| all.get(m) == Some(&ScalarType::F32)) {
                let known = self.columns.iter().position(|c| c.name == column);
                let index = known.unwrap_or_else(|| self.push_column(column, 3));
                return Field::Column(index, component);
            }
        }
        Field::Column(self.push_column(name, 1), 0)
    }

    fn push_column(&mut self, name: &str, width: usize) -> usize {
        // A property may bear the name of a wide column that is there as well.
        let mut name = name.to_owned();
        while self.columns.iter().any(|c| c.name == name)
            || (width == 1 && WIDE_COLUMNS.iter().any(|(wide, _)| *wide == name))
        {
            name.push('_');
        }
        self.columns.push(ColumnPlan { name, width });
        self.columns.len() - 1
    }
}

/// The property names that a column is written as.
fn column_properties(column: &Column) -> Vec<String> {
    for (name, members) in WIDE_COLUMNS {
        if name == column.name && column.width == 3 {
            return members.map(String::from).into();
        }
    }
    let clean: String = column
        .name
        .chars()
        .map(|c| if c.is_ascii_graphic() { c } else { '_' })
        .collect();
    if column.width == 1 {
        return vec![clean];
    }
    (0..column.width).map(|i| format!("{clean}_{i}")).collect()
}

fn core_field(name: &str, sh_degree: u32) -> Option<Field> {
    if let Some(axis) = MEANS.iter().position(|m| *m == name) {
        return Some(Field::Mean(axis));
    }
    if let Some(axis) = SCALES.iter().position(|s| *s == name) {
        return Some(Field::LogScale(axis));
    }
    if let Some((_, index)) = ROTATIONS.iter().find(|(r, _)| *r == name) {
        return Some(Field::Rotation(*index));
    }
    if name == "opacity" {
        return Some(Field::Opacity);
    }
    if let Some(channel) = name.strip_prefix("f_dc_") {
        let channel = ["0", "1", "2"].iter().position(|c| *c == channel)?;
        return Some(Field::Sh(channel));
    }
    let index: usize = name.strip_prefix("f_rest_")?.parse().ok()?;
    // Files keep the channels apart: all coefficients of red, then green, then blue.
    let per_channel = sh::coefficient_count(sh_degree) - 1;
    let channel = index.checked_div(per_channel)?;
    let coefficient = 1 + index % per_channel;
    (channel < 3).then_some(Field::Sh(3 * coefficient + channel))
}

fn refuse_unless_splats(
    header: &Header,
    by_name: &BTreeMap<&str, ScalarType>,
) -> Result<(), PlyError> {
    if by_name.contains_key("packed_position") {
        return Err(PlyError::Compressed);
    }
    let splat_names = ["opacity", "f_dc_0", "f_dc_1", "f_dc_2"].into_iter();
    let splat_names = splat_names
        .chain(SCALES)
        .chain(ROTATIONS.map(|(name, _)| name));
    let missing: Vec<&str> = MEANS
        .into_iter()
        .chain(splat_names.clone())
        .filter(|name| !by_name.contains_key(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let any_splat_name = splat_names.clone().any(|name| by_name.contains_key(name));
    let has_faces = header
        .elements
        .iter()
        .any(|e| matches!(e.name.as_str(), "face" | "tristrips") && e.count > 0);
    Err(match (any_splat_name, has_faces) {
        (true, _) => PlyError::MissingProperties {
            missing: missing.join(", "),
        },
        (false, true) => PlyError::NotSplats { what: "a mesh" },
        (false, false) => PlyError::NotSplats {
            what: "a plain point cloud",
        },
    })
}
