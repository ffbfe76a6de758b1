// As project.wgsl where the view shows colors and those of the harmonics are known: what `harmonics` wrote is
// read.
#import common/layout
#import common/place
#import common/lens
#import common/shape
#import common/ewa
#import common/sh
#import common/shade
#import common/project

// [splats] three halves of the harmonics' color from the eye
@group(0) @binding(12) var<storage, read> known: array<vec2u>;

fn color_of(row: u32, depth: f32, height: u32, state: u32) -> vec3f {
    return shaded(row, unpack_color(known[row]), ray_of(row), load_attributes(row), grade_of(state));
}
