//! The color of one splat; twin of `shaders/common/shade.wgsl`.

use glam::{Mat3, Quat, Vec3, Vec4};
use scene::sh;

use super::{chunk::PackedChunk, harmonics::Harmonics};
use crate::{
    consts::{
        CHUNK_ALBEDO, CHUNK_COMPACT, CHUNK_CONFIDENCE, CHUNK_GRADED, CHUNK_LABELS, CHUNK_LIT,
        CHUNK_MATERIAL, CHUNK_METALLIC, CHUNK_NORMALS, CHUNK_OCCLUSION, CHUNK_ROUGHNESS, F16_MAX,
        FLAG_GRADE_SHIFT, FLAG_MARKED, FLAG_SELECTED, GRADES, MARK_B, MARK_G, MARK_MIX, MARK_R,
        SELECTION_MIX, VIEW_ALBEDO, VIEW_CONFIDENCE, VIEW_DEPTH, VIEW_LABELS, VIEW_LEVELS,
        VIEW_METALLIC, VIEW_NORMALS, VIEW_OCCLUSION, VIEW_ROUGHNESS,
    },
    half16,
    layout::{ChunkView, Shading, Shape, View},
    pack,
};

/// One splat as seen from the eye.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) row: usize,
    /// Mean minus eye, object frame.
    pub(crate) ray: Vec3,
    /// Along the view axis.
    pub(crate) depth: f32,
    pub(crate) shape: Shape,
    /// The splat's flags.
    pub(crate) state: u32,
    /// Of its node above the leaves.
    pub(crate) height: u32,
}

impl Seen {
    /// Which grade of the layer is the splat's own.
    pub(crate) fn grade(&self) -> usize {
        (self.state >> FLAG_GRADE_SHIFT & (GRADES - 1)) as usize
    }
}

/// Display-referred RGB, ≥ 0 and possibly above 1.
pub(crate) fn color(
    view: &View,
    shading: &Shading,
    chunk: &PackedChunk,
    chunk_view: &ChunkView,
    seen: &Seen,
) -> Vec3 {
    let features = chunk_view.features;
    let color = match view.mode {
        VIEW_LEVELS if seen.height == 0 => Vec3::splat(0.5),
        VIEW_LEVELS => label_color(seen.height),
        VIEW_NORMALS => world_normal(chunk_view, seen) * 0.5 + 0.5,
        VIEW_DEPTH => {
            let [near, scale] = view.depth_ramp;
            Vec3::splat((1.0 - (seen.depth.ln() - near) * scale).clamp(0.0, 1.0))
        }
        VIEW_LABELS if features & CHUNK_LABELS != 0 => {
            label_color(seen.shape.attributes >> 22 & 31)
        }
        VIEW_CONFIDENCE if features & CHUNK_CONFIDENCE != 0 => {
            confidence_color(seen.shape.attributes >> 27)
        }
        VIEW_LABELS | VIEW_CONFIDENCE => Vec3::splat(0.5),
        VIEW_ALBEDO | VIEW_ROUGHNESS | VIEW_METALLIC | VIEW_OCCLUSION => {
            material_color(view, chunk, chunk_view, seen.row)
        }
        _ => {
            // As the device keeps it: in halves.
            let degree = chunk_view.sh_degree.min(view.max_sh_degree);
            let sum = Harmonics::of(chunk, chunk_view, seen.row).sum(degree, seen.ray);
            let color = (sum + 0.5).min(Vec3::splat(F16_MAX)).map(half16::rounded);
            let color = graded(chunk_view, color, seen.grade()).max(Vec3::ZERO);
            if features & CHUNK_LIT != 0 {
                lit(shading, color, world_normal(chunk_view, seen))
            } else {
                color
            }
        }
    };
    let color = if view.show_selection != 0 && seen.state & FLAG_MARKED != 0 {
        color.lerp(Vec3::new(MARK_R, MARK_G, MARK_B), MARK_MIX)
    } else if view.show_selection != 0 && seen.state & FLAG_SELECTED != 0 {
        color.lerp(view.selection_color(), SELECTION_MIX)
    } else {
        color
    };
    if view.linear != 0 {
        color.map(linear_from_srgb)
    } else {
        color
    }
}

/// The material column that the view shows, grey where the layer has none; twin of
/// `shaders/common/material.wgsl`.
fn material_color(view: &View, chunk: &PackedChunk, chunk_view: &ChunkView, row: usize) -> Vec3 {
    if chunk_view.features & CHUNK_MATERIAL == 0 {
        return Vec3::splat(0.5);
    }
    let plane = if chunk_view.features & CHUNK_COMPACT != 0 {
        pack::byte_planes(chunk_view.sh_degree)
    } else {
        pack::half_planes(chunk_view.sh_degree)
    };
    let words = chunk.sh[plane * chunk_view.sh_stride as usize + row];
    let [surface, rest] = words.map(|w| w.to_le_bytes().map(|b| f32::from(b) / 255.0));
    let (known, color) = match view.mode {
        VIEW_ROUGHNESS => (CHUNK_ROUGHNESS, Vec3::splat(surface[3])),
        VIEW_METALLIC => (CHUNK_METALLIC, Vec3::splat(rest[0])),
        VIEW_OCCLUSION => (CHUNK_OCCLUSION, Vec3::splat(rest[1])),
        _ => (CHUNK_ALBEDO, Vec3::new(surface[0], surface[1], surface[2])),
    };
    if chunk_view.features & known != 0 {
        color
    } else {
        Vec3::splat(0.5)
    }
}

/// A color as the layer's grade shows it. The map is affine and comes before any clamp, so that baking
/// it into the harmonics changes no picture.
fn graded(chunk_view: &ChunkView, color: Vec3, grade: usize) -> Vec3 {
    if chunk_view.features & CHUNK_GRADED == 0 {
        return color;
    }
    let row = |axis: usize| Vec4::from(chunk_view.grades[4 * grade + axis]).dot(color.extend(1.0));
    Vec3::new(row(0), row(1), row(2))
}

/// The factor of the opacity.
pub(crate) fn graded_opacity(chunk_view: &ChunkView, grade: usize) -> f32 {
    if chunk_view.features & CHUNK_GRADED == 0 {
        return 1.0;
    }
    chunk_view.grades[4 * grade + 3][0]
}

/// The stored normal in the world; without one the shortest axis, turned towards the eye.
fn world_normal(chunk_view: &ChunkView, seen: &Seen) -> Vec3 {
    let normal = if chunk_view.features & CHUNK_NORMALS != 0 {
        pack::unpack_normal(seen.shape.attributes)
    } else {
        let axis = shortest_axis(&seen.shape);
        if axis.dot(seen.ray) > 0.0 {
            -axis
        } else {
            axis
        }
    };
    rotate(&chunk_view.world_from_object, normal)
}

fn shortest_axis(shape: &Shape) -> Vec3 {
    let axes = Mat3::from_quat(Quat::from_array(shape.rotation()));
    let [x, y, z] = shape.scale();
    if x <= y && x <= z {
        axes.x_axis
    } else if y <= z {
        axes.y_axis
    } else {
        axes.z_axis
    }
}

/// A matte surface of a display-referred color under the environment and the directional lights.
fn lit(shading: &Shading, color: Vec3, normal: Vec3) -> Vec3 {
    let basis = sh::basis(rotate(&shading.environment_from_world, normal));
    let mut light = Vec3::ZERO;
    for (coefficient, b) in shading.irradiance.iter().zip(basis) {
        light += Vec4::from(*coefficient).truncate() * b;
    }
    light = light.max(Vec3::ZERO);
    for l in &shading.lights {
        let cosine = normal.dot(Vec4::from(l.direction).truncate()).max(0.0);
        light += Vec4::from(l.radiance).truncate() * cosine;
    }
    let linear = color.min(Vec3::ONE).map(linear_from_srgb);
    (linear * light).map(srgb_from_linear)
}

fn rotate(rows: &[[f32; 4]; 3], v: Vec3) -> Vec3 {
    let [x, y, z] = rows.map(|row| Vec4::from(row).truncate().dot(v));
    Vec3::new(x, y, z)
}

/// Evenly spread hues.
fn label_color(label: u32) -> Vec3 {
    let turn = label as f32 * 0.618_034;
    Vec3::new(turn, turn + 0.333_333, turn + 0.666_667)
        .map(|t| 0.55 + 0.4 * (t * std::f32::consts::TAU).cos())
}

fn confidence_color(confidence: u32) -> Vec3 {
    match confidence {
        0 => Vec3::new(0.30, 0.70, 0.40),
        1 => Vec3::new(1.00, 0.69, 0.25),
        _ => Vec3::new(0.84, 0.37, 0.00),
    }
}

pub(crate) fn linear_from_srgb(v: f32) -> f32 {
    if v <= 0.04045 {
        v / 12.92
    } else {
        ((v + 0.055) / 1.055).powf(2.4)
    }
}

pub(crate) fn srgb_from_linear(v: f32) -> f32 {
    if v <= 0.003_130_8 {
        v * 12.92
    } else {
        1.055 * v.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use scene::{DirectionalLight, Edit, Environment, Node, Payload, Scene};

    use super::*;
    use crate::layers::Layers;

    #[test]
    fn lit_surfaces_receive_the_environment_and_the_sun() {
        let mut environment = Environment::uniform(0.3);
        for (i, radiance) in environment.radiance.iter_mut().enumerate().skip(1) {
            *radiance = Vec3::new(0.1, -0.05, 0.02) * i as f32;
        }
        environment.rotation = Quat::from_rotation_x(0.8);
        environment.intensity = 1.3;
        let sun = DirectionalLight::default();
        let mut scene = Scene::new();
        let (_, mut add) = Edit::insert(&scene, Node::new("sun", Payload::Light(sun)));
        add.apply(&mut scene).expect("a valid edit");
        Edit::set_environment(environment.clone())
            .apply(&mut scene)
            .expect("a valid edit");
        let mut layers = Layers::<PackedChunk>::new();
        layers.sync(&(), &scene, &[]);

        let color = Vec3::new(0.9, 0.4, 0.1);
        for normal in [Vec3::X, Vec3::NEG_Y, Vec3::new(0.6, 0.0, 0.8)] {
            let facing = normal.dot(sun.direction).max(0.0);
            let light = environment.irradiance_over_pi(normal) + sun.color * sun.intensity * facing;
            let expected = (color.map(linear_from_srgb) * light).map(srgb_from_linear);
            let actual = lit(&layers.shading, color, normal);
            assert!(
                (actual - expected).length() < 1e-5,
                "{actual} instead of {expected}"
            );
        }
    }
}
