use std::convert::Infallible;
use std::path::Path;

use glam::{Mat3, Vec2};
use scene::{CloudError, GaussianCloud, PinholeCamera, PixelImage, Rasterizer};

use super::*;
use crate::imageops::Grid;
use crate::portrait::frame::head_from_cloud;
use crate::portrait::mesh::{HeadModel, VertexPart};
use crate::portrait::refine::{compare, refine};
use crate::portrait::surface::front_surface;
use crate::portrait::surfel::cloud_of;
use crate::portrait::types::{ColorPlane, Confidence, HeadCamera, HeadFit, Plane};

/// A photograph of the mean head with painted hair, skin and shirt.
struct Sitter {
    model: HeadModel,
    fit: HeadFit,
    crop: Crop,
    labels: LabelMap,
}

fn sitter() -> Sitter {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/portrait-head/tables");
    let model = HeadModel::from_folder(&folder).unwrap();
    let grid = Grid::new(120, 110);
    // Half a turn about x makes y point down and z away.
    let rotation = Mat3::from_rotation_x(std::f32::consts::PI);
    let camera = HeadCamera {
        rotation,
        translation: Vec3::new(0.0, 0.0, 15.0) - rotation * Vec3::new(0.0, 7.0, 0.5),
        focal: 520.0,
        center: Vec2::new(60.0, 52.0),
    };
    let hits = model.rasterize(model.mean(), &camera, grid);
    let part = |i: usize| {
        hits[i]
            .is_some()
            .then(|| model.triangle_part(hits[i].triangle as usize))
    };
    let label = |i: usize| match part(i) {
        Some(VertexPart::Scalp) => Label::Hair,
        Some(VertexPart::Torso) => Label::Cloth,
        _ => Label::Skin,
    };
    let labels: Vec<Label> = (0..grid.len()).map(label).collect();
    let color = |i: usize| match labels[i] {
        Label::Hair => Vec3::new(0.25, 0.17, 0.1) * (1.0 + 0.2 * (i as f32 * 1.3).sin()),
        Label::Cloth => Vec3::new(0.1, 0.2, 0.6),
        _ => Vec3::new(0.8, 0.6, 0.5),
    };
    let alpha = (0..grid.len())
        .map(|i| f32::from(part(i).is_some()))
        .collect();
    let crop = Crop {
        camera,
        scale: 1.0,
        origin: Vec2::ZERO,
        face_height: 65.0,
        chin: camera.project(Vec3::new(0.0, 6.3, 1.3)).truncate(),
        landmarks: Vec::new(),
        alpha: Plane::from_values(grid, alpha),
        color: ColorPlane::from_values(grid, (0..grid.len()).map(color).collect()),
    };
    Sitter {
        fit: HeadFit {
            camera,
            identity: vec![0.0; 64],
            expression: vec![0.0; 52],
            vertices: model.mean().to_vec(),
            residual_ipd: 0.0,
        },
        model,
        crop,
        labels: LabelMap {
            labels,
            ear_covered: [0.0; 2],
            wide_hair: false,
        },
    }
}

fn parts_of(sitter: &Sitter) -> (Front, Vec<Vec<Surfel>>) {
    let mesh = PosedMesh::new(&sitter.model, &sitter.fit);
    let front = front_surface(&mesh, &sitter.crop, &sitter.labels);
    let mut parts = Vec::new();
    let done = emit(&mesh, &front, (&sitter.crop, &sitter.labels), |part| {
        parts.push(part);
        Ok::<(), Infallible>(())
    });
    assert!(done.is_ok(), "nothing can stop it");
    (front, parts)
}

#[test]
fn the_shell_is_never_inside_the_skull() {
    let sitter = sitter();
    let (front, _) = parts_of(&sitter);
    let shell = &front.shell;
    for (i, (hair, skull)) in shell
        .surface
        .radius
        .iter()
        .zip(&shell.skull.radius)
        .enumerate()
    {
        assert!(hair > skull, "direction {i}: hair {hair}, skull {skull}");
    }
}

#[test]
fn photographed_surfels_come_first_with_their_labels_and_face_the_camera() {
    let sitter = sitter();
    let (_, parts) = parts_of(&sitter);
    let covered = (0..sitter.labels.labels.len()).filter(|i| sitter.crop.alpha.values[*i] > 0.5);
    let covered: Vec<usize> = covered.collect();
    assert_eq!(parts[0].len(), covered.len(), "one surfel a pixel");
    let eye = sitter.crop.camera.eye();
    for (surfel, pixel) in parts[0].iter().zip(covered) {
        assert_eq!(surfel.label, sitter.labels.labels[pixel], "pixel {pixel}");
        assert!((surfel.normal.length() - 1.0).abs() < 1e-4, "pixel {pixel}");
        let facing = surfel.normal.dot((eye - surfel.position).normalize());
        assert!(facing > 0.0, "pixel {pixel} looks away: {facing}");
        let seen = sitter.crop.camera.project(surfel.position).truncate();
        let grid = sitter.crop.alpha.grid();
        assert_eq!(
            grid.pixel_at(seen.x, seen.y),
            Some(pixel),
            "in its own pixel"
        );
    }
}

#[test]
fn the_back_of_the_head_is_hair_and_the_back_of_the_body_cloth() {
    let sitter = sitter();
    let (_, parts) = parts_of(&sitter);
    let invented = || {
        parts
            .iter()
            .flatten()
            .filter(|s| s.confidence == Confidence::Invented)
    };
    let hair_behind = invented()
        .filter(|s| s.label == Label::Hair && s.position.z < 0.0)
        .count();
    let cloth_behind = invented()
        .filter(|s| s.label == Label::Cloth && s.position.z < 0.0)
        .count();
    assert!(hair_behind > 300, "{hair_behind} surfels of hair behind");
    assert!(cloth_behind > 100, "{cloth_behind} surfels of cloth behind");
    for s in parts.iter().flatten() {
        assert!((s.normal.length() - 1.0).abs() < 1e-3, "unit normals");
        assert!(
            s.position.distance(CENTER) < 4.0,
            "{} is nowhere near",
            s.position
        );
    }
}

/// Draws the nearest splat of every pixel, sharp.
struct Nearest;

impl Rasterizer for Nearest {
    fn rasterize(&self, cloud: &GaussianCloud, camera: &PinholeCamera) -> PixelImage {
        let grid = Grid::new(camera.width as usize, camera.height as usize);
        let mut depths = vec![f32::INFINITY; grid.len()];
        let mut pixels = vec![[0.0; 4]; grid.len()];
        for row in 0..cloud.len() {
            let at = camera.project(cloud.means()[row]);
            let Some(i) = grid.pixel_at(at.x, at.y).filter(|i| at.z < depths[*i]) else {
                continue;
            };
            depths[i] = at.z;
            // A rasterizer that loses contrast has to be answered by more of it.
            let color = cloud.base_color(row) * 0.9 + 0.03;
            pixels[i] = color.extend(1.0).to_array();
        }
        PixelImage {
            width: camera.width,
            height: camera.height,
            pixels,
        }
    }
}

#[test]
fn refinement_brings_the_picture_closer_and_moves_nothing() {
    let sitter = sitter();
    let (_, parts) = parts_of(&sitter);
    let cloud = cloud_of(&parts.concat()).unwrap();
    let before = compare(&cloud, &sitter.crop, &Nearest);
    let after = refine::<CloudError>(cloud.clone(), &sitter.crop, &Nearest, 6, |_| Ok(())).unwrap();
    let found = compare(&after, &sitter.crop, &Nearest);
    assert!(
        found.psnr_db > before.psnr_db + 3.0,
        "{} dB became {} dB",
        before.psnr_db,
        found.psnr_db
    );
    assert_eq!(
        after.means(),
        cloud.means(),
        "only colors and opacities change"
    );
    let first = head_from_cloud(after.means()[0]);
    assert!(
        first.distance(parts[0][0].position) < 1e-3,
        "the frame is right"
    );
}

#[test]
fn the_mesh_follows_a_wider_jaw_but_stays_with_the_face() {
    let mut sitter = sitter();
    // The sitter's jaw and neck are 2 pixels wider than the mean head's; beyond is background.
    let grid = sitter.crop.alpha.grid();
    let mesh = PosedMesh::new(&sitter.model, &sitter.fit);
    let covered: Vec<bool> = sitter.crop.alpha.values.iter().map(|a| *a > 0.5).collect();
    let wider = crate::imageops::morphology::dilate(&covered, grid, 2.0);
    for (i, wide) in wider.iter().enumerate() {
        if *wide && !covered[i] && sitter.labels.labels[i] == Label::Skin {
            sitter.crop.alpha.values[i] = 1.0;
        }
    }
    let moved = crate::portrait::snug::snug_vertices(&mesh, &sitter.crop, &sitter.labels);
    let after = PosedMesh::with_vertices(&sitter.model, moved.clone());
    let missed = |mesh: &PosedMesh<'_>| {
        let hits = mesh.z_buffer(&sitter.crop.camera, grid);
        let skin = |i: &usize| {
            sitter.crop.alpha.values[*i] > 0.5 && sitter.labels.labels[*i] == Label::Skin
        };
        (0..grid.len())
            .filter(|i| skin(i) && !hits[*i].is_some())
            .count()
    };
    let (before, now) = (missed(&mesh), missed(&after));
    assert!(
        2 * now < before,
        "{before} pixels of skin beyond the mesh became {now}"
    );
    let nose = (0..moved.len()).max_by(|a, b| mesh.vertices[*a].z.total_cmp(&mesh.vertices[*b].z));
    let nose = nose.unwrap();
    assert!(
        moved[nose].distance(mesh.vertices[nose]) < 0.01,
        "the nose stays"
    );
}
