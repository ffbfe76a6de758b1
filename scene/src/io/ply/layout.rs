//! How a PLY file was laid out, so that it saves back as it came.

use serde::{Deserialize, Serialize};

use super::{
    PlyError,
    header::{Encoding, Header, Line},
    plan::{Field, Plan},
};
use crate::GaussianCloud;

/// Everything of a PLY file that the splats themselves do not tell: order and types of the properties,
/// byte order, comments, other elements. A layer that came from a file keeps it, and an untouched layer
/// is written back byte for byte.
#[derive(Debug, PartialEq, Eq)]
pub struct PlyLayout {
    pub(super) encoding: Encoding,
    pub(super) plan: Plan,
    /// The header as it stood.
    pub(super) lines: Vec<(Vec<u8>, Line)>,
    /// Index of the vertex element.
    pub(super) vertex: usize,
    /// Splats in the file.
    pub(super) splats: u64,
    /// Other elements before the vertices, as they stood.
    pub(super) before: Vec<u8>,
    /// Other elements after the vertices, as they stood.
    pub(super) after: Vec<u8>,
    /// Other elements hold lists, such as faces that count vertices.
    pub(super) has_lists: bool,
    /// The vertices as they stood, where decoding them loses something (text, unusual types).
    pub(super) raw: Option<RawRows>,
}

/// Rows as they stood in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct RawRows {
    #[serde(with = "serde_bytes")]
    pub(super) bytes: Vec<u8>,
    /// End of each row in `bytes`; empty for binary rows, which are equally long.
    pub(super) ends: Vec<usize>,
}

impl PlyLayout {
    /// The same layout for what a cloud holds now, or `None` if it cannot be kept. Columns that came
    /// since are appended, columns that went are left out.
    pub(super) fn plan_for(&self, cloud: &GaussianCloud) -> Option<Adapted> {
        if cloud.sh_degree() != self.plan.sh_degree {
            return None;
        }
        let mut plan = Plan {
            properties: Vec::new(),
            ..self.plan.clone()
        };
        let mut gone = Vec::new();
        for (index, property) in self.plan.properties.iter().enumerate() {
            if let Field::Column(column, _) = property.field {
                let column = &self.plan.columns[column];
                let now = cloud.column(&column.name);
                // Files carry normals of zeros that mean none.
                let implied = column.name == "normal" && now.is_none();
                if !implied && now.is_none_or(|now| now.width != column.width) {
                    gone.push(index);
                    continue;
                }
            }
            plan.properties.push(property.clone());
        }
        let first_new = plan.properties.len();
        let mut notes = Vec::new();
        for column in cloud.columns() {
            let known = self.plan.columns.iter();
            let known = known.filter(|c| c.name == column.name && c.width == column.width);
            if known.count() == 0 && !plan.add_column(column) {
                notes.push(format!(
                    "the column {} has a name that is taken",
                    column.name
                ));
            }
        }
        Some(Adapted {
            plan,
            gone,
            first_new,
            notes,
        })
    }

    /// The header for so many splats in an adapted plan.
    pub(super) fn header(&self, adapted: &Adapted, splats: usize, keep_others: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let last = self.plan.properties.len() - 1;
        let newline = |raw: &[u8]| if raw.ends_with(b"\r\n") { "\r\n" } else { "\n" };
        for (raw, line) in &self.lines {
            match *line {
                Line::Element(element) if element == self.vertex => {
                    if splats as u64 == self.splats {
                        out.extend_from_slice(raw);
                    } else {
                        let text = format!("element vertex {splats}{}", newline(raw));
                        out.extend_from_slice(text.as_bytes());
                    }
                }
                Line::Property(element, property) if element == self.vertex => {
                    if !adapted.gone.contains(&property) {
                        out.extend_from_slice(raw);
                    }
                    if property == last {
                        for new in &adapted.plan.properties[adapted.first_new..] {
                            let (kind, name) = (new.scalar.name(), &new.name);
                            let text = format!("property {kind} {name}{}", newline(raw));
                            out.extend_from_slice(text.as_bytes());
                        }
                    }
                }
                Line::Element(_) | Line::Property(..) if !keep_others => {}
                _ => out.extend_from_slice(raw),
            }
        }
        out
    }

    pub(super) fn new(header: Header, vertex: usize, plan: Plan) -> Self {
        let others = header.elements.iter().enumerate();
        let has_lists = others
            .filter(|(index, _)| *index != vertex)
            .any(|(_, element)| element.stride().is_none());
        Self {
            encoding: header.encoding,
            splats: header.elements[vertex].count,
            lines: header.lines,
            vertex,
            plan,
            before: Vec::new(),
            after: Vec::new(),
            has_lists,
            raw: None,
        }
    }
}

/// A layout as a project keeps it: the bytes that it was read from.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::io) struct KeptLayout {
    #[serde(with = "serde_bytes")]
    header: Vec<u8>,
    #[serde(with = "serde_bytes")]
    before: Vec<u8>,
    #[serde(with = "serde_bytes")]
    after: Vec<u8>,
    raw: Option<RawRows>,
}

impl PlyLayout {
    pub(in crate::io) fn to_kept(&self) -> KeptLayout {
        KeptLayout {
            header: self
                .lines
                .iter()
                .flat_map(|(raw, _)| raw)
                .copied()
                .collect(),
            before: self.before.clone(),
            after: self.after.clone(),
            raw: self.raw.clone(),
        }
    }

    pub(in crate::io) fn from_kept(kept: KeptLayout) -> Result<Self, PlyError> {
        let header = Header::read(&mut kept.header.as_slice())?;
        let vertex = header.elements.iter().position(|e| e.name == "vertex");
        let vertex = vertex.ok_or(PlyError::NotSplats {
            what: "a file without vertices",
        })?;
        let plan = Plan::of_element(&header, &header.elements[vertex])?;
        let mut layout = Self::new(header, vertex, plan);
        layout.before = kept.before;
        layout.after = kept.after;
        // Ends that do not lie in order in the bytes would lead out of them.
        layout.raw = kept.raw.filter(|raw| {
            let inside = raw.ends.last().is_none_or(|end| *end <= raw.bytes.len());
            inside && raw.ends.is_sorted()
        });
        Ok(layout)
    }
}

/// A plan that follows a layout.
pub(super) struct Adapted {
    pub(super) plan: Plan,
    /// Properties of the layout that the cloud no longer has.
    pub(super) gone: Vec<usize>,
    /// From here on the properties are not in the layout.
    pub(super) first_new: usize,
    /// What could not be kept.
    pub(super) notes: Vec<String>,
}
