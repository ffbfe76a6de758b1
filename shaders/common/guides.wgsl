// What stands behind and between the splats: backgrounds, the grid on the ground, the axes.

// A ray whose parameter is the depth along the view axis, world frame.
struct Ray {
    origin: vec3f,
    direction: vec3f,
}

// Premultiplied, display-referred.
struct Layers {
    // Behind the splats' median depth.
    behind: vec4f,
    // In front of it.
    before: vec4f,
}

fn over(a: vec4f, b: vec4f) -> vec4f {
    return a + (1.0 - a.a) * b;
}

fn world_direction(v: vec3f) -> vec3f {
    let rows = backdrop.world_from_view;
    return vec3f(dot(rows[0].xyz, v), dot(rows[1].xyz, v), dot(rows[2].xyz, v));
}

fn ray_at(position: vec2f) -> Ray {
    let offset = (position - view.center) / view.focal;
    let rows = backdrop.world_from_view;
    let eye = vec3f(rows[0].w, rows[1].w, rows[2].w);
    if view.orthographic != 0u {
        return Ray(eye + world_direction(vec3f(offset, 0.0)), world_direction(vec3f(0.0, 0.0, 1.0)));
    }
    return Ray(eye, world_direction(vec3f(offset, 1.0)));
}

// Light of the environment that comes from a world direction, linear.
fn environment_towards(direction: vec3f) -> vec3f {
    let d = rotate_rows(
        shading.environment_from_world[0],
        shading.environment_from_world[1],
        shading.environment_from_world[2],
        direction,
    );
    let b0 = sh_basis_0(d);
    let b1 = sh_basis_1(d);
    let b2 = sh_basis_2(d);
    // The irradiance's band factors, undone.
    let first = shading.irradiance[0].xyz * b0.x;
    let second = shading.irradiance[1].xyz * b0.y + shading.irradiance[2].xyz * b0.z
        + shading.irradiance[3].xyz * b0.w;
    let third = shading.irradiance[4].xyz * b1.x + shading.irradiance[5].xyz * b1.y
        + shading.irradiance[6].xyz * b1.z + shading.irradiance[7].xyz * b1.w
        + shading.irradiance[8].xyz * b2.x;
    return max(first + 1.5 * second + 4.0 * third, vec3f(0.0));
}

fn background_at(pixel: vec2u, ray: Ray) -> vec4f {
    let at = pixel + backdrop.origin;
    switch backdrop.background {
        case BACKGROUND_COLORS: {
            let t = (f32(at.y) + 0.5) / f32(backdrop.whole.y);
            return vec4f(mix(backdrop.top.rgb, backdrop.bottom.rgb, t), 1.0);
        }
        case BACKGROUND_ENVIRONMENT: {
            let light = environment_towards(normalize(ray.direction));
            return vec4f(srgb_from_linear(min(light, vec3f(1.0))), 1.0);
        }
        case BACKGROUND_CHECKER: {
            let square = at / CHECKER_SIDE;
            return vec4f(vec3f(select(0.20, 0.27, (square.x + square.y) % 2u == 0u)), 1.0);
        }
        default: {
            return vec4f(0.0);
        }
    }
}

fn power_of_ten(exponent: i32) -> f32 {
    var power = 1.0;
    for (var i = 0; i < abs(exponent); i++) {
        power *= 10.0;
    }
    return select(power, 1.0 / power, exponent < 0);
}

// Depth at which a ray meets the ground.
fn ground_depth(ray: Ray) -> f32 {
    return (backdrop.ground - ray.origin.y) / ray.direction.y;
}

fn on_ground(ray: Ray) -> vec2f {
    let t = ground_depth(ray);
    return ray.origin.xz + t * ray.direction.xz;
}

// How much of a pixel lines every `cell` metres cover.
fn lines_at(p: vec2f, cell: f32, footprint: vec2f) -> f32 {
    let off = abs(p - round(p / cell) * cell) / footprint;
    let cover = saturate(vec2f(0.5 * backdrop.line_px + 0.5) - off);
    return max(cover.x, cover.y);
}

// The grid's color at a pixel, premultiplied; transparent where the ground is not seen.
fn grid_at(position: vec2f, ray: Ray) -> vec4f {
    let depth = ground_depth(ray);
    let p = on_ground(ray);
    let footprint = abs(on_ground(ray_at(position + vec2f(1.0, 0.0))) - p)
        + abs(on_ground(ray_at(position + vec2f(0.0, 1.0))) - p);
    let size = max(footprint.x, footprint.y);
    let fade = saturate(1.0 - length(p) / backdrop.reach);
    // Written so that what is not a number fails.
    if !(depth > view.near && depth < view.far && size > 1e-9 && size < 1e9 && fade > 0.0) {
        return vec4f(0.0);
    }
    // Lines of three powers of ten; the finest fades before it becomes too dense.
    let level = log2(size * GRID_SPACING_PX) * 0.30103f;
    let finest = ceil(level);
    let dense = 1.0 - (finest - level);
    let cell = power_of_ten(i32(finest));
    let minor = lines_at(p, cell, footprint) * 0.22 * (1.0 - dense);
    let middle = lines_at(p, 10.0 * cell, footprint) * mix(0.5, 0.22, dense);
    let major = lines_at(p, 100.0 * cell, footprint) * 0.5;
    let grazing = saturate(6.0 * abs(ray.direction.y) / length(ray.direction));
    let alpha = max(max(minor, middle), major) * fade * grazing;
    return vec4f(vec3f(0.55), 1.0) * alpha;
}

// A line through the origin along `axis`: premultiplied color, and its depth.
fn axis_at(ray: Ray, axis: vec3f, color: vec3f) -> vec4f {
    return vec4f(color, 1.0) * axis_cover(ray, axis, axis_depth(ray, axis));
}

fn axis_depth(ray: Ray, axis: vec3f) -> f32 {
    let a = dot(ray.direction, ray.direction);
    let b = dot(ray.direction, axis);
    return (b * dot(axis, ray.origin) - dot(ray.direction, ray.origin)) / (a - b * b);
}

fn axis_cover(ray: Ray, axis: vec3f, depth: f32) -> f32 {
    let point = ray.origin + depth * ray.direction;
    let along = dot(point, axis);
    let across = length(point - along * axis);
    let spread = select(depth, 1.0, view.orthographic != 0u);
    let px = across * view.focal.y / spread;
    let fade = saturate(1.0 - abs(along) / backdrop.reach);
    let cover = saturate(0.5 * backdrop.line_px + 1.0 - px) * fade;
    return select(0.0, cover, depth > view.near && depth < view.far && px < 1e9);
}

// Adds a guide to the side of the median depth on which it lies.
fn sorted(layers: Layers, color: vec4f, depth: f32, median: f32) -> Layers {
    if depth < median {
        return Layers(layers.behind, over(color, layers.before));
    }
    return Layers(over(color, layers.behind), layers.before);
}

fn guides_at(pixel: vec2u, median: f32) -> Layers {
    let position = vec2f(pixel) + 0.5;
    let ray = ray_at(position);
    var layers = Layers(background_at(pixel, ray), vec4f(0.0));
    if (backdrop.guides & GUIDE_GRID) != 0u {
        layers = sorted(layers, grid_at(position, ray), ground_depth(ray), median);
    }
    if (backdrop.guides & GUIDE_AXES) != 0u {
        let x = vec3f(1.0, 0.0, 0.0);
        let y = vec3f(0.0, 1.0, 0.0);
        let z = vec3f(0.0, 0.0, 1.0);
        layers = sorted(layers, axis_at(ray, x, vec3f(0.90, 0.28, 0.30)), axis_depth(ray, x), median);
        layers = sorted(layers, axis_at(ray, y, vec3f(0.46, 0.76, 0.26)), axis_depth(ray, y), median);
        layers = sorted(layers, axis_at(ray, z, vec3f(0.28, 0.52, 0.96)), axis_depth(ray, z), median);
    }
    return layers;
}
