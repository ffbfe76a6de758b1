//! The stages that turn observations into a head of Gaussians.

use super::board::{Head, Value};
use super::{Board, CropRule, CropStage, RefineColor, Stage, StageRun};
use crate::error::InferenceError;
use crate::generate::Part;
use crate::portrait::crop::crop_portrait;
use crate::portrait::emit::emit as emit_surfels;
use crate::portrait::fit::fit_head;
use crate::portrait::frame::pinhole;
use crate::portrait::labels::label_portrait;
use crate::portrait::posed::PosedMesh;
use crate::portrait::refine::{compare, refine as refine_cloud};
use crate::portrait::relax::relax;
use crate::portrait::snug::snug_vertices;
use crate::portrait::surface::front_surface;
use crate::portrait::surfel::cloud_of;

pub(super) fn fit(
    stage: &Stage,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let (face, matte) = (board.face(stage, 0)?, board.matte(stage, 1)?);
    let focal_px = run.options.focal_px.or(run.image.focal_px());
    let fit = fit_head(&*run.head_model()?, face, &matte.alpha, focal_px).map_err(|error| {
        InferenceError::UnclearFace {
            reason: error.to_string(),
        }
    })?;
    run.report.residual_ipd = Some(fit.residual_ipd);
    Ok(Value::HeadFit(fit))
}

pub(super) fn crop(
    stage: &Stage,
    parameters: &CropStage,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let CropRule::Portrait = parameters.rule;
    let (face, matte) = (board.face(stage, 0)?, board.matte(stage, 1)?);
    let fit = board.head_fit(stage, 2)?;
    crop_portrait(face, &run.head_model()?.sets, matte, fit)
        .map(Value::Crop)
        .map_err(|_empty| InferenceError::NoMatte)
}

pub(super) fn label(
    stage: &Stage,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let (crop, fit) = (board.crop(stage, 0)?, board.head_fit(stage, 1)?);
    Ok(Value::Labels(label_portrait(
        &*run.head_model()?,
        fit,
        crop,
    )))
}

pub(super) fn surface(
    stage: &Stage,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let (crop, fit) = (board.crop(stage, 0)?, board.head_fit(stage, 1)?);
    let labels = board.labels(stage, 2)?;
    let model = run.head_model()?;
    let fitted = PosedMesh::new(&model, fit);
    let mesh = PosedMesh::with_vertices(&model, snug_vertices(&fitted, crop, labels));
    let front = front_surface(&mesh, crop, labels);
    Ok(Value::Surface(Box::new(front)))
}

pub(super) fn emit(
    stage: &Stage,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let (crop, fit) = (board.crop(stage, 0)?, board.head_fit(stage, 1)?);
    let (labels, front) = (board.labels(stage, 2)?, board.surface(stage, 3)?);
    let model = run.head_model()?;
    let mesh = PosedMesh::with_vertices(&model, front.vertices.clone());
    let mut surfels = Vec::new();
    emit_surfels(&mesh, front, (crop, labels), |part| {
        if !part.is_empty() {
            let chunk = cloud_of(&part)?;
            run.splats(Part::Chunk(chunk))?;
            surfels.extend(part);
        }
        Ok::<(), InferenceError>(())
    })?;
    let strays = relax(&mut surfels);
    log::debug!("head: {strays} of {} surfels were strays", surfels.len());
    Ok(Value::Head(Head {
        cloud: cloud_of(&surfels)?,
        camera: pinhole(&fit.camera, run.image.grid()),
    }))
}

pub(super) fn refine(
    stage: &Stage,
    parameters: &RefineColor,
    board: &mut Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let head = board.take_head(stage, 0)?;
    let crop = board.crop(stage, 1)?;
    let rounds = run.options.refine_rounds.unwrap_or(parameters.rounds);
    let rasterizer = run.rasterizer;
    let cloud = refine_cloud(head.cloud, crop, rasterizer, rounds, |round| {
        run.alive(stage, round.into(), rounds.into())
    })?;
    run.splats(Part::Replace(cloud.clone()))?;
    let found = compare(&cloud, crop, rasterizer);
    run.report.psnr_db = Some(found.psnr_db);
    run.report.iou = Some(found.iou);
    Ok(Value::Head(Head {
        cloud,
        camera: head.camera,
    }))
}
