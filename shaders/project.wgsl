// From a splat in space to an ellipse on the image (EWA splatting, Zwicker et al. 2001; Kerbl et al. 2023).
// Packed splats, visibility -> records, depths and placements, compacted by the scanned offsets.
#import common/layout
#import common/place
#import common/lens
#import common/shape
#import common/ewa
#import common/sh
#import common/harmonics
#import common/shade
#import common/material
#import common/project

// [planes, sh_stride] harmonics, four halves or eight signed bytes each, and materials
@group(0) @binding(5) var<storage, read> sh: array<vec2u>;
// [splats] three halves of the harmonics' color from one eye, read by project_known.wgsl
@group(0) @binding(12) var<storage, read_write> colors: array<vec2u>;

// Display-referred RGB, >= 0 and possibly above 1.
fn splat_color(row: u32, ray: vec3f, depth: f32, attributes: u32, height: u32, grade: u32) -> vec3f {
    switch view.mode {
        case VIEW_LEVELS: {
            return level_color(height);
        }
        case VIEW_NORMALS: {
            return world_normal(row, attributes, ray) * 0.5 + 0.5;
        }
        case VIEW_DEPTH: {
            return vec3f(saturate(1.0 - (log(depth) - view.depth_ramp.x) * view.depth_ramp.y));
        }
        case VIEW_LABELS: {
            let known = (chunk.features & CHUNK_LABELS) != 0u;
            return select(vec3f(0.5), label_color((attributes >> 22u) & 31u), known);
        }
        case VIEW_CONFIDENCE: {
            let known = (chunk.features & CHUNK_CONFIDENCE) != 0u;
            return select(vec3f(0.5), confidence_color(attributes >> 27u), known);
        }
        case VIEW_ALBEDO, VIEW_ROUGHNESS, VIEW_METALLIC, VIEW_OCCLUSION: {
            return material_color(row);
        }
        default: {
            return shaded(row, unpack_color(packed_sh(row, ray)), ray, attributes, grade);
        }
    }
}

fn color_of(row: u32, depth: f32, height: u32, state: u32) -> vec3f {
    return splat_color(row, ray_of(row), depth, load_attributes(row), height, grade_of(state));
}

// The harmonics' color of every splat of the chunk, seen or not: an eye that stays may turn to it.
@compute @workgroup_size(WORKGROUP)
fn harmonics(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let row = group.x * WORKGROUP + thread;
    if row < chunk.sh_stride {
        colors[row] = packed_sh(row, ray_of(row));
    }
}
