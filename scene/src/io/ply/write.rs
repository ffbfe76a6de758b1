//! Gaussians → a PLY file.

use std::{
    io::{self, Write},
    path::Path,
};

use rayon::prelude::*;

use super::{
    header::Encoding,
    layout::{Adapted, PlyLayout, RawRows},
    plan::{Field, Plan},
    scalar::{Endian, Strided},
};
use crate::{
    ColumnValues, GaussianCloud,
    io::{SaveReport, atomic::write_atomically},
    sh,
};

/// Rows encoded at once.
const CHUNK_ROWS: usize = 65_536;
/// Rows per task.
const BLOCK: usize = 1024;

/// What to write.
pub(in crate::io) struct Source<'a> {
    pub(in crate::io) cloud: &'a GaussianCloud,
    /// Rows of the cloud to write, ascending.
    pub(in crate::io) rows: Vec<u32>,
    /// The layout to follow where the cloud still fits it.
    pub(in crate::io) layout: Option<&'a PlyLayout>,
}

/// Writes a PLY file in the source's layout if it has one, else in the common order.
pub(in crate::io) fn write_file(path: &Path, source: &Source<'_>) -> io::Result<SaveReport> {
    let mut report = SaveReport {
        splats: source.rows.len(),
        ..SaveReport::default()
    };
    let follow = source
        .layout
        .and_then(|layout| Some((layout, layout.plan_for(source.cloud)?)));
    report.bytes = write_atomically(path, |writer| match &follow {
        Some((layout, adapted)) => follow_layout(writer, source, layout, adapted, &mut report),
        None => write_common(writer, source, &mut report),
    })?;
    Ok(report)
}

fn write_common(
    writer: &mut dyn Write,
    source: &Source<'_>,
    report: &mut SaveReport,
) -> io::Result<()> {
    let plan = Plan::of_cloud(source.cloud);
    for column in source.cloud.columns() {
        if !plan.columns.iter().any(|c| c.name == column.name) {
            report.notes.push(name_taken(&column.name));
        }
    }
    let mut header = String::from("ply\nformat binary_little_endian 1.0\n");
    header.push_str("comment made with Splatwright\n");
    header.push_str(&format!("element vertex {}\n", source.rows.len()));
    for property in &plan.properties {
        let (kind, name) = (property.scalar.name(), &property.name);
        header.push_str(&format!("property {kind} {name}\n"));
    }
    header.push_str("end_header\n");
    writer.write_all(header.as_bytes())?;
    for rows in source.rows.chunks(CHUNK_ROWS) {
        writer.write_all(&encode(&plan, source.cloud, rows, Endian::Little))?;
    }
    Ok(())
}

pub(super) fn name_taken(name: &str) -> String {
    format!("the column {name} is left out because its name is taken")
}

fn follow_layout(
    writer: &mut dyn Write,
    source: &Source<'_>,
    layout: &PlyLayout,
    adapted: &Adapted,
    report: &mut SaveReport,
) -> io::Result<()> {
    let (cloud, rows) = (source.cloud, &source.rows);
    // Lists of other elements (faces) name vertices by number, which only unchanged numbers fit.
    let keep_others = !layout.has_lists || rows.len() as u64 == layout.splats;
    if !keep_others {
        let note = "the file's faces are left out because splats were deleted";
        report.notes.push(String::from(note));
    }
    report.notes.extend(adapted.notes.iter().cloned());
    writer.write_all(&layout.header(adapted, rows.len(), keep_others))?;
    if keep_others {
        writer.write_all(&layout.before)?;
    }

    let same_plan = adapted.gone.is_empty() && adapted.first_new == adapted.plan.properties.len();
    let raw = layout
        .raw
        .as_ref()
        .filter(|_| same_plan && cloud.len() as u64 == layout.splats);
    for rows in rows.chunks(CHUNK_ROWS) {
        let encoded = match (layout.encoding, raw) {
            (Encoding::Ascii, None) => text_rows(&adapted.plan, cloud, rows),
            (Encoding::Ascii, Some(raw)) => raw_text_rows(layout, raw, cloud, rows),
            (Encoding::Little, raw) => binary_rows(adapted, raw, cloud, rows, Endian::Little),
            (Encoding::Big, raw) => binary_rows(adapted, raw, cloud, rows, Endian::Big),
        };
        writer.write_all(&encoded)?;
    }
    if keep_others {
        writer.write_all(&layout.after)?;
    }
    Ok(())
}

/// Binary rows; where decoding lost something, rows that still decode to the cloud stay as they stood.
fn binary_rows(
    adapted: &Adapted,
    raw: Option<&RawRows>,
    cloud: &GaussianCloud,
    rows: &[u32],
    endian: Endian,
) -> Vec<u8> {
    let plan = &adapted.plan;
    let mut encoded = encode(plan, cloud, rows, endian);
    let Some(raw) = raw else { return encoded };
    let stride = plan.stride();
    let old: Vec<u8> = rows
        .iter()
        .flat_map(|row| &raw.bytes[*row as usize * stride..(*row as usize + 1) * stride])
        .copied()
        .collect();
    let unchanged = unchanged_rows(plan, &old, endian, cloud, rows);
    for (i, unchanged) in unchanged.into_iter().enumerate() {
        if unchanged {
            let row = i * stride..(i + 1) * stride;
            encoded[row.clone()].copy_from_slice(&old[row]);
        }
    }
    encoded
}

fn raw_text_rows(
    layout: &PlyLayout,
    raw: &RawRows,
    cloud: &GaussianCloud,
    rows: &[u32],
) -> Vec<u8> {
    let line = |row: u32| {
        let row = row as usize;
        let start = row.checked_sub(1).map_or(0, |before| raw.ends[before]);
        &raw.bytes[start..raw.ends[row]]
    };
    let mut old = Vec::new();
    let mut ends = Vec::with_capacity(rows.len());
    for row in rows {
        old.extend_from_slice(line(*row));
        ends.push(old.len());
    }
    let Ok(parsed) = super::decode::parse_rows(&layout.plan, &old, &ends) else {
        return text_rows(&layout.plan, cloud, rows);
    };
    let unchanged = unchanged_rows(&layout.plan, &parsed, Endian::Little, cloud, rows);
    let mut out = Vec::with_capacity(old.len());
    for (row, unchanged) in rows.iter().zip(unchanged) {
        if unchanged {
            out.extend_from_slice(line(*row));
        } else {
            out.extend(text_rows(&layout.plan, cloud, &[*row]));
        }
    }
    out
}

/// Whether old rows, decoded, are still what the cloud holds.
fn unchanged_rows(
    plan: &Plan,
    old: &[u8],
    endian: Endian,
    cloud: &GaussianCloud,
    rows: &[u32],
) -> Vec<bool> {
    let decoded = plan.decode(old, endian);
    if !decoded.dropped.is_empty() {
        return vec![false; rows.len()];
    }
    // Encoding both in the same plan compares every property at once, columns included.
    let own: Vec<u32> = (0_u32..).take(rows.len()).collect();
    let stride = plan.stride().max(1);
    let before = encode(plan, &decoded.cloud, &own, endian);
    let now = encode(plan, cloud, rows, endian);
    let pairs = before.chunks_exact(stride).zip(now.chunks_exact(stride));
    pairs.map(|(before, now)| before == now).collect()
}

fn text_rows(plan: &Plan, cloud: &GaussianCloud, rows: &[u32]) -> Vec<u8> {
    let encoded = encode(plan, cloud, rows, Endian::Little);
    let places = plan.places(Endian::Little);
    let lines = encoded.par_chunks(plan.stride().max(1)).map(|row| {
        let mut line = String::new();
        for (_, place) in &places {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&text_of(place, row));
        }
        line.push('\n');
        line
    });
    lines.collect::<String>().into_bytes()
}

fn text_of(place: &Strided, row: &[u8]) -> String {
    match place.collect(row) {
        ColumnValues::F32(v) => v[0].to_string(),
        ColumnValues::F64(v) => v[0].to_string(),
        ColumnValues::I8(v) => v[0].to_string(),
        ColumnValues::U8(v) => v[0].to_string(),
        ColumnValues::I16(v) => v[0].to_string(),
        ColumnValues::U16(v) => v[0].to_string(),
        ColumnValues::I32(v) => v[0].to_string(),
        ColumnValues::U32(v) => v[0].to_string(),
    }
}

/// Binary rows of some splats.
fn encode(plan: &Plan, cloud: &GaussianCloud, rows: &[u32], endian: Endian) -> Vec<u8> {
    let stride = plan.stride();
    let places = plan.places(endian);
    let columns: Vec<_> = plan.columns.iter().map(|c| cloud.column(&c.name)).collect();
    let mut out = vec![0; rows.len() * stride];
    out.par_chunks_mut(BLOCK * stride)
        .zip(rows.par_chunks(BLOCK))
        .for_each(|(out, rows)| {
            for (field, place) in &places {
                match *field {
                    Field::Column(column, component) => {
                        if let Some(column) = columns[column] {
                            encode_column(
                                place,
                                out,
                                rows,
                                (&column.values, column.width, component),
                            );
                        }
                    }
                    field => {
                        let (values, width, index) = core_values(cloud, field);
                        place.gather(out, rows, |row| values[row * width + index]);
                    }
                }
            }
        });
    out
}

/// The array of a field, its values per row, and which of them it is.
fn core_values(cloud: &GaussianCloud, field: Field) -> (&[f32], usize, usize) {
    match field {
        Field::Mean(i) => (bytemuck::cast_slice(cloud.means()), 3, i),
        Field::Rotation(i) => (bytemuck::cast_slice(cloud.raw_rotations()), 4, i),
        Field::LogScale(i) => (bytemuck::cast_slice(cloud.log_scales()), 3, i),
        Field::Opacity | Field::Column(..) => (cloud.opacity_logits(), 1, 0),
        Field::Sh(i) => (cloud.sh(), 3 * sh::coefficient_count(cloud.sh_degree()), i),
    }
}

fn encode_column(
    place: &Strided,
    out: &mut [u8],
    rows: &[u32],
    (values, width, component): (&ColumnValues, usize, usize),
) {
    macro_rules! gather {
        ($v:expr) => {
            place.gather(out, rows, |row| $v[row * width + component])
        };
    }
    match values {
        ColumnValues::F32(v) => gather!(v),
        ColumnValues::F64(v) => gather!(v),
        ColumnValues::I8(v) => gather!(v),
        ColumnValues::U8(v) => gather!(v),
        ColumnValues::I16(v) => gather!(v),
        ColumnValues::U16(v) => gather!(v),
        ColumnValues::I32(v) => gather!(v),
        ColumnValues::U32(v) => gather!(v),
    }
}
