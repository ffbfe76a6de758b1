//! What lies under the cursor.

use crate::common::{ball, camera, device, everything, insert, layer, place, splat};
use glam::{Vec2, Vec3};
use renderer::{Frame, Pick, Render, SoftwareRenderer, UnderPixel};
use scene::{Edit, Footprint, NodeId, Region, RegionMask, RegionQuery, Scene};

/// A small opaque splat at the origin, a veil in front of it, and a wall behind.
fn scene() -> (Scene, NodeId) {
    let mut scene = Scene::new();
    insert(
        &mut scene,
        layer(splat(Vec3::new(0.0, 0.0, -1.0), 0.5, 0.95)),
    );
    let target = insert(
        &mut scene,
        place(layer(splat(Vec3::ZERO, 0.1, 0.9)), 0.0, 2.0),
    );
    insert(&mut scene, layer(splat(Vec3::new(0.0, 0.0, 1.0), 0.3, 0.1)));
    (scene, target)
}

fn assert_target(pick: Option<Pick>, target: NodeId, frame: &Frame) {
    let pick = pick.expect("a splat under the middle");
    assert_eq!(
        (pick.node, pick.row),
        (target, 0),
        "the veil lets most light through"
    );
    let depth = frame.camera.project(Vec3::ZERO).z;
    assert!(
        (pick.depth - depth).abs() < 1e-4,
        "{} instead of {depth}",
        pick.depth
    );
    assert!(pick.point.length() < 0.05, "{}", pick.point);
}

#[test]
fn the_first_splat_that_stops_half_the_light_is_picked() {
    let (scene, target) = scene();
    let frame = Frame::new(camera([200, 150]));
    let at = frame.camera.project(Vec3::ZERO);
    let middle = [at.x as u32, at.y as u32];
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(&scene, &[]);
    assert_target(cpu.pick(&frame, middle).expect("a device"), target, &frame);
    assert_eq!(
        cpu.pick(&frame, [0, 0]).expect("a device"),
        None,
        "the corner is empty"
    );
    assert_eq!(
        cpu.pick(&frame, [200, 0]).expect("a device"),
        None,
        "outside"
    );

    let Some(mut gpu) = device() else { return };
    gpu.sync(&scene, &[]);
    // Once with nothing drawn, once from the frame on the screen.
    for drawn in [false, true] {
        if drawn {
            gpu.render_to_texture(&frame).expect("a texture");
        }
        assert_target(gpu.pick(&frame, middle).expect("a device"), target, &frame);
        assert_eq!(
            gpu.pick(&frame, [0, 0]).expect("a device"),
            None,
            "the corner is empty"
        );
    }
    assert!(gpu.stats().splats == 3, "{:?}", gpu.stats());
}

/// Three layers of splats of all shapes, the second turned and scaled.
fn crowd() -> Scene {
    let mut scene = Scene::new();
    insert(&mut scene, layer(ball(3000, 1, 1)));
    insert(&mut scene, place(layer(ball(2001, 0, 2)), 0.4, 0.8));
    insert(&mut scene, layer(ball(777, 0, 3)));
    scene
}

#[test]
fn all_splats_under_a_pixel_add_up_to_it() {
    let scene = crowd();
    let frame = Frame::new(camera([200, 150]));
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(&scene, &[]);
    let image = cpu.render_image(&frame).expect("an image");
    let mut gpu = device();
    if let Some(gpu) = &mut gpu {
        gpu.sync(&scene, &[]);
    }
    for pixel in [[100, 75], [60, 80], [131, 20], [0, 0]] {
        let list = cpu.under(&frame, pixel).expect("a list");
        let alpha: f32 = list.iter().map(|u| u.weight).sum();
        let byte = image.rgba[((pixel[1] * 200 + pixel[0]) * 4 + 3) as usize];
        assert!((alpha * 255.0 - f32::from(byte)).abs() < 0.6, "{pixel:?}");
        let in_order = list.is_sorted_by(|a, b| a.depth <= b.depth);
        assert!(in_order, "{pixel:?}: not front to back");
        let Some(gpu) = &mut gpu else { continue };
        let ours = gpu.under(&frame, pixel).expect("a list");
        let names = |l: &[UnderPixel]| l.iter().map(|u| (u.node, u.row)).collect::<Vec<_>>();
        assert_eq!(names(&ours), names(&list), "{pixel:?}");
        for (a, e) in ours.iter().zip(&list) {
            assert!((a.weight - e.weight).abs() < 1e-4, "{a:?} instead of {e:?}");
        }
    }
}

#[test]
fn regions_hold_the_same_splats_on_both_sides() {
    let scene = crowd();
    let at = |x: f32, y: f32| Vec2::new(x, y);
    let regions = [
        Region::Rect {
            min: at(50.3, 30.7),
            max: at(120.2, 99.5),
        },
        Region::Polygon(vec![
            at(20.0, 10.0),
            at(180.0, 40.0),
            at(90.0, 70.0),
            at(150.0, 140.0),
            at(30.0, 120.0),
        ]),
        Region::Stroke {
            from: at(40.0, 40.0),
            to: at(150.0, 110.0),
            radius: 14.5,
        },
    ];
    let perspective = Frame::new(camera([200, 150]));
    let parallel = Frame {
        camera: perspective.camera.orthographic_at(3.0),
        ..perspective
    };
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(&scene, &[]);
    let mut gpu = device();
    if let Some(gpu) = &mut gpu {
        gpu.sync(&scene, &[]);
    }
    for (region, frame) in regions
        .iter()
        .flat_map(|r| [(r, perspective), (r, parallel)])
    {
        let mut counts = Vec::new();
        for (footprint, surface_only) in [
            (Footprint::Center, false),
            (Footprint::Ellipse, false),
            (Footprint::Center, true),
            (Footprint::Ellipse, true),
        ] {
            let query = RegionQuery {
                region: region.clone(),
                footprint,
                surface_only,
            };
            let expected = cpu.region(&frame, &query).expect("a mask");
            counts.push(expected.count());
            if let Some(gpu) = &mut gpu {
                let actual = gpu.region(&frame, &query).expect("a mask");
                assert!(
                    actual == expected,
                    "{query:?}: {} differ",
                    differing(&actual, &expected)
                );
            }
        }
        let [centers, ellipses, seen, _] = counts[..] else {
            unreachable!("four")
        };
        assert!(
            ellipses > centers && seen < centers && seen > 0,
            "{region:?}: {counts:?}"
        );
    }
}

fn differing(a: &RegionMask, b: &RegionMask) -> u32 {
    let words = a.layers.iter().zip(&b.layers);
    words
        .flat_map(|(a, b)| a.1.iter().zip(&b.1))
        .map(|(a, b)| (a ^ b).count_ones())
        .sum()
}

#[test]
fn invisible_layers_are_not_picked() {
    let (mut scene, target) = scene();
    let frame = Frame::new(camera([200, 150]));
    let at = frame.camera.project(Vec3::ZERO);
    let mut cpu = SoftwareRenderer::new();
    cpu.sync(&scene, &[]);
    let dirty = Edit::set_visible(target, false)
        .apply(&mut scene)
        .expect("a valid edit");
    cpu.sync(&scene, &dirty);
    let pick = cpu
        .pick(&frame, [at.x as u32, at.y as u32])
        .expect("a device");
    assert!(
        pick.expect("the wall").node != target,
        "an invisible layer was picked"
    );
}

/// Numbers in 0..1 that look random.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 24) as f32
    }

    fn point(&mut self) -> Vec2 {
        Vec2::new(self.next() * 240.0 - 20.0, self.next() * 190.0 - 20.0)
    }

    fn region(&mut self, kind: usize) -> Region {
        let (a, b) = (self.point(), self.point());
        match kind % 3 {
            0 => Region::Rect {
                min: a.min(b),
                max: a.max(b),
            },
            1 => Region::Polygon((0..3 + kind % 9).map(|_| self.point()).collect()),
            _ => Region::Stroke {
                from: a,
                to: a.lerp(b, 0.3),
                radius: 1.0 + self.next() * 40.0,
            },
        }
    }
}

#[test]
fn random_scenes_are_picked_alike_on_both_sides() {
    let Some(mut gpu) = device() else { return };
    let mut picked = 0;
    let mut inside = 0;
    for seed in 0..6 {
        let mut chance = Chance(seed + 1);
        let mut scene = Scene::new();
        for layers in 0..=seed % 3 {
            let count = 200 + (chance.next() * 3000.0) as usize;
            let node = layer(ball(count, (seed % 4) as u32, seed * 7 + layers));
            let (angle, scale) = (chance.next() * 3.0, 0.3 + chance.next());
            insert(&mut scene, place(node, angle, scale));
        }
        let frame = Frame::new(camera([200, 150]));
        let frame = if seed % 2 == 1 {
            let camera = frame.camera.orthographic_at(2.0 + chance.next() * 2.0);
            Frame { camera, ..frame }
        } else {
            frame
        };
        let mut cpu = SoftwareRenderer::new();
        cpu.sync(&scene, &[]);
        gpu.sync(&scene, &everything(&scene));
        for kind in 0..12 {
            let query = RegionQuery {
                region: chance.region(kind),
                footprint: [Footprint::Center, Footprint::Ellipse][kind % 2],
                surface_only: kind / 2 % 2 == 1,
            };
            let expected = cpu.region(&frame, &query).expect("a mask");
            let actual = gpu.region(&frame, &query).expect("a mask");
            inside += expected.count();
            assert!(
                actual == expected,
                "scene {seed}, {query:?}: {} of {} differ",
                differing(&actual, &expected),
                expected.count()
            );
        }
        gpu.render_to_texture(&frame).expect("a texture");
        for _ in 0..60 {
            let pixel = [
                (chance.next() * 200.0) as u32,
                (chance.next() * 150.0) as u32,
            ];
            let expected = cpu.pick(&frame, pixel).expect("a pick");
            let actual = gpu.pick(&frame, pixel).expect("a pick");
            picked += usize::from(expected.is_some());
            let name =
                |pick: Option<Pick>| pick.map(|pick| (pick.node, pick.row, pick.depth.to_bits()));
            assert_eq!(name(actual), name(expected), "scene {seed}, {pixel:?}");
        }
    }
    assert!(
        picked > 60 && inside > 1000,
        "{picked} picks, {inside} inside: too few to tell"
    );
}
