//! The WGSL itself: it is valid within the default capabilities, and its structs are Rust's.

use std::mem::offset_of;

use crate::{
    Tuning,
    layout::{
        Backdrop, ChunkView, Counters, Light, Record, Region, ScanRows, Shading, SortRound, View,
    },
    shader,
};

fn module(pass: &shader::Source, tuning: Tuning) -> naga::Module {
    let wgsl = shader::stitch(pass, None, tuning);
    naga::front::wgsl::parse_str(&wgsl)
        .unwrap_or_else(|e| panic!("{}: {}", pass.name, e.emit_to_string(&wgsl)))
}

#[test]
fn every_shader_is_valid_within_webgpu_limits() {
    let permutations = Tuning::all().flat_map(|t| shader::PASSES.iter().map(move |p| (p, t)));
    for (pass, tuning) in permutations {
        if pass.name.starts_with("sort") && pass.name != tuning.sort_shader() {
            continue;
        }
        let mut validator = naga::valid::Validator::new(
            naga::valid::ValidationFlags::all(),
            capabilities(pass.name),
        );
        validator
            .subgroup_stages(naga::valid::ShaderStages::COMPUTE)
            .subgroup_operations(naga::valid::SubgroupOperationSet::all());
        let module = module(pass, tuning);
        let info = validator
            .validate(&module)
            .unwrap_or_else(|e| panic!("{}: {}", pass.name, e.into_inner()));
        for i in 0..module.entry_points.len() {
            let bytes = workgroup_bytes(&module, info.get_entry_point(i));
            assert!(
                bytes <= 16 * 1024,
                "{} {i} uses {bytes} bytes of workgroup memory",
                pass.name
            );
        }
    }
}

/// What a shader may use: subgroups only where its name says so, as only then a plain one stands beside it.
fn capabilities(name: &str) -> naga::valid::Capabilities {
    // What naga calls a capability here is `unpack2x16float`, which WebGPU always has.
    let usual = naga::valid::Capabilities::SHADER_FLOAT16_IN_FLOAT32;
    if name.ends_with("_subgroup") {
        usual | naga::valid::Capabilities::SUBGROUP
    } else {
        usual
    }
}

fn workgroup_bytes(module: &naga::Module, used: &naga::valid::FunctionInfo) -> u32 {
    let mut layouter = naga::proc::Layouter::default();
    layouter.update(module.to_ctx()).expect("sized types");
    module
        .global_variables
        .iter()
        .filter(|(handle, v)| v.space == naga::AddressSpace::WorkGroup && !used[*handle].is_empty())
        .map(|(_, v)| layouter[v.ty].size)
        .sum()
}

/// Name and offset of each field of a struct in WGSL, and its size.
fn reflect(name: &str) -> (Vec<(String, u32)>, u32) {
    for pass in &shader::PASSES {
        for (_, ty) in module(pass, Tuning::default()).types.iter() {
            if let (Some(found), naga::TypeInner::Struct { members, span }) = (&ty.name, &ty.inner)
                && found == name
            {
                let fields = members
                    .iter()
                    .map(|m| (m.name.clone().unwrap_or_default(), m.offset))
                    .collect();
                return (fields, *span);
            }
        }
    }
    panic!("no shader has a struct {name}");
}

macro_rules! assert_mirrored {
    ($name:ident { $($field:ident),* $(,)? }) => {
        let (fields, size) = reflect(stringify!($name));
        let expected = vec![
            $((stringify!($field).to_owned(), offset_of!($name, $field) as u32)),*
        ];
        assert_eq!(fields, expected, stringify!($name));
        assert_eq!(size as usize, size_of::<$name>(), stringify!($name));
    };
}

#[test]
fn structs_are_mirrored() {
    assert_mirrored!(View {
        focal,
        center,
        size,
        bins,
        slope_min,
        slope_max,
        near,
        low_pass,
        compensate,
        max_sh_degree,
        mode,
        show_selection,
        depth_min_bits,
        depth_shift,
        depth_ramp,
        block_count,
        bin_blocks,
        visible_capacity,
        chunk_capacity,
        intersection_capacity,
        orthographic,
        far,
        dot,
        linear,
        selection_color,
        clip_from_view,
    });
    assert_mirrored!(Backdrop {
        world_from_view,
        top,
        bottom,
        origin,
        whole,
        background,
        guides,
        ground,
        reach,
        straight_alpha,
        line_px,
        padding,
    });
    assert_mirrored!(Light {
        direction,
        radiance
    });
    assert_mirrored!(Shading {
        environment_from_world,
        irradiance,
        lights
    });
    assert_mirrored!(ChunkView {
        view_from_object,
        world_from_object,
        eye,
        count,
        first_block,
        first_source,
        sh_degree,
        sh_stride,
        features,
        range_count,
        block_count,
        grades,
        ranges,
    });
    assert_mirrored!(Region {
        kind,
        corners,
        ellipses,
        surface_only,
        first,
        last,
        radius,
        padding,
    });
    assert_mirrored!(Counters {
        visible,
        chunks,
        intersections,
        padding
    });
    assert_mirrored!(SortRound {
        shift,
        first,
        blocks,
        padding
    });
    assert_mirrored!(ScanRows {
        length,
        first_total,
        padding
    });
    // WGSL reads a record in two vectors.
    assert_eq!(reflect("Record").1 as usize, size_of::<Record>());
}

/// Loops may not wait for what another workgroup writes, and nothing may count on how many threads run
/// in step: neither is given by WGSL, and both break on real drivers.
#[test]
fn shaders_neither_spin_nor_count_on_lockstep() {
    for (name, text) in shader::texts() {
        for (line, code) in text.lines().enumerate() {
            let code = code.split("//").next().unwrap_or_default();
            let at = format!("shaders/{name}.wgsl:{}: {code}", line + 1);
            let endless = ["loop {", "loop{", "while true", "while (true", "for (;;"];
            assert!(
                !endless.iter().any(|e| code.contains(e)),
                "endless loop, {at}"
            );
            assert!(
                !code.contains("num_workgroups"),
                "wrong on Direct3D with indirect dispatches, {at}"
            );
            let spins = code.contains("while")
                && (code.contains("atomicLoad") || code.contains("atomicCompareExchange"));
            assert!(!spins, "waits for another thread, {at}");
            let subgroups = name.ends_with("_subgroup");
            assert!(
                subgroups || !code.contains("subgroup"),
                "needs a feature that this pass does not ask for, {at}"
            );
            // Which threads form a subgroup is the driver's affair.
            let guesses = [
                "index %",
                "index /",
                "thread %",
                "thread /",
                "subgroupBarrier",
            ];
            assert!(
                !subgroups || !guesses.iter().any(|g| code.contains(g)),
                "guesses which threads run in step, {at}"
            );
        }
    }
}

/// A shader with subgroups stands beside a plain one that binds the same, and asks how large they are.
#[test]
fn subgroups_are_a_choice() {
    let texts: Vec<_> = shader::texts().collect();
    let bindings = |name: &str| -> Vec<String> {
        let pass = shader::PASSES.iter().find(|p| p.name == name);
        let wgsl = pass.map(|p| shader::stitch(p, None, Tuning::default()));
        let lines = wgsl.iter().flat_map(|w| w.lines());
        lines
            .filter(|l| l.starts_with("@group"))
            .map(String::from)
            .collect()
    };
    for (name, text) in &texts {
        let Some(plain) = name.strip_suffix("_subgroup") else {
            continue;
        };
        assert!(
            !bindings(plain).is_empty(),
            "shaders/{name}.wgsl has no shaders/{plain}.wgsl beside it"
        );
        assert_eq!(bindings(name), bindings(plain), "{name}");
        assert!(
            text.contains("subgroups * lanes != WORKGROUP"),
            "shaders/{name}.wgsl must not count on subgroups that cover the workgroup"
        );
    }
}
