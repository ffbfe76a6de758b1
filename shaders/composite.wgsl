// Puts blended pixels between what stands behind and before them.
// premultiplied RGB and alpha, median depths, selected coverage -> texels or floats: alpha straight or
// premultiplied as the backdrop says.
#import common/layout
#import common/sh
#import common/shade
#import common/guides

@group(0) @binding(0) var<uniform> view: View;
// [height, width] four halves
@group(0) @binding(1) var<storage, read> blended: array<vec2u>;
@group(0) @binding(2) var target_texture: texture_storage_2d<rgba8unorm, write>;
@group(0) @binding(3) var<uniform> backdrop: Backdrop;
@group(0) @binding(4) var<uniform> shading: Shading;
// [height, width] source index and depth bits of the picked splat
@group(0) @binding(5) var<storage, read> picks: array<vec2u>;
// [height, width] share of the pixel's light that comes from selected splats
@group(0) @binding(6) var<storage, read> coverage: array<f32>;
// [height, width]
@group(0) @binding(7) var<storage, read_write> wide: array<vec4f>;

fn index_of(pixel: vec2u) -> u32 {
    return pixel.y * view.size.x + pixel.x;
}

// Depth at which half of the light is stopped; infinite where it never is.
fn median_depth(pixel: vec2u) -> f32 {
    let pick = picks[index_of(pixel)];
    return select(bitcast<f32>(pick.y), 3.0e38, pick.x == 0xffffffffu);
}

// How much of the outline of the selection lies on a pixel: coverage just beside it.
fn outline_at(pixel: vec2u) -> f32 {
    let own = coverage[index_of(pixel)];
    var most = own;
    for (var y = -2; y <= 2; y++) {
        for (var x = -2; x <= 2; x++) {
            let at = vec2i(pixel) + vec2i(x, y);
            let inside = all(at >= vec2i(0)) && all(at < vec2i(view.size));
            if inside && x * x + y * y <= 5 {
                most = max(most, coverage[index_of(vec2u(at))]);
            }
        }
    }
    return saturate(2.0 * (most - own));
}

// Premultiplied linear light to premultiplied display-referred, or the other way round.
fn encoded(color: vec4f) -> vec4f {
    let straight = color.rgb / max(color.a, 1e-6);
    return vec4f(srgb_from_linear(straight) * color.a, color.a);
}

fn decoded(color: vec4f) -> vec4f {
    let straight = color.rgb / max(color.a, 1e-6);
    return vec4f(linear_from_srgb(straight) * color.a, color.a);
}

// Premultiplied; linear light where the view blends so, unless guides or outlines want it on screen.
fn composed(pixel: vec2u) -> vec4f {
    let halves = blended[index_of(pixel)];
    let splats = vec4f(unpack2x16float(halves.x), unpack2x16float(halves.y));
    var layers = Layers(vec4f(0.0), vec4f(0.0));
    if backdrop.background != BACKGROUND_NONE || (backdrop.guides & (GUIDE_GRID | GUIDE_AXES)) != 0u {
        layers = guides_at(pixel, median_depth(pixel));
    }
    if view.linear != 0u {
        layers.behind = decoded(layers.behind);
        layers.before = decoded(layers.before);
    }
    var color = over(layers.before, over(splats, layers.behind));
    if (backdrop.guides & GUIDE_OUTLINE) != 0u {
        var line = vec4f(unpack4x8unorm(view.selection_color).rgb, 1.0) * outline_at(pixel);
        if view.linear != 0u {
            line = decoded(line);
        }
        color = over(line, color);
    }
    return color;
}

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy >= view.size) {
        return;
    }
    var color = composed(id.xy);
    if view.linear != 0u {
        color = encoded(color);
    }
    if backdrop.straight_alpha != 0u {
        color = vec4f(color.rgb * select(0.0, 1.0 / color.a, color.a > 0.0), color.a);
    } else {
        // Premultiplied colors above their alpha would glow on screen.
        color = vec4f(min(color.rgb, vec3f(color.a)), color.a);
    }
    textureStore(target_texture, id.xy, saturate(color));
}

// For files: premultiplied floats, still linear where the view blends so.
@compute @workgroup_size(16, 16)
fn floats(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy >= view.size) {
        return;
    }
    wide[index_of(id.xy)] = composed(id.xy);
}
