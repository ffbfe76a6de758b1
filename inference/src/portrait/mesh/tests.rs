use std::path::Path;

use super::*;

fn model() -> HeadModel {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/portrait-head/tables");
    HeadModel::from_folder(&folder).unwrap()
}

#[test]
fn zero_coefficients_give_the_mean() {
    let model = model();
    let vertices = model.vertices(&[0.0; IDENTITY_MODES], &[0.0; EXPRESSIONS]);
    assert_eq!(vertices, model.mean(), "nothing is added");
}

#[test]
fn vertices_are_linear_in_the_offsets() {
    let model = model();
    let mut identity = [0.0; IDENTITY_MODES];
    let mut expression = [0.0; EXPRESSIONS];
    identity[7] = -1.5;
    expression[25] = 0.5;
    let vertices = model.vertices(&identity, &expression);
    for v in (0..vertices.len()).step_by(97) {
        let expected = model.mean()[v] - 1.5 * model.identity_offset(7, v)
            + 0.5 * model.expression_offset(25, v);
        assert!((vertices[v] - expected).length() < 1e-5, "vertex {v}");
    }
}

#[test]
fn normals_point_outwards() {
    let model = model();
    let normals = model.vertex_normals(model.mean());
    let middle = Vec3::new(0.0, 7.42, 0.42);
    let scalp: Vec<usize> = (0..normals.len())
        .filter(|v| model.parts[*v] == VertexPart::Scalp)
        .collect();
    let outwards = scalp
        .iter()
        .filter(|v| normals[**v].dot(model.mean()[**v] - middle) > 0.0)
        .count();
    assert!(
        outwards * 100 > scalp.len() * 95,
        "{outwards} of {}",
        scalp.len()
    );
}

#[test]
fn samples_are_as_dense_as_asked() {
    let model = model();
    let spacing = 0.03;
    let scalp = |t: usize| model.triangle_part(t) == VertexPart::Scalp;
    let samples = sample_surface(&model, model.mean(), spacing, scalp);
    let area: f32 = (0..model.triangles.len())
        .filter(|t| model.outer[*t] && scalp(*t))
        .map(|t| {
            let [a, b, c] = model.triangles[t].map(|v| model.mean()[v as usize]);
            0.5 * (b - a).cross(c - a).length()
        })
        .sum();
    let expected = area / (spacing * spacing);
    assert!(
        (samples.len() as f32 / expected - 1.0).abs() < 0.01,
        "{} samples for {expected}",
        samples.len()
    );
}
