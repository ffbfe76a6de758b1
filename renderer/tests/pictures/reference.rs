//! Real files against pictures that gsplat's math drew of them (`tests/reference/reference_render.py`
//! says how; the fixtures lie beside it).

use std::path::{Path, PathBuf};

use crate::common::{device, insert};
use glam::Vec3;
use renderer::{Background, Filter, Frame, Render, RenderedImage, SoftwareRenderer};
use scene::{Node, Payload, PinholeCamera, Scene, SplatLayer};

/// PSNR that every file must reach; 8-bit rounding alone costs about 59 dB.
const MIN_PSNR_DB: f64 = 50.0;

struct Reference {
    file: &'static str,
    picture: &'static str,
    eye: Vec3,
    target: Vec3,
    fov_degrees: f32,
    filter: Filter,
}

const REFERENCES: [Reference; 3] = [
    Reference {
        file: "loaders.gl/train-1000.ply",
        picture: "train_sh3.png",
        eye: Vec3::new(-0.5, -0.2, -1.5),
        target: Vec3::new(-2.0, 0.0, 0.5),
        fov_degrees: 75.0,
        filter: Filter::Classic,
    },
    Reference {
        file: "derived/plant_113k_sh0.ply",
        picture: "plant_sh0.png",
        eye: Vec3::new(0.5, -0.3, -1.2),
        target: Vec3::ZERO,
        fov_degrees: 45.0,
        filter: Filter::Classic,
    },
    Reference {
        file: "derived/playbot_31k_sh2.ply",
        picture: "playbot_sh2_mip.png",
        eye: Vec3::new(0.6, -0.9, -1.3),
        target: Vec3::new(0.0, -0.35, 0.0),
        fov_degrees: 45.0,
        filter: Filter::Mip,
    },
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn scene_of(reference: &Reference) -> Option<Scene> {
    let path = repository()
        .join("../shared/data/splats")
        .join(reference.file);
    if !path.exists() {
        eprintln!("skipped: {} is not here", reference.file);
        return None;
    }
    let (cloud, _) = scene::io::load_all(&path).expect("a readable file");
    let mut scene = Scene::new();
    insert(
        &mut scene,
        Node::new("file", Payload::Splats(SplatLayer::new(cloud, "file"))),
    );
    Some(scene)
}

/// The file through one renderer against its picture.
fn psnr(render: &mut dyn Render, reference: &Reference, scene: &Scene) -> f64 {
    let path = repository().join("tests/reference").join(reference.picture);
    let picture = image::open(path).expect("a fixture").to_rgb8();
    let size = [picture.width(), picture.height()];
    let fov = reference.fov_degrees.to_radians();
    let camera = PinholeCamera::look_at(reference.eye, reference.target, Vec3::NEG_Y, fov, size);
    let frame = Frame {
        background: Background::Color([0.0; 3]),
        filter: reference.filter,
        ..Frame::new(camera)
    };
    render.sync(scene, &[]);
    let RenderedImage { rgba, .. } = render.render_image(&frame).expect("an image");
    let squares: f64 = rgba
        .chunks(4)
        .zip(picture.pixels())
        .flat_map(|(ours, theirs)| (0..3).map(move |c| f64::from(ours[c].abs_diff(theirs[c]))))
        .map(|d| d * d)
        .sum();
    let mean = squares / f64::from(3 * size[0] * size[1]);
    10.0 * (255.0 * 255.0 / mean.max(1e-12)).log10()
}

#[test]
fn real_files_look_as_gsplat_draws_them() {
    for reference in &REFERENCES {
        let Some(scene) = scene_of(reference) else {
            continue;
        };
        let mut renders: Vec<(&str, Box<dyn Render>)> =
            vec![("software", Box::new(SoftwareRenderer::new()))];
        renders.extend(device().map(|d| ("device", Box::new(d) as Box<dyn Render>)));
        for (name, render) in &mut renders {
            let psnr = psnr(render.as_mut(), reference, &scene);
            eprintln!("{} by {name}: {psnr:.2} dB", reference.file);
            assert!(
                psnr >= MIN_PSNR_DB,
                "{} by {name}: {psnr:.2} dB",
                reference.file
            );
        }
    }
}
