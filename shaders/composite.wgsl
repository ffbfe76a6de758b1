// Puts blended pixels over the background.
// premultiplied RGB and alpha -> texels: alpha straight or premultiplied as the view says.
#import common/layout

@group(0) @binding(0) var<uniform> view: View;
// [height, width] four halves
@group(0) @binding(1) var<storage, read> blended: array<vec2u>;
@group(0) @binding(2) var target_texture: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy >= view.size) {
        return;
    }
    let halves = blended[id.y * view.size.x + id.x];
    let color = vec4f(unpack2x16float(halves.x), unpack2x16float(halves.y));
    var out: vec4f;
    if view.background.w > 0.0 {
        out = vec4f(color.rgb + (1.0 - color.a) * view.background.rgb, 1.0);
    } else if view.straight_alpha != 0u {
        out = vec4f(color.rgb * select(0.0, 1.0 / color.a, color.a > 0.0), color.a);
    } else {
        // Premultiplied colors above their alpha would glow on screen.
        out = vec4f(min(color.rgb, vec3f(color.a)), color.a);
    }
    textureStore(target_texture, id.xy, saturate(out));
}
