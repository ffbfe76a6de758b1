//! What a trained network says to a few inputs, for the self-test of its package.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::mlp::Mlp;

/// Writes inputs, outputs and their list into a folder.
pub(crate) fn write(folder: &Path, graph: &str, mlp: &Mlp, rows: &[f32]) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("features.npy"), npy(rows, mlp.inputs()))?;
    fs::write(
        folder.join("surface.npy"),
        npy(&mlp.forward(rows), mlp.outputs()),
    )?;
    let list = format!(
        r#"[
 {{
  "graph": "{graph}",
  "input": {{ "name": "features", "file": "features.npy", "scale": 1.0, "offset": 0.0 }},
  "outputs": [{{ "name": "surface", "file": "surface.npy" }}],
  "relative_tolerance": 0.001
 }}
]
"#
    );
    fs::write(folder.join("golden.json"), list)?;
    Ok(())
}

/// A matrix as numpy writes it: version 1, little-endian, C order.
fn npy(values: &[f32], columns: usize) -> Vec<u8> {
    let shape = format!("({}, {columns})", values.len() / columns);
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    // The values begin at a multiple of 64 bytes.
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}
