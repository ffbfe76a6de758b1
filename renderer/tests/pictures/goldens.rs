//! Small pictures, each of one thing. The software renderer made them; both renderers must keep to them.
//! `BLESS=1` writes them anew, and a failing run leaves the actual picture beside the golden one.

use std::{collections::BTreeSet, path::PathBuf};

use crate::common::{assert_images, camera, device, everything, layer, place, splat};
use glam::{Quat, Vec3};
use renderer::{Background, Filter, Frame, Render, RenderedImage, SoftwareRenderer, ViewMode};
use scene::{
    Column, ColumnValues, DirectionalLight, Edit, Node, Payload, Scene, SplatFlags,
    cloud::{CloudParts, logit},
    sh,
};

const SIZE: [u32; 2] = [96, 64];

fn golden_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens")
}

/// Surfels on a sphere about the origin, colored by direction, with normals.
fn sphere() -> CloudParts {
    const N: usize = 1500;
    let mut parts = CloudParts {
        sh_degree: 1,
        ..Default::default()
    };
    let mut normals = Vec::new();
    for i in 0..N {
        let z = 1.0 - 2.0 * (i as f32 + 0.5) / N as f32;
        let angle = i as f32 * 2.399_963;
        let r = (1.0 - z * z).sqrt();
        let n = Vec3::new(r * angle.cos(), z, r * angle.sin());
        parts.means.push(n * 0.8);
        parts.rotations.push(Quat::from_rotation_arc(Vec3::Z, n));
        parts
            .log_scales
            .push(Vec3::new(0.03, 0.03, 0.002).map(f32::ln));
        parts.opacity_logits.push(logit(0.9));
        parts.sh.extend(sh::dc_from_color(n * 0.3 + 0.5).to_array());
        parts
            .sh
            .extend([0.0, 0.3, 0.0, 0.0, 0.0, 0.3, 0.3, 0.0, 0.0]);
        normals.extend(n.to_array());
    }
    parts.columns = vec![Column {
        name: String::from("normal"),
        width: 3,
        values: ColumnValues::F32(normals),
    }];
    parts
}

fn scene_of(nodes: Vec<Node>) -> Scene {
    let mut scene = Scene::new();
    for node in nodes {
        crate::common::insert(&mut scene, node);
    }
    scene
}

fn lit_sphere() -> Scene {
    let sun = Node::new("sun", Payload::Light(DirectionalLight::default()));
    let mut scene = scene_of(vec![layer(sphere()), sun]);
    let id = scene.layers().next().expect("a layer").0;
    Edit::set_lit(id, true)
        .apply(&mut scene)
        .expect("a valid edit");
    scene
}

fn half_selected() -> Scene {
    let mut scene = scene_of(vec![layer(sphere())]);
    let id = scene.layers().next().expect("a layer").0;
    let values = vec![SplatFlags::SELECTED; 750];
    Edit::set_flags(id, (0..750).collect(), values)
        .apply(&mut scene)
        .expect("a valid edit");
    scene
}

/// One long thin splat and one of less than a pixel.
fn needles() -> Scene {
    let mut needle = splat(Vec3::ZERO, 1.0, 0.95);
    needle.log_scales[0] = Vec3::new(0.5, 0.002, 0.002).map(f32::ln);
    needle.rotations[0] = Quat::from_rotation_z(0.6);
    let speck = splat(Vec3::new(0.5, -0.4, 0.0), 0.003, 0.99);
    scene_of(vec![layer(needle), layer(speck)])
}

/// Name, scene and view of each picture.
pub(crate) fn cases() -> Vec<(&'static str, Scene, Frame)> {
    let color = Frame {
        show_selection: true,
        ..Frame::new(camera(SIZE))
    };
    let grey = Frame {
        background: Background::Color([0.1; 3]),
        ..color
    };
    let one = || scene_of(vec![layer(splat(Vec3::ZERO, 0.3, 0.8))]);
    let two = || {
        let back = place(layer(sphere()), -0.5, 0.7);
        scene_of(vec![layer(sphere()), back])
    };
    vec![
        ("one_splat", one(), color),
        ("needle_classic", needles(), grey),
        (
            "needle_mip",
            needles(),
            Frame {
                filter: Filter::Mip,
                ..grey
            },
        ),
        ("sphere_transparent", scene_of(vec![layer(sphere())]), color),
        ("sphere_lit", lit_sphere(), grey),
        (
            "sphere_normals",
            two(),
            Frame {
                view: ViewMode::Normals,
                ..grey
            },
        ),
        (
            "sphere_depth",
            two(),
            Frame {
                view: ViewMode::Depth,
                ..grey
            },
        ),
        ("selection", half_selected(), grey),
        ("layers", two(), grey),
    ]
}

fn read(name: &str) -> RenderedImage {
    let path = golden_dir().join(format!("{name}.png"));
    let image = image::open(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; BLESS=1 makes it", path.display()))
        .to_rgba8();
    RenderedImage {
        width: image.width(),
        height: image.height(),
        rgba: image.into_raw(),
    }
}

fn write(name: &str, image: &RenderedImage) {
    let path = golden_dir().join(format!("{name}.png"));
    std::fs::create_dir_all(golden_dir()).expect("a folder");
    let format = image::ExtendedColorType::Rgba8;
    image::save_buffer(path, &image.rgba, image.width, image.height, format).expect("a file");
}

#[test]
fn pictures_stay_as_they_were_blessed() {
    let bless = std::env::var("BLESS").is_ok_and(|v| v == "1");
    let mut renders: Vec<(&str, Box<dyn Render>)> =
        vec![("software", Box::new(SoftwareRenderer::new()))];
    renders.extend(device().map(|d| ("device", Box::new(d) as Box<dyn Render>)));
    for (name, scene, frame) in cases() {
        for (renderer, render) in &mut renders {
            render.sync(&scene, &everything(&scene));
            let actual = render.render_image(&frame).expect("an image");
            if bless && *renderer == "software" {
                write(name, &actual);
            }
            let golden = read(name);
            if actual != golden {
                write(&format!("{name}.actual"), &actual);
            }
            // Powers and roots differ in the last place between C libraries and between drivers.
            assert_images(&format!("{name} by {renderer}"), &actual, &golden, 1);
            let _ = std::fs::remove_file(golden_dir().join(format!("{name}.actual.png")));
        }
    }
}

#[test]
fn no_golden_is_left_over() {
    let known: BTreeSet<String> = cases().iter().map(|c| format!("{}.png", c.0)).collect();
    for entry in std::fs::read_dir(golden_dir()).expect("the folder of goldens") {
        let name = entry
            .expect("a file")
            .file_name()
            .to_string_lossy()
            .into_owned();
        let ours = name.ends_with(".png") && !name.contains(".actual");
        assert!(!ours || known.contains(&name), "{name} belongs to no case");
    }
}
