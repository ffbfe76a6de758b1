//! Selecting in a sphere or a box that stands in the scene: placed on what is seen, then moved and sized by
//! its handles or its numbers. The selection follows at once and is one step.

use glam::{Vec2, Vec3};
use scene::PinholeCamera;

use crate::{
    adjust::Source,
    editor::{Cx, Editor},
    input::Modifiers,
    outcome::Outcome,
    overlay::{Handle, Line, Overlay, Tone},
    select::SelectOp,
    tool::ToolKind,
    tools::{Drag, clip, is_click, is_near, seen_surface, standing::Standing, tone},
    volume::Volume,
};

/// Size of a volume that is set with a click, points.
const CLICK_SIZE: f32 = 60.0;
/// Corners of a circle.
const CIRCLE: usize = 64;
/// Smallest half side, as a share of the distance to the eye.
const THINNEST: f32 = 1e-4;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Grab {
    /// Away from the middle, which stands where the press picked.
    New,
    Center,
    Radius,
    /// The side of a box along an axis, towards + or −.
    Side(usize, f32),
}

#[derive(Debug)]
pub(crate) struct VolumeDrag {
    grab: Grab,
    start: Vec2,
    /// What was there before the press.
    before: Standing,
    from: Volume,
    moved: bool,
}

/// Begins a volume on what is seen, or takes one by its handle.
pub(crate) fn begin(
    cx: &mut Cx<'_>,
    tool: ToolKind,
    pos: Vec2,
    modifiers: Modifiers,
) -> Result<(VolumeDrag, Outcome), &'static str> {
    let camera = cx.pinhole();
    let grabbed = cx.standing.volume.and_then(|volume| {
        let grab = handle_at(&volume, &camera, pos, |p| is_near(&cx.viewport, p, pos))?;
        Some((volume, grab))
    });
    if let Some((from, grab)) = grabbed {
        let before = Standing {
            volume: Some(from),
            adjust: cx.standing.adjust.clone(),
            ..Standing::default()
        };
        let drag = VolumeDrag {
            grab,
            start: pos,
            before,
            from,
            moved: false,
        };
        return Ok((drag, Outcome::redraw()));
    }
    let pick = cx.picker.pick(pos.x, pos.y);
    let pick = pick.ok_or("There is no splat under the pointer; place the volume on one")?;
    let size = CLICK_SIZE * cx.viewport.pixels_per_point / camera.px_per_metre(pick.depth);
    let from = match tool {
        ToolKind::Box => Volume::Box {
            center: pick.point,
            half: Vec3::splat(size),
        },
        _ => Volume::Sphere {
            center: pick.point,
            radius: size,
        },
    };
    let surface = seen_surface(cx, cx.settings.select.space_surface);
    let before = std::mem::take(cx.standing);
    cx.standing.volume = Some(from);
    let op = SelectOp::from_modifiers(modifiers);
    let outcome = cx.begin_adjusting(Source::Volume(from), op, surface);
    let drag = VolumeDrag {
        grab: Grab::New,
        start: pos,
        before,
        from,
        moved: false,
    };
    Ok((drag, outcome))
}

/// Puts a volume in the place of the one that stands, and selects by it.
pub(crate) fn set(cx: &mut Cx<'_>, volume: Volume) -> Outcome {
    cx.standing.volume = Some(volume);
    match &mut cx.standing.adjust {
        Some(adjust) if matches!(adjust.source, Source::Volume(_)) => {
            adjust.source = Source::Volume(volume);
            cx.renew()
        }
        _ => cx.begin_adjusting(Source::Volume(volume), SelectOp::Replace, None),
    }
}

impl VolumeDrag {
    fn volume(&self, camera: &PinholeCamera, pos: Vec2) -> Volume {
        let center = self.from.center();
        let depth = camera.project(center).z;
        let here = camera.unproject(pos.x, pos.y, depth);
        let thinnest = THINNEST * depth.abs().max(1e-3);
        match (self.grab, self.from) {
            (Grab::Center, from) => {
                let start = camera.unproject(self.start.x, self.start.y, depth);
                from.at(center + here - start)
            }
            (Grab::Side(axis, side), Volume::Box { half, .. }) => {
                let unit = Vec3::AXES[axis] * side;
                let along = along_axis(camera, center, unit, pos).unwrap_or(half[axis]);
                let opposite = -half[axis];
                let far = along.max(opposite + 2.0 * thinnest);
                let mut half = half;
                half[axis] = 0.5 * (far - opposite);
                Volume::Box {
                    center: center + unit * (0.5 * (far + opposite)),
                    half,
                }
            }
            (_, Volume::Sphere { .. }) => Volume::Sphere {
                center,
                radius: here.distance(center).max(thinnest),
            },
            (_, Volume::Box { .. }) => Volume::Box {
                center,
                half: Vec3::splat(here.distance(center).max(thinnest)),
            },
        }
    }
}

impl Drag for VolumeDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        self.moved |= !is_click(cx, self.start, pos);
        if !self.moved {
            return Outcome::redraw();
        }
        let volume = self.volume(&cx.pinhole(), pos);
        if volume.is_valid() {
            set(cx, volume)
        } else {
            Outcome::redraw()
        }
    }

    fn finish(mut self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        self.update(cx, pos, modifiers)
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        if self.grab != Grab::New {
            return set(cx, self.from);
        }
        let outcome = cx.take_back_adjusted();
        *cx.standing = self.before;
        outcome
    }

    fn overlay(&self, editor: &Editor) -> Overlay {
        overlay(editor)
    }

    fn hint(&self) -> &str {
        match self.grab {
            Grab::New => "Drag to size it · release to keep it · Escape takes it back",
            Grab::Center => "Drag to move it · Escape puts it back",
            Grab::Radius | Grab::Side(..) => "Drag to size it · Escape puts it back",
        }
    }
}

/// Signed distance along an axis from a point to where the pointer's ray passes nearest; none where the
/// axis points at the eye.
fn along_axis(camera: &PinholeCamera, from: Vec3, axis: Vec3, pos: Vec2) -> Option<f32> {
    let near = camera.unproject(pos.x, pos.y, camera.near.max(1e-4));
    let far = camera.unproject(pos.x, pos.y, camera.project(from).z.max(camera.near) * 2.0);
    let ray = (far - near).normalize_or_zero();
    let cos = ray.dot(axis);
    let sin_squared = 1.0 - cos * cos;
    let between = near - from;
    let along = (between.dot(axis) - cos * between.dot(ray)) / sin_squared;
    (sin_squared > 1e-4 && along.is_finite()).then_some(along)
}

fn pixel(camera: &PinholeCamera, point: Vec3) -> Option<Vec2> {
    let p = camera.project(point);
    (p.z > camera.near && p.is_finite()).then(|| p.truncate())
}

fn sides(volume: &Volume) -> Vec<(Grab, Vec3)> {
    match volume {
        Volume::Box { center, half } => (0..6)
            .map(|i| {
                let (axis, side) = (i / 2, if i % 2 == 0 { 1.0 } else { -1.0 });
                let at = *center + Vec3::AXES[axis] * half[axis] * side;
                (Grab::Side(axis, side), at)
            })
            .collect(),
        Volume::Sphere { .. } => Vec::new(),
    }
}

/// Radius of a sphere's outline, px.
fn rim(camera: &PinholeCamera, center: Vec3, radius: f32) -> Option<(Vec2, f32)> {
    let depth = camera.project(center).z;
    let middle = pixel(camera, center)?;
    Some((middle, radius * camera.px_per_metre(depth)))
}

fn handle_at(
    volume: &Volume,
    camera: &PinholeCamera,
    pos: Vec2,
    near: impl Fn(Vec2) -> bool,
) -> Option<Grab> {
    let center = pixel(camera, volume.center());
    if center.is_some_and(&near) {
        return Some(Grab::Center);
    }
    if let Volume::Sphere { center, radius } = volume {
        let (middle, px) = rim(camera, *center, *radius)?;
        let on_rim = middle + (pos - middle).normalize_or(Vec2::X) * px;
        return near(on_rim).then_some(Grab::Radius);
    }
    let sides = sides(volume).into_iter();
    let hit = sides.filter(|(_, at)| pixel(camera, *at).is_some_and(&near));
    // Of sides behind each other the nearer one.
    let depth = |at: Vec3| camera.project(at).z;
    hit.min_by(|a, b| depth(a.1).total_cmp(&depth(b.1)))
        .map(|(grab, _)| grab)
}

pub(crate) fn overlay(editor: &Editor) -> Overlay {
    let Some(volume) = editor.standing.volume else {
        return Overlay::default();
    };
    let camera = editor.camera.camera(editor.viewport.size);
    let op = editor.standing.adjust.as_ref().map(|adjust| adjust.op);
    let tone = tone(op.unwrap_or_default());
    let pointer = editor.pointer.pos;
    let grab = pointer
        .and_then(|pos| handle_at(&volume, &camera, pos, |p| is_near(&editor.viewport, p, pos)));
    let mut overlay = Overlay::default();
    let mut handle = |which: Grab, at: Option<Vec2>| {
        overlay.handles.extend(at.map(|pos| Handle {
            pos,
            tone,
            hot: grab == Some(which),
        }));
    };
    handle(Grab::Center, pixel(&camera, volume.center()));
    for (side, at) in sides(&volume) {
        handle(side, pixel(&camera, at));
    }
    match volume {
        Volume::Box { .. } => {
            let edges = clip::edges(&volume.world_from_unit(), &camera);
            overlay
                .lines
                .extend(edges.into_iter().map(|line| Line { tone, ..line }));
        }
        Volume::Sphere { center, radius } => {
            for axis in Vec3::AXES {
                overlay
                    .lines
                    .extend(circle(&camera, center, axis, radius, Tone::Guide));
            }
            let to_eye = match camera.projection {
                scene::Projection::Perspective => (camera.eye() - center).normalize_or(Vec3::Z),
                scene::Projection::Orthographic => -camera.forward(),
            };
            overlay
                .lines
                .extend(circle(&camera, center, to_eye, radius, tone));
            if let Some((middle, px)) = rim(&camera, center, radius) {
                let mut handle = |pos: Vec2| {
                    overlay.handles.push(Handle {
                        pos,
                        tone,
                        hot: grab == Some(Grab::Radius),
                    });
                };
                handle(middle + Vec2::X * px);
            }
        }
    }
    overlay
}

fn circle(
    camera: &PinholeCamera,
    center: Vec3,
    normal: Vec3,
    radius: f32,
    tone: Tone,
) -> Option<Line> {
    let (u, v) = normal.any_orthonormal_pair();
    let corner = |i: usize| {
        let angle = i as f32 / CIRCLE as f32 * std::f32::consts::TAU;
        pixel(
            camera,
            center + (u * angle.cos() + v * angle.sin()) * radius,
        )
    };
    let points: Option<Vec<Vec2>> = (0..CIRCLE).map(corner).collect();
    points.map(|points| Line {
        points,
        closed: true,
        tone,
    })
}
