use std::path::Path;

use glam::{Mat3, Vec2};

use super::*;
use crate::imageops::Grid;
use crate::portrait::mesh::{EXPRESSIONS, IDENTITY_MODES, VertexPart};
use crate::portrait::types::{ColorPlane, HeadCamera};

const SKIN: Vec3 = Vec3::new(0.8, 0.6, 0.5);
const HAIR: Vec3 = Vec3::new(0.2, 0.13, 0.08);
const SHIRT: Vec3 = Vec3::new(0.2, 0.3, 0.7);

/// The mean head from the front with a cap of hair, a shirt, and a little noise.
fn painted(model: &HeadModel, cap: impl Fn(Vec3, VertexPart) -> bool) -> (HeadFit, Crop) {
    let grid = Grid::new(300, 330);
    let rotation = Mat3::from_rotation_x(std::f32::consts::PI);
    let camera = HeadCamera {
        rotation,
        translation: Vec3::new(0.0, 0.0, 14.0) - rotation * Vec3::new(0.0, 7.0, 0.5),
        focal: 1450.0,
        center: Vec2::new(150.0, 180.0),
    };
    let vertices = model.mean().to_vec();
    let hits = model.rasterize(&vertices, &camera, grid);
    let mut alpha = Plane::filled(grid, 0.0);
    let mut color = ColorPlane::filled(grid, SHIRT);
    for (i, hit) in hits.iter().enumerate() {
        if !hit.is_some() {
            continue;
        }
        let point = hit.interpolate(&model.triangles, &vertices);
        let part = model.triangle_part(hit.triangle as usize);
        let paint = if cap(point, part) {
            HAIR
        } else if point.y < 5.95 {
            SHIRT
        } else {
            SKIN
        };
        let noise = 0.03 * Vec3::new((12.9 * i as f32).sin(), (78.2 * i as f32).sin(), 0.5);
        alpha.values[i] = 1.0;
        color.values[i] = paint + noise;
    }
    let landmarks: Vec<Vec2> = model
        .landmark_points(&vertices)
        .iter()
        .map(|p| camera.project(*p).truncate())
        .collect();
    let fit = HeadFit {
        camera,
        identity: vec![0.0; IDENTITY_MODES],
        expression: vec![0.0; EXPRESSIONS],
        vertices,
        residual_ipd: 0.0,
    };
    let crop = Crop {
        camera,
        scale: 1.0,
        origin: Vec2::ZERO,
        face_height: crate::portrait::crop::face_height(&landmarks, &model.sets),
        chin: landmarks[152],
        landmarks,
        alpha,
        color,
    };
    (fit, crop)
}

fn model() -> HeadModel {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/portrait-head/tables");
    HeadModel::from_folder(&folder).unwrap()
}

/// Share of the pixels painted in a color that carry a label.
fn share(crop: &Crop, map: &LabelMap, paint: Vec3, label: Label) -> f32 {
    let painted: Vec<usize> = (0..map.labels.len())
        .filter(|i| crop.alpha.values[*i] > 0.5)
        .filter(|i| (crop.color.values[*i] - paint).length() < 0.1)
        .collect();
    let right = painted.iter().filter(|i| map.labels[**i] == label).count();
    right as f32 / painted.len() as f32
}

#[test]
fn short_hair_shirt_and_skin_are_told_apart() {
    let model = model();
    let (fit, crop) = painted(&model, |p, part| {
        !matches!(part, VertexPart::LeftEar | VertexPart::RightEar)
            && (p.y > 7.9 || (p.z < 0.4 && p.y > 7.2))
    });
    let map = label_portrait(&model, &fit, &crop);
    let hair = share(&crop, &map, HAIR, Label::Hair);
    let cloth = share(&crop, &map, SHIRT, Label::Cloth);
    let skin = share(&crop, &map, SKIN, Label::Skin);
    assert!(hair > 0.95 && cloth > 0.97, "hair {hair}, cloth {cloth}");
    // Eyes and lips are painted like skin here.
    assert!(skin > 0.93, "skin {skin}");
    assert!(
        map.ear_covered.iter().all(|c| *c < 0.2),
        "{:?}",
        map.ear_covered
    );
    assert!(!map.wide_hair, "the hair is a cap");
}

#[test]
fn hair_over_the_ears_covers_them() {
    let model = model();
    let (fit, crop) = painted(&model, |p, part| {
        matches!(part, VertexPart::LeftEar | VertexPart::RightEar)
            || p.y > 7.9
            || (p.z < 0.8 && p.y > 6.4)
    });
    let map = label_portrait(&model, &fit, &crop);
    assert!(
        map.ear_covered.iter().all(|c| *c > 0.8),
        "{:?}",
        map.ear_covered
    );
}

#[test]
fn eyes_are_eyes_and_a_closed_mouth_is_skin() {
    let model = model();
    let (fit, crop) = painted(&model, |p, _| p.y > 7.9);
    let map = label_portrait(&model, &fit, &crop);
    let at = |p: Vec2| map.labels[crop.alpha.grid().pixel_at(p.x, p.y).unwrap()];
    assert_eq!(at(crop.landmarks[468]), Label::Eye, "right pupil");
    assert_eq!(at(crop.landmarks[473]), Label::Eye, "left pupil");
    assert!(
        !map.labels.contains(&Label::Mouth),
        "the mean head is silent"
    );
}

#[test]
fn sides_are_the_subjects() {
    let model = model();
    let (fit, crop) = painted(&model, |p, _| p.y > 7.9);
    let regions = Regions::of(&model, &fit, &crop);
    for i in 0..regions.grid.len() {
        if let Some(side) = regions.ear(i) {
            assert_eq!(side, usize::from(regions.side[i] > 0.0), "ear pixel {i}");
        }
    }
}
