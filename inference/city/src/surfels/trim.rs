//! Small geometry on walls: cornices, sills, lintels, balconies, awnings, parapets, frames, pipes.

use glam::{Vec2, Vec3};

use super::{
    builder::{Builder, Quad},
    extrude::Site,
    grand::portico,
    outline::OnWall,
    roofs::RoofPlan,
    walls::{RECESS, RECESS_STRIDE, WallJob},
};
use crate::{
    appearance::{FacadeStyle, Opening, Surface, WallKind, ground_floor},
    layout::{BuildingUse, Family, RoofShape},
    random::cell,
};

/// Ledges come in pieces at most so long, metres: each as fine as it is near.
const LEDGE: f32 = 9.0;

/// A box on the wall: from the place, `half` along, between two heights, from the wall outward.
pub(super) fn ledge(
    builder: &mut Builder,
    place: &OnWall,
    half: f32,
    (low, high): (f32, f32),
    (inner, outer): (f32, f32),
    stride: f32,
    surface: &Surface,
) {
    let middle = place.point(0.5 * (low + high), 0.5 * (inner + outer));
    let axes = [
        place.tangent * half,
        Vec3::Z * (0.5 * (high - low)),
        place.normal * (0.5 * (outer - inner)),
    ];
    builder.block(middle, axes, stride, surface);
}

pub(super) fn trim(site: &Site<'_>, job: &WallJob<'_>, roof: &RoofPlan, builder: &mut Builder) {
    let (wall, style) = (&job.wall, job.style);
    let flat = matches!(roof.shape, RoofShape::Flat | RoofShape::Dome);
    if flat && job.stride <= 2.0 {
        parapet(site, job, builder);
    }
    if wall.kind == WallKind::Party || job.stride > 1.0 {
        return;
    }
    let visible = |place: &OnWall, z: f32| {
        let (other, top) = site.standing(place.outside(0.45));
        other == 0 || other == builder.instance || top < z
    };
    let seen: Vec<bool> = job
        .run
        .short_pieces(LEDGE)
        .map(|(place, _)| visible(&place, wall.height - 1.0))
        .collect();
    let trim = Surface::matte(style.trim);
    for ((place, half), seen) in job.run.short_pieces(LEDGE).zip(seen) {
        if !seen {
            continue;
        }
        let job = &job.near(site, Vec2::new(place.along, wall.height), half);
        if style.cornice > 0.0 && wall.height > 4.0 {
            let deep = if style.family == Family::Glass {
                0.1
            } else {
                0.25 + 0.35 * style.cornice
            };
            let top = wall.height + 0.06;
            ledge(
                builder,
                &place,
                half + 0.7 * deep,
                (top - 0.28, top),
                (-0.05, deep),
                job.stride,
                &trim,
            );
            if job.stride <= 0.5 && style.cornice > 0.35 {
                ledge(
                    builder,
                    &place,
                    half + 0.35 * deep,
                    (top - 0.5, top - 0.28),
                    (-0.05, 0.5 * deep),
                    job.stride,
                    &trim,
                );
            }
            if !flat {
                let gutter = Surface {
                    roughness: 0.4,
                    metallic: 0.4,
                    ..Surface::matte(Vec3::splat(0.11))
                };
                ledge(
                    builder,
                    &place,
                    half + deep,
                    (top, top + 0.1),
                    (deep - 0.12, deep + 0.03),
                    job.stride.max(0.25),
                    &gutter,
                );
            }
        }
        let has_course = wall.floors > 0 && style.family != Family::Glass && job.stride <= 1.0;
        if has_course && builder_is_low(job) {
            let z = wall.ground_floor;
            ledge(
                builder,
                &place,
                half + 0.1,
                (z - 0.16, z + 0.06),
                (-0.02, 0.14),
                job.stride,
                &trim,
            );
        }
    }
    if job.building.usage == BuildingUse::Landmark {
        portico(site, job, builder);
    }
    if job.stride <= 1.0 && wall.bays > 0 {
        bays(site, job, builder);
    }
}

/// Whether the wall reaches the ground.
fn builder_is_low(job: &WallJob<'_>) -> bool {
    job.building.base < job.wall.ground_floor
}

fn parapet(site: &Site<'_>, job: &WallJob<'_>, builder: &mut Builder) {
    if matches!(job.building.usage, BuildingUse::Shed) {
        return;
    }
    let high = if job.style.family == Family::Glass {
        1.1
    } else {
        0.7
    };
    let surface = Surface::matte(job.style.base.lerp(job.style.trim, 0.5) * 0.9);
    let coping = Surface {
        roughness: 0.45,
        metallic: 0.3,
        ..Surface::matte(Vec3::splat(0.26))
    };
    let z = job.wall.height;
    for (place, half) in job.run.short_pieces(LEDGE) {
        let job = job.near(site, Vec2::new(place.along, z), half);
        for (side, offset) in [(1.0, 0.0), (-1.0, -0.3)] {
            let quad = Quad {
                middle: place.point(z + 0.5 * high, offset),
                right: place.tangent * (side * half),
                up: Vec3::Z * (0.5 * high),
            };
            builder.quad(&quad, job.stride.max(0.125), |_| surface);
        }
        let top = Quad {
            middle: place.point(z + high, -0.15),
            right: place.tangent * half,
            up: place.normal * -0.19,
        };
        builder.quad(&top, job.stride.max(0.125), |_| coping);
    }
}

/// What repeats from bay to bay.
fn bays(site: &Site<'_>, job: &WallJob<'_>, builder: &mut Builder) {
    let (wall, style) = (&job.wall, job.style);
    let low = job.building.base;
    let punched = style.family != Family::Glass;
    let shops_here =
        style.shops && wall.kind == WallKind::Street && wall.ground_floor > 3.2 && low < 1.0;
    if shops_here && job.stride <= 0.5 {
        awnings(job, builder);
    }
    if shops_here && job.stride <= 0.125 {
        shop_fronts(job, builder);
    }
    if !punched {
        return;
    }
    let opening = Opening::of(style, wall);
    for column in 0..wall.bays {
        let u = wall.corner + (column as f32 + 0.5) * wall.bay;
        let place = job.run.at(u);
        let (other, top) = site.standing(place.outside(0.45));
        let hidden = if other != 0 && other != builder.instance {
            top
        } else {
            0.0
        };
        for row in 0..wall.floors {
            let floor = wall.ground_floor + row as f32 * wall.floor;
            if floor < hidden.max(low) {
                continue;
            }
            let part = job.near(
                site,
                Vec2::new(u, floor + 0.5 * wall.floor),
                0.7 * wall.floor,
            );
            builder.segment = part.stride;
            let balcony = has_balcony(style, wall.kind, column, row);
            if balcony {
                balcony_at(&part, builder, &place, floor);
            }
            if part.stride <= RECESS_STRIDE {
                window(&part, builder, &place, &opening, floor);
            }
        }
    }
    if job.stride <= 0.5 && wall.height > 7.0 && low < 1.0 && style.family != Family::Concrete {
        pipe(job, builder);
    }
}

fn has_balcony(style: &FacadeStyle, kind: WallKind, column: u32, row: u32) -> bool {
    let every = style.balconies;
    let court = kind == WallKind::Court;
    every > 0 && (row > 0 || court) && (column + style.seed % every).is_multiple_of(every)
}

/// Sill, lintel, jambs and frame of one window.
fn window(job: &WallJob<'_>, builder: &mut Builder, place: &OnWall, opening: &Opening, floor: f32) {
    let style = job.style;
    let half = 0.5 * (opening.right - opening.left);
    let (low, high) = (floor + opening.low, floor + opening.high);
    let trim = Surface::matte(style.trim);
    let sill = Surface {
        roughness: 0.6,
        ..Surface::matte(style.trim * 0.92)
    };
    let reach = half + 0.1;
    ledge(
        builder,
        place,
        reach,
        (low - 0.09, low),
        (-RECESS, 0.11),
        job.stride,
        &sill,
    );
    if style.surround > 0.0 {
        ledge(
            builder,
            place,
            half + style.surround + 0.06,
            (high + 0.2, high + 0.3),
            (-0.02, 0.13),
            job.stride,
            &trim,
        );
    }
    if job.stride > 0.125 {
        return;
    }
    // Jambs and the lintel's underside close the recess.
    let reveal = Surface::matte(if style.surround > 0.0 {
        style.trim
    } else {
        style.base
    });
    let middle = 0.5 * (low + high);
    for side in [-1.0, 1.0] {
        let jamb = Quad {
            middle: place.point(middle, -0.5 * RECESS) + place.tangent * (side * half),
            right: place.normal * (side * 0.5 * RECESS),
            up: Vec3::Z * (0.5 * (high - low)),
        };
        builder.quad(&jamb, job.stride * 2.0, |_| reveal);
    }
    let head = Quad {
        middle: place.point(high, -0.5 * RECESS),
        right: place.tangent * half,
        up: place.normal * (0.5 * RECESS),
    };
    builder.quad(&head, job.stride * 2.0, |_| reveal.shaded(0.75));
    frame(job, builder, place, (half, low, high));
}

/// The frame in long thin Gaussians: sharper than any lattice.
fn frame(
    job: &WallJob<'_>,
    builder: &mut Builder,
    place: &OnWall,
    (half, low, high): (f32, f32, f32),
) {
    let style = job.style;
    let surface = Surface {
        roughness: 0.5,
        ..Surface::matte(style.frame)
    };
    let at = |x: f32, z: f32| place.point(z, 0.05 - RECESS) + place.tangent * x;
    let edge = 0.035;
    for x in [edge - half, half - edge] {
        builder.bar([at(x, low), at(x, high)], 0.075, place.normal, &surface);
    }
    for z in [low + edge, high - edge] {
        builder.bar([at(-half, z), at(half, z)], 0.075, place.normal, &surface);
    }
    for k in 1..style.panes {
        let x = half * (2.0 * k as f32 / style.panes as f32 - 1.0);
        builder.bar([at(x, low), at(x, high)], 0.075, place.normal, &surface);
    }
    for k in 1..style.rows {
        let share = if style.rows == 2 {
            0.66
        } else {
            k as f32 / style.rows as f32
        };
        let z = low + (high - low) * share;
        builder.bar([at(-half, z), at(half, z)], 0.05, place.normal, &surface);
    }
}

fn balcony_at(job: &WallJob<'_>, builder: &mut Builder, place: &OnWall, floor: f32) {
    const DEEP: f32 = 1.1;
    let style = job.style;
    let half = 0.5 * job.wall.bay * 0.82;
    let slab = Surface::matte(style.trim * 0.85);
    ledge(
        builder,
        place,
        half,
        (floor - 0.16, floor),
        (0.0, DEEP),
        job.stride,
        &slab,
    );
    let solid = style.seed.is_multiple_of(3);
    let rail = if style.seed.is_multiple_of(2) {
        Surface {
            roughness: 0.4,
            metallic: 0.3,
            ..Surface::matte(Vec3::splat(0.03))
        }
    } else {
        Surface::matte(style.frame)
    };
    let out = place.point(floor + 0.5, DEEP - 0.04);
    if solid {
        let panel = Surface::matte(style.base.lerp(style.trim, 0.3));
        ledge(
            builder,
            place,
            half,
            (floor, floor + 0.95),
            (DEEP - 0.07, DEEP),
            job.stride,
            &panel,
        );
    } else if job.stride <= 0.25 {
        let n = (2.0 * half / 0.13).round();
        for k in 0..=n as u32 {
            let x = half * (2.0 * k as f32 / n - 1.0);
            let foot = out + place.tangent * x - Vec3::Z * 0.5;
            builder.bar([foot, foot + Vec3::Z], 0.026, place.normal, &rail);
        }
        for side in [-1.0, 1.0] {
            for k in 0..8 {
                let foot =
                    place.point(floor, 0.06 + 0.13 * k as f32) + place.tangent * (side * half);
                builder.bar([foot, foot + Vec3::Z], 0.026, place.tangent * side, &rail);
            }
        }
    }
    let rails: &[f32] = if solid { &[0.97] } else { &[0.08, 1.0] };
    for z in rails {
        let at = |x: f32, y: f32| place.point(floor + z, y) + place.tangent * x;
        builder.bar(
            [at(-half, DEEP - 0.04), at(half, DEEP - 0.04)],
            0.05,
            place.normal,
            &rail,
        );
        builder.bar(
            [at(-half, 0.0), at(-half, DEEP)],
            0.05,
            -place.tangent,
            &rail,
        );
        builder.bar([at(half, 0.0), at(half, DEEP)], 0.05, place.tangent, &rail);
    }
}

/// Posts and rails between shop windows, in long thin Gaussians.
fn shop_fronts(job: &WallJob<'_>, builder: &mut Builder) {
    let (wall, style) = (&job.wall, job.style);
    let high = wall.ground_floor - 1.08;
    for column in 0..=wall.bays {
        let u = wall.corner + column as f32 * wall.bay;
        let post = ground_floor::front_metal(style, ground_floor::shop_of(wall, u - 0.1));
        let at_pier = column % ground_floor::BAYS_OF_A_SHOP as u32 == 0 || column == wall.bays;
        if !at_pier {
            let place = job.run.at(u);
            builder.bar(
                [
                    place.point(0.1, 0.05 - RECESS),
                    place.point(high, 0.05 - RECESS),
                ],
                0.09,
                place.normal,
                &post,
            );
        }
        if column == wall.bays {
            break;
        }
        let (a, b) = (job.run.at(u + 0.03), job.run.at(u + wall.bay - 0.03));
        for (z, width) in [
            (high - 0.585, 0.07),
            (high, 0.09),
            (ground_floor::PLINTH - 0.03, 0.07),
        ] {
            let rail = [a.point(z, 0.05 - RECESS), b.point(z, 0.05 - RECESS)];
            builder.bar(rail, width, a.normal, &post);
        }
    }
}

/// Striped cloth over some shop windows.
fn awnings(job: &WallJob<'_>, builder: &mut Builder) {
    let (wall, style) = (&job.wall, job.style);
    let shop_count = wall.bays.div_ceil(ground_floor::BAYS_OF_A_SHOP as u32);
    for shop in 0..shop_count as i32 {
        if cell(style.seed ^ 0xa3, shop, 7) > 0.45 {
            continue;
        }
        let first = shop as u32 * ground_floor::BAYS_OF_A_SHOP as u32;
        let last = (first + ground_floor::BAYS_OF_A_SHOP as u32).min(wall.bays);
        let (from, to) = (
            wall.corner + first as f32 * wall.bay + 0.3,
            wall.corner + last as f32 * wall.bay - 0.3,
        );
        let (a, b) = (job.run.at(from), job.run.at(to));
        if a.normal.dot(b.normal) < 0.99 || to - from < 1.5 {
            continue;
        }
        let place = job.run.at(0.5 * (from + to));
        let half = 0.5 * (to - from);
        let color = ground_floor::sign_color(style, shop).max(Vec3::splat(0.035)) * 1.25;
        let pale = Vec3::new(0.55, 0.53, 0.48);
        let striped = cell(style.seed ^ 0xa4, shop, 8) < 0.6;
        let (top, out, drop) = (wall.ground_floor - 1.0, 1.3, 0.6);
        let cloth = Quad {
            middle: place.point(top - 0.5 * drop, 0.5 * out),
            right: place.tangent * half,
            up: (Vec3::Z * drop - place.normal * out) * 0.5,
        };
        let stripe = |at: Vec2| {
            let k = (at.x * half / 0.28).floor() as i32;
            let light = striped && k.rem_euclid(2) == 0;
            Surface::matte(if light { pale } else { color })
        };
        builder.quad(&cloth, job.stride.min(0.14), stripe);
        let valance = Quad {
            middle: place.point(top - drop - 0.1, out),
            right: place.tangent * half,
            up: Vec3::Z * 0.11,
        };
        builder.quad(&valance, job.stride.min(0.14), stripe);
    }
}

/// A downpipe near the end of the wall.
fn pipe(job: &WallJob<'_>, builder: &mut Builder) {
    let place = job.run.at((job.wall.length - 0.22).max(0.1));
    let zinc = Surface {
        roughness: 0.4,
        metallic: 0.4,
        ..Surface::matte(Vec3::splat(0.12))
    };
    let foot = place.point(0.2, 0.09);
    builder.bar(
        [foot, place.point(job.wall.height - 0.3, 0.09)],
        0.12,
        place.normal,
        &zinc,
    );
}
