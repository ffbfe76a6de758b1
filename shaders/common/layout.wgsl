// Structs that Rust mirrors in renderer/src/layout.rs; a test compares them field by field.

struct View {
    focal: vec2f,
    center: vec2f,
    size: vec2u,
    bins: vec2u,
    slope_min: vec2f,
    slope_max: vec2f,
    near: f32,
    low_pass: f32,
    compensate: u32,
    max_sh_degree: u32,
    mode: u32,
    show_selection: u32,
    depth_min_bits: u32,
    depth_shift: u32,
    depth_ramp: vec2f,
    block_count: u32,
    bin_blocks: u32,
    visible_capacity: u32,
    chunk_capacity: u32,
    intersection_capacity: u32,
    orthographic: u32,
    far: f32,
    dot: f32,
    linear: u32,
    selection_color: u32,
    clip_from_view: array<vec4f, 3>,
}

struct Backdrop {
    world_from_view: array<vec4f, 3>,
    top: vec4f,
    bottom: vec4f,
    origin: vec2u,
    whole: vec2u,
    background: u32,
    guides: u32,
    ground: f32,
    reach: f32,
    straight_alpha: u32,
    line_px: f32,
    padding: vec2u,
}

struct Light {
    direction: vec4f,
    radiance: vec4f,
}

struct Shading {
    environment_from_world: array<vec4f, 3>,
    irradiance: array<vec4f, 9>,
    lights: array<Light, MAX_LIGHTS>,
}

struct ChunkView {
    view_from_object: array<vec4f, 3>,
    world_from_object: array<vec4f, 3>,
    eye: vec4f,
    count: u32,
    first_block: u32,
    first_source: u32,
    sh_degree: u32,
    sh_stride: u32,
    features: u32,
    range_count: u32,
    block_count: u32,
    grades: array<vec4f, 32>,
    ranges: array<vec4u, MAX_RANGES>,
}

struct Counters {
    visible: u32,
    chunks: u32,
    intersections: u32,
    padding: u32,
}

struct SortRound {
    shift: u32,
    first: u32,
    blocks: u32,
    padding: u32,
}

struct ScanRows {
    length: u32,
    first_total: u32,
    padding: vec2u,
}

struct Shape {
    scale_xy: u32,
    scale_z_rotation: u32,
    rotation: u32,
}

// 32 bytes in two loads: mean x, mean y, root u, root v · root w, log2 opacity, color rg, color b.
struct Record {
    geometry: vec4f,
    paint: vec4u,
}
