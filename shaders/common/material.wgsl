// Material columns, one byte each: albedo in red, green, blue, roughness; metallic, occlusion.

fn bytes_of(word: u32) -> vec4f {
    return unpack4x8unorm(word);
}

// The column that the view shows, grey where the layer has none.
fn material_color(row: u32) -> vec3f {
    if (chunk.features & CHUNK_MATERIAL) == 0u {
        return vec3f(0.5);
    }
    let numbers = 3u * (chunk.sh_degree + 1u) * (chunk.sh_degree + 1u);
    // The plane behind those of the harmonics.
    let plane = select((numbers + 3u) / 4u, 3u * chunk.sh_degree - 2u, is_compact());
    let words = sh[plane * chunk.sh_stride + row];
    let surface = bytes_of(words.x);
    let rest = bytes_of(words.y);
    var known = CHUNK_ALBEDO;
    var color = surface.xyz;
    switch view.mode {
        case VIEW_ROUGHNESS: {
            known = CHUNK_ROUGHNESS;
            color = vec3f(surface.w);
        }
        case VIEW_METALLIC: {
            known = CHUNK_METALLIC;
            color = vec3f(rest.x);
        }
        case VIEW_OCCLUSION: {
            known = CHUNK_OCCLUSION;
            color = vec3f(rest.y);
        }
        default: {}
    }
    return select(vec3f(0.5), color, (chunk.features & known) != 0u);
}
