//! The normal equations of one Gauss–Newton iteration, with analytic derivatives.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::outline::Outline;
use super::pose::Projection;
use super::{EXPRESSION_SHARE, MAX_IDENTITY, Pose, UNKNOWNS, solve};
use crate::portrait::mesh::{EXPRESSIONS, HeadModel, IDENTITY_MODES};

/// The head frame's point about which rotation steps turn, dm: the middle of the face, so that rotation
/// and translation hardly depend on each other.
pub(super) const PIVOT: Vec3 = Vec3::new(0.0, 7.2, 1.1);
/// Landmark noise of a point that sits at one place in all people, in inter-pupillary distances. The
/// network is better than that, but its errors are correlated.
const SIGMA_IPD: f32 = 0.03;
/// Spread over people at which a landmark's place is as uncertain as its pixel, dm.
const SPREAD_UNIT: f32 = 0.025;
/// Landmarks that slide along the face's outline, and irises that look around, count less.
const LOOSE: f32 = 1.5;
/// Residual in standard deviations beyond which a landmark counts linearly only.
const HUBER: f32 = 2.0;
/// Standard deviation of the expression prior.
const EXPRESSION_SIGMA: f64 = 0.18;
/// Standard deviation of the outline, in inter-pupillary distances.
const OUTLINE_SIGMA_IPD: f32 = 0.06;
/// All outline vertices together weigh no more than this many.
const OUTLINE_WEIGHT: f32 = 150.0;
/// Unknowns of pose before the shape's.
const POSE: usize = 6;

/// What the fit aims at.
pub(super) struct Target {
    /// `[478]` landmarks, pixels.
    points: Vec<Vec2>,
    /// `[478]` standard deviations, pixels.
    pub(super) sigmas: Vec<f32>,
    /// `[52]` expected expression.
    pub(super) expression: Vec<f32>,
    /// Standard deviation of the outline, pixels.
    outline_sigma: f32,
    /// `[478, 116]` offset of each landmark per unit of each shape unknown, dm.
    basis: Vec<Vec3>,
    /// `[478]` landmarks of the mean head, dm.
    mean: Vec<Vec3>,
}

impl Target {
    pub(super) fn new(
        model: &HeadModel,
        points: &[Vec2],
        blendshapes: &[f32],
        eye_px: f32,
    ) -> Self {
        let mut sigmas: Vec<f32> = model
            .landmarks
            .iter()
            .map(|l| SIGMA_IPD * eye_px * (l.spread / SPREAD_UNIT).hypot(1.0))
            .collect();
        let sets = &model.sets;
        let loose = sets.face_oval.iter().chain(&sets.left_iris);
        for i in loose.chain(&sets.right_iris) {
            sigmas[*i] *= LOOSE;
        }
        let weight = |e: usize| blendshapes.get(e).copied().unwrap_or(0.0).clamp(0.0, 1.0);
        Self {
            points: points.to_vec(),
            sigmas,
            expression: (0..EXPRESSIONS)
                .map(|e| EXPRESSION_SHARE * weight(e))
                .collect(),
            outline_sigma: OUTLINE_SIGMA_IPD * eye_px,
            basis: landmark_basis(model),
            mean: model.landmark_points(model.mean()),
        }
    }

    /// One landmark on the head of a pose, dm.
    fn landmark(&self, i: usize, pose: &Pose) -> Vec3 {
        let basis = &self.basis[i * (UNKNOWNS - POSE)..(i + 1) * (UNKNOWNS - POSE)];
        let shape = pose.identity.iter().chain(&pose.expression);
        basis
            .iter()
            .zip(shape)
            .fold(self.mean[i], |p, (b, c)| p + *b * *c)
    }
}

fn landmark_basis(model: &HeadModel) -> Vec<Vec3> {
    let mut basis = Vec::with_capacity(model.landmarks.len() * (UNKNOWNS - POSE));
    for anchor in &model.landmarks {
        let corners = model.triangles[anchor.triangle];
        let between = |offset: &dyn Fn(usize) -> Vec3| {
            let [a, b, c] = corners.map(|v| offset(v as usize));
            anchor.weights.x * a + anchor.weights.y * b + anchor.weights.z * c
        };
        basis.extend((0..IDENTITY_MODES).map(|k| between(&|v| model.identity_offset(k, v))));
        basis.extend((0..EXPRESSIONS).map(|e| between(&|v| model.expression_offset(e, v))));
    }
    basis
}

/// One weighted scalar equation: how the residual moves with the unknowns, and what it is.
struct Equation {
    row: Vec<f32>,
    residual: f32,
    weight: f32,
}

/// Normal equations at one pose.
pub(super) struct System {
    matrix: Vec<f64>,
    right: Vec<f64>,
    /// Value of the cost at the pose.
    pub(super) cost: f64,
}

impl System {
    pub(super) fn at(
        model: &HeadModel,
        target: &Target,
        outline: Option<&Outline>,
        pose: &Pose,
    ) -> Self {
        let mut equations = landmark_equations(target, pose);
        if let Some(outline) = outline {
            equations.extend(outline_equations(model, target, outline, pose));
        }
        let mut matrix = normal_matrix(&equations);
        let mut right = vec![0.0; UNKNOWNS];
        for e in &equations {
            let pull = e.weight * e.residual;
            for (r, a) in right.iter_mut().zip(&e.row) {
                *r -= f64::from(pull * a);
            }
        }
        add_priors(&mut matrix, &mut right, target, pose);
        Self {
            matrix,
            right,
            cost: cost(model, target, outline, pose),
        }
    }

    #[cfg(test)]
    pub(super) fn right(&self) -> &[f64] {
        &self.right
    }

    /// The step that minimizes the quadratic model inside the shape's bounds.
    pub(super) fn bounded_step(&self, pose: &Pose) -> Vec<f64> {
        let mut low = vec![f64::NEG_INFINITY; UNKNOWNS];
        let mut high = vec![f64::INFINITY; UNKNOWNS];
        for (k, value) in pose.identity.iter().enumerate() {
            low[POSE + k] = f64::from(-MAX_IDENTITY - value);
            high[POSE + k] = f64::from(MAX_IDENTITY - value);
        }
        for (e, value) in pose.expression.iter().enumerate() {
            low[POSE + IDENTITY_MODES + e] = f64::from(-value);
            high[POSE + IDENTITY_MODES + e] = f64::from(1.0 - value);
        }
        solve::bounded_solve(&self.matrix, &self.right, &low, &high)
    }
}

/// Half the robust sum of squares.
pub(super) fn cost(
    model: &HeadModel,
    target: &Target,
    outline: Option<&Outline>,
    pose: &Pose,
) -> f64 {
    let mut sum = 0.0;
    for (i, (q, sigma)) in target.points.iter().zip(&target.sigmas).enumerate() {
        let pixel = pose.camera.project(target.landmark(i, pose)).truncate();
        sum += huber_cost(pixel.distance(*q) / sigma);
    }
    if let Some(outline) = outline {
        let vertices = model.vertices(&pose.identity, &pose.expression);
        let outside = outline.outside(&vertices, &pose.camera);
        let weight = outline_weight(outside.len());
        sum += outside
            .iter()
            .map(|o| f64::from(weight) * huber_cost(o.distance / target.outline_sigma))
            .sum::<f64>();
    }
    let identity: f64 = pose.identity.iter().map(|a| f64::from(a * a)).sum();
    let expression: f64 = pose
        .expression
        .iter()
        .zip(&target.expression)
        .map(|(a, b)| (f64::from(a - b) / EXPRESSION_SIGMA).powi(2))
        .sum();
    sum + 0.5 * (identity + expression)
}

fn huber_cost(residual: f32) -> f64 {
    let (r, h) = (f64::from(residual), f64::from(HUBER));
    if r <= h {
        0.5 * r * r
    } else {
        h * (r - 0.5 * h)
    }
}

fn huber_weight(residual: f32) -> f32 {
    (HUBER / residual.max(1e-6)).min(1.0)
}

fn outline_weight(count: usize) -> f32 {
    (OUTLINE_WEIGHT / count.max(1) as f32).min(1.0)
}

fn landmark_equations(target: &Target, pose: &Pose) -> Vec<Equation> {
    let equations = |i: usize| {
        let point = target.landmark(i, pose);
        let view = pose.camera.rotation * point + pose.camera.translation;
        let projection = Projection::at(&pose.camera, view);
        let sigma = target.sigmas[i];
        let residual = (projection.pixel - target.points[i]) / sigma;
        let weight = huber_weight(residual.length());
        let basis = &target.basis[i * (UNKNOWNS - POSE)..(i + 1) * (UNKNOWNS - POSE)];
        [(projection.dx, residual.x), (projection.dy, residual.y)].map(|(gradient, residual)| {
            Equation {
                row: equation_row(pose, point, gradient / sigma, basis.iter().copied()),
                residual,
                weight,
            }
        })
    };
    (0..target.points.len())
        .into_par_iter()
        .flat_map_iter(equations)
        .collect()
}

fn outline_equations(
    model: &HeadModel,
    target: &Target,
    outline: &Outline,
    pose: &Pose,
) -> Vec<Equation> {
    let vertices = model.vertices(&pose.identity, &pose.expression);
    let outside = outline.outside(&vertices, &pose.camera);
    let weight = outline_weight(outside.len());
    outside
        .par_iter()
        .map(|o| {
            let point = vertices[o.vertex];
            let view = pose.camera.rotation * point + pose.camera.translation;
            let projection = Projection::at(&pose.camera, view);
            let gradient = o.direction.x * projection.dx + o.direction.y * projection.dy;
            let identity = (0..IDENTITY_MODES).map(|k| model.identity_offset(k, o.vertex));
            let expression = (0..EXPRESSIONS).map(|e| model.expression_offset(e, o.vertex));
            let residual = o.distance / target.outline_sigma;
            let basis = identity.chain(expression);
            Equation {
                row: equation_row(pose, point, gradient / target.outline_sigma, basis),
                residual,
                weight: weight * huber_weight(residual),
            }
        })
        .collect()
}

/// Derivatives of `gradient · view point` by all unknowns; rotation is about [`PIVOT`] in view axes.
fn equation_row(
    pose: &Pose,
    point: Vec3,
    gradient: Vec3,
    basis: impl Iterator<Item = Vec3>,
) -> Vec<f32> {
    let arm = pose.camera.rotation * (point - PIVOT);
    let turn = arm.cross(gradient);
    let in_head = pose.camera.rotation.transpose() * gradient;
    let mut row = Vec::with_capacity(UNKNOWNS);
    row.extend([turn.x, turn.y, turn.z, gradient.x, gradient.y, gradient.z]);
    row.extend(basis.map(|b| in_head.dot(b)));
    row
}

/// `Σ weight · row rowᵀ`, both triangles.
fn normal_matrix(equations: &[Equation]) -> Vec<f64> {
    let mut matrix = vec![0.0f64; UNKNOWNS * UNKNOWNS];
    matrix
        .par_chunks_mut(UNKNOWNS)
        .enumerate()
        .for_each(|(i, out)| {
            for e in equations {
                let factor = f64::from(e.weight * e.row[i]);
                if factor != 0.0 {
                    for (o, b) in out.iter_mut().zip(&e.row) {
                        *o += factor * f64::from(*b);
                    }
                }
            }
        });
    matrix
}

fn add_priors(matrix: &mut [f64], right: &mut [f64], target: &Target, pose: &Pose) {
    /// Keeps the pose solvable whatever the landmarks; far below their weight.
    const DAMPING: f64 = 1e-6;
    for i in 0..POSE {
        matrix[i * (UNKNOWNS + 1)] *= 1.0 + DAMPING;
    }
    for (k, value) in pose.identity.iter().enumerate() {
        let i = POSE + k;
        matrix[i * (UNKNOWNS + 1)] += 1.0;
        right[i] -= f64::from(*value);
    }
    let weight = 1.0 / (EXPRESSION_SIGMA * EXPRESSION_SIGMA);
    for (e, value) in pose.expression.iter().enumerate() {
        let i = POSE + IDENTITY_MODES + e;
        matrix[i * (UNKNOWNS + 1)] += weight;
        right[i] -= weight * f64::from(value - target.expression[e]);
    }
}
