use std::path::Path;

use glam::Quat;

use super::*;
use crate::imageops::Grid;

fn model() -> HeadModel {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/portrait-head/tables");
    HeadModel::from_folder(&folder).unwrap()
}

fn turned(yaw: f32, pitch: f32, roll: f32) -> HeadCamera {
    let flip = Quat::from_rotation_x(std::f32::consts::PI);
    let turn =
        Quat::from_rotation_z(roll) * Quat::from_rotation_x(pitch) * Quat::from_rotation_y(yaw);
    let rotation = Mat3::from_quat(turn * flip);
    HeadCamera {
        rotation,
        translation: Vec3::new(0.4, -0.3, 14.0) - rotation * system::PIVOT,
        focal: 1100.0,
        center: Vec2::new(250.0, 240.0),
    }
}

/// A face by known unknowns, and a matte that hides nothing.
fn photographed(model: &HeadModel, pose: &Pose) -> (FaceObservation, Plane) {
    let vertices = model.vertices(&pose.identity, &pose.expression);
    let landmarks = model
        .landmark_points(&vertices)
        .iter()
        .map(|p| pose.camera.project(*p).truncate().extend(0.0))
        .collect();
    let face = FaceObservation {
        landmarks,
        blendshapes: pose.expression.clone(),
        presence: 1.0,
        face_count: 1,
        others: Vec::new(),
    };
    (face, Plane::filled(Grid::new(500, 480), 1.0))
}

fn shaped(camera: HeadCamera) -> Pose {
    let mut expression = vec![0.0; EXPRESSIONS];
    expression[25] = 0.3;
    expression[44] = 0.6;
    Pose {
        camera,
        identity: (0..IDENTITY_MODES)
            .map(|k| 1.2 * (0.3 * k as f32).cos() / (1.0 + 0.1 * k as f32))
            .collect(),
        expression,
    }
}

#[test]
fn a_projected_head_is_found_again() {
    let model = model();
    for (yaw, pitch, roll) in [(0.0, 0.0, 0.0), (0.35, 0.15, 0.26), (-0.5, -0.2, -0.4)] {
        let pose = shaped(turned(yaw, pitch, roll));
        let (face, alpha) = photographed(&model, &pose);
        let fit = fit_head(&model, &face, &alpha, Some(pose.camera.focal)).unwrap();
        assert!(fit.residual_ipd < 0.006, "yaw {yaw}: {}", fit.residual_ipd);
        let error = fit.camera.rotation * pose.camera.rotation.transpose();
        let angle = Quat::from_mat3(&error).to_scaled_axis().length();
        assert!(angle < 0.035, "yaw {yaw}: turned by {angle}");
        let expected = model.vertices(&pose.identity, &pose.expression);
        let face_error = model
            .landmarks
            .iter()
            .map(|l| {
                let there = l.point(&model.triangles, &expected);
                l.point(&model.triangles, &fit.vertices).distance(there)
            })
            .sum::<f32>()
            / LANDMARKS as f32;
        assert!(face_error < 0.06, "yaw {yaw}: {face_error} dm off");
    }
}

#[test]
fn outliers_do_not_pull_the_head_away() {
    let model = model();
    let pose = shaped(turned(0.1, 0.0, 0.0));
    let (mut face, alpha) = photographed(&model, &pose);
    for i in (0..LANDMARKS).step_by(12) {
        face.landmarks[i] += Vec3::new(25.0, -18.0, 0.0);
    }
    let fit = fit_head(&model, &face, &alpha, Some(pose.camera.focal)).unwrap();
    let error = fit.camera.rotation * pose.camera.rotation.transpose();
    let angle = Quat::from_mat3(&error).to_scaled_axis().length();
    assert!(angle < 0.06, "turned by {angle}");
}

#[test]
fn what_sticks_out_of_the_matte_is_pulled_in() {
    let model = model();
    let pose = shaped(turned(0.0, 0.0, 0.0));
    let (face, open) = photographed(&model, &pose);
    let free = fit_head(&model, &face, &open, Some(pose.camera.focal)).unwrap();
    let top = |fit: &HeadFit| {
        let heights = fit.vertices.iter().map(|v| fit.camera.project(*v).y);
        heights.fold(f32::INFINITY, f32::min)
    };
    // The matte ends six pixels below the crown.
    let edge = top(&free) + 6.0;
    let mut cut = open.clone();
    for (i, a) in cut.values.iter_mut().enumerate() {
        *a = f32::from((i / open.width) as f32 > edge);
    }
    let fit = fit_head(&model, &face, &cut, Some(pose.camera.focal)).unwrap();
    assert!(
        top(&fit) > edge - 3.0,
        "crown at {}, matte at {edge}",
        top(&fit)
    );
}

#[test]
fn derivatives_equal_differences() {
    let model = model();
    let pose = shaped(turned(0.2, 0.1, -0.1));
    let (mut face, alpha) = photographed(&model, &pose);
    for (i, l) in face.landmarks.iter_mut().enumerate() {
        *l += Vec3::new((i as f32).sin(), (0.7 * i as f32).cos(), 0.0);
    }
    let points: Vec<Vec2> = face.landmarks.iter().map(|l| l.truncate()).collect();
    let target = Target::new(&model, &points, &face.blendshapes, 60.0);
    let outline = Outline::new(&model, &alpha, &points, 60.0);
    let system = System::at(&model, &target, Some(&outline), &pose);
    let right = system.right();
    for unknown in [0, 1, 2, 3, 4, 5, 6, 20, 69, 95, 114] {
        let mut step = vec![0.0; UNKNOWNS];
        step[unknown] = 2e-3;
        let plus = system::cost(&model, &target, None, &pose.moved(&step, 1.0));
        let minus = system::cost(&model, &target, None, &pose.moved(&step, -1.0));
        let slope = (plus - minus) / 4e-3;
        let tolerance = 0.02 * slope.abs().max(1.0);
        assert!(
            (slope + right[unknown]).abs() < tolerance,
            "unknown {unknown}: {slope} {}",
            right[unknown]
        );
    }
}

#[test]
fn hostile_landmarks_are_refused() {
    let model = model();
    let pose = shaped(turned(0.0, 0.0, 0.0));
    let (face, alpha) = photographed(&model, &pose);
    let with = |change: &dyn Fn(&mut FaceObservation)| {
        let mut face = face.clone();
        change(&mut face);
        fit_head(&model, &face, &alpha, None)
    };
    assert!(with(&|f| f.landmarks.truncate(468)).is_err(), "too few");
    assert!(with(&|f| f.landmarks[9].x = f32::NAN).is_err(), "NaN");
    assert!(with(&|f| f.landmarks.fill(Vec3::ONE)).is_err(), "one place");
    let scatter = |f: &mut FaceObservation| {
        for (i, l) in f.landmarks.iter_mut().enumerate() {
            *l = Vec3::new((i * 7919 % 480) as f32, (i * 104_729 % 470) as f32, 0.0);
        }
    };
    assert!(with(&scatter).is_err(), "no face");
}
