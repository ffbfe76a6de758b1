//! Scenes, devices and comparisons that the tests share.

use glam::{Quat, Vec3};
use renderer::{Gpu, RenderedImage, Renderer};
use scene::{
    Column, ColumnValues, Dirty, Edit, GaussianCloud, Node, NodeId, Payload, PinholeCamera, Scene,
    SplatLayer, Transform,
    cloud::{CloudParts, logit},
    sh,
};

/// A renderer on the device: on OpenGL where `TEST_GPU=gl` asks for it; `None` where `TEST_GPU=none` says
/// that there is none.
pub(crate) fn device() -> Option<Renderer> {
    let gpu = match std::env::var("TEST_GPU").as_deref() {
        Ok("none") => {
            eprintln!("skipped: TEST_GPU=none");
            return None;
        }
        Ok("gl") => Gpu::opengl(),
        _ => Gpu::software_driver().or_else(|_| Gpu::headless()),
    };
    let gpu = gpu.expect("a graphics device, or TEST_GPU=none");
    Some(Renderer::new(gpu).expect("a renderer"))
}

/// Numbers that look random and are the same everywhere (PCG, O'Neill 2014).
struct Noise(u64);

impl Noise {
    fn signed(&mut self) -> f32 {
        let old = self.0;
        self.0 = old
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let bits = ((((old >> 18) ^ old) >> 27) as u32).rotate_right((old >> 59) as u32);
        bits as f32 / 2f32.powi(31) - 1.0
    }

    fn vector(&mut self) -> Vec3 {
        Vec3::new(self.signed(), self.signed(), self.signed())
    }
}

/// A ball of splats of all shapes, with every known column.
pub(crate) fn ball(n: usize, sh_degree: u32, seed: u64) -> CloudParts {
    let mut noise = Noise(seed);
    let mut parts = CloudParts {
        sh_degree,
        ..Default::default()
    };
    let mut normals = Vec::new();
    for _ in 0..n {
        parts.means.push(noise.vector());
        parts
            .rotations
            .push(Quat::from_array([0; 4].map(|_| noise.signed())).normalize());
        parts.log_scales.push(noise.vector() - 3.5);
        parts.opacity_logits.push(noise.signed() * 4.0 + 1.0);
        normals.extend(noise.vector().normalize_or(Vec3::Y).to_array());
        for k in 0..3 * sh::coefficient_count(sh_degree) {
            parts
                .sh
                .push(noise.signed() * if k < 3 { 1.7 } else { 0.3 });
        }
    }
    let bytes = |count: u32| (0..n as u32).map(|i| (i % count) as u8).collect();
    let column = |name: &str, width, values| Column {
        name: name.into(),
        width,
        values,
    };
    parts.columns = vec![
        column("normal", 3, ColumnValues::F32(normals)),
        column("label", 1, ColumnValues::U8(bytes(5))),
        column("confidence", 1, ColumnValues::U8(bytes(3))),
    ];
    parts
}

/// Drops every other row, the first kept; the means are dropped already.
pub(crate) fn keep_even_rows(parts: &mut CloudParts) {
    fn even<T>(values: &mut Vec<T>) {
        let mut row = 0;
        values.retain(|_| {
            row += 1;
            row % 2 == 1
        });
    }
    even(&mut parts.rotations);
    even(&mut parts.log_scales);
    even(&mut parts.opacity_logits);
    let stride = 3 * sh::coefficient_count(parts.sh_degree);
    parts.sh = parts
        .sh
        .chunks(stride)
        .step_by(2)
        .flatten()
        .copied()
        .collect();
    parts.columns.clear();
}

/// One round white splat.
pub(crate) fn splat(mean: Vec3, sigma: f32, opacity: f32) -> CloudParts {
    CloudParts {
        means: vec![mean],
        rotations: vec![Quat::IDENTITY],
        log_scales: vec![Vec3::splat(sigma.ln())],
        opacity_logits: vec![logit(opacity)],
        sh_degree: 0,
        sh: sh::dc_from_color(Vec3::ONE).to_array().to_vec(),
        columns: Vec::new(),
    }
}

/// A node of a cloud.
pub(crate) fn layer(parts: CloudParts) -> Node {
    let cloud = GaussianCloud::new(parts).expect("a valid cloud");
    Node::new("layer", Payload::Splats(SplatLayer::new(cloud, "test")))
}

/// The node turned and scaled about the origin.
pub(crate) fn place(mut node: Node, angle: f32, scale: f32) -> Node {
    node.transform = Transform {
        translation: Vec3::new(angle, 0.0, 0.0),
        rotation: Quat::from_rotation_x(angle),
        scale,
    };
    node
}

/// Adds a node.
pub(crate) fn insert(scene: &mut Scene, node: Node) -> NodeId {
    let (id, mut edit) = Edit::insert(scene, node);
    edit.apply(scene).expect("a valid edit");
    id
}

/// What a renderer must be told that has seen another scene before.
pub(crate) fn everything(scene: &Scene) -> Vec<Dirty> {
    let clouds = scene.layers().map(|(node, _, layer)| Dirty::Cloud {
        node,
        rows: 0..layer.cloud.len(),
    });
    clouds.chain([Dirty::Graph, Dirty::Light]).collect()
}

/// A camera that sees what lies around the origin.
pub(crate) fn camera(size: [u32; 2]) -> PinholeCamera {
    PinholeCamera::look_at(Vec3::new(0.3, 0.2, 3.0), Vec3::ZERO, Vec3::Y, 0.8, size)
}

/// Asserts that no byte differs by more than `tolerance`, where anything can be seen.
pub(crate) fn assert_images(
    what: &str,
    actual: &RenderedImage,
    expected: &RenderedImage,
    tolerance: u8,
) {
    assert_eq!(
        (actual.width, actual.height),
        (expected.width, expected.height),
        "{what}"
    );
    let pixels = actual
        .rgba
        .chunks(4)
        .zip(expected.rgba.chunks(4))
        .enumerate();
    for (i, (a, e)) in pixels {
        // Straight colors of nearly transparent pixels are quotients of tiny numbers.
        let slack = |c: usize| {
            if c < 3 {
                255 / u32::from(e[3]).max(1)
            } else {
                1
            }
        };
        let off =
            (0..4).any(|c| u32::from(a[c].abs_diff(e[c])) > u32::from(tolerance) * slack(c).max(1));
        let (x, y) = (i as u32 % actual.width, i as u32 / actual.width);
        assert!(!off, "{what}: pixel ({x}, {y}) is {a:?} instead of {e:?}");
    }
}
