//! `splatwright bench-scene`: a repeatable scene of random splats as large as one likes.
//!
//! Most splats lie flat on spheres and a floor, as in trained scenes; a quarter is fuzz around
//! them; some are a far sky. Their size falls with their number, so that the picture stays equally
//! covered.

use anyhow::{Context as _, Result, ensure};
use glam::{Quat, Vec3};
use scene::cloud::{CloudParts, logit};
use scene::io::SaveOptions;
use scene::{GaussianCloud, SplatLayer, Transform, sh};

use super::args::BenchSceneArgs;

const LARGEST: usize = 40_000_000;
/// Splats that are made at once.
const PART: usize = 1 << 20;
const SH_DEGREE: u32 = 3;
const BALLS: u64 = 12;

pub(crate) fn run(args: &BenchSceneArgs) -> Result<()> {
    ensure!(
        (1..=LARGEST).contains(&args.count),
        "a scene can have 1 to {LARGEST} splats, not {}",
        args.count
    );
    let mut random = RandomScene::new(args.count);
    let mut cloud = random.part(args.count.min(PART))?;
    if args.count > PART {
        let first = std::mem::take(&mut cloud);
        cloud = GaussianCloud::on_disk(&crate::scratch::folder()?)?;
        cloud.append(first)?;
        while cloud.len() < args.count {
            cloud.append(random.part((args.count - cloud.len()).min(PART))?)?;
        }
    }
    let layer = SplatLayer::new(cloud, "bench");
    scene::io::save(
        &args.scene,
        &[(&layer, &Transform::IDENTITY)],
        &SaveOptions::default(),
    )?;
    std::fs::write(&args.cameras, cameras().to_string())
        .with_context(|| format!("could not write {}", args.cameras.display()))?;
    Ok(())
}

/// Cameras in a ring that look at the middle, as 3DGS training writes them.
fn cameras() -> serde_json::Value {
    let cameras: Vec<serde_json::Value> = (0..8)
        .map(|i| {
            let angle = i as f32 * std::f32::consts::TAU / 8.0;
            let eye = Vec3::new(5.0 * angle.sin(), 1.2, 5.0 * angle.cos());
            let forward = (Vec3::new(0.0, -0.2, 0.0) - eye).normalize();
            let right = forward.cross(Vec3::Y).normalize();
            let down = forward.cross(right);
            let rows: Vec<[f32; 3]> = (0..3)
                .map(|axis| [right[axis], down[axis], forward[axis]])
                .collect();
            serde_json::json!({
                "id": i, "width": 1920, "height": 1080, "fx": 1300.0, "fy": 1300.0,
                "position": eye.to_array(), "rotation": rows,
            })
        })
        .collect();
    cameras.into()
}

/// A scene that is made part by part.
struct RandomScene {
    random: Random,
    /// Logarithm of half the mean distance of splats spread over the surfaces.
    size: f32,
}

impl RandomScene {
    fn new(count: usize) -> Self {
        Self {
            random: Random(1),
            size: (7.0 / (count as f32).sqrt()).ln(),
        }
    }

    fn part(&mut self, count: usize) -> Result<GaussianCloud> {
        let mut parts = CloudParts {
            sh_degree: SH_DEGREE,
            ..CloudParts::default()
        };
        for _ in 0..count {
            self.add(&mut parts);
        }
        GaussianCloud::new(parts).context("the random scene is not valid")
    }

    fn add(&mut self, parts: &mut CloudParts) {
        let random = &mut self.random;
        let kind = random.uniform();
        let (mut mean, normal) = random.surface_point();
        let mut log_scale = Vec3::splat(self.size) + 0.5 * random.normal3();
        let mut opacity_logit = 2.0 + 2.0 * random.normal();
        let mut rotation = Quat::from_rotation_arc(Vec3::Z, normal);
        if kind > 0.95 {
            let direction = random.direction().with_y(random.uniform());
            mean = direction.normalize_or(Vec3::Y) * (20.0 + 10.0 * random.uniform());
            log_scale += 3.0;
        } else if kind > 0.7 {
            mean += 0.05 * random.normal() * normal;
            log_scale -= 0.9;
            rotation = Quat::from_rotation_arc(Vec3::Z, random.direction());
            opacity_logit = -1.5 + 1.5 * random.normal();
        } else {
            log_scale.z -= 2.5;
        }
        parts.means.push(mean);
        parts.rotations.push(rotation);
        parts.log_scales.push(log_scale);
        // Opacities of exactly 0 or 1 have no logit.
        let limit = logit(1.0);
        parts
            .opacity_logits
            .push(opacity_logit.clamp(-limit, limit));
        for k in 0..sh::coefficient_count(SH_DEGREE) {
            let spread = if k == 0 { 1.0 } else { 0.06 };
            parts.sh.extend((0..3).map(|_| spread * random.normal()));
        }
    }
}

/// SplitMix64 (Steele et al. 2014): repeatable everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0..1.
    fn uniform(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Mean 0, deviation 1 (Box and Muller 1958).
    fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f32::consts::TAU * self.uniform()).cos()
    }

    fn normal3(&mut self) -> Vec3 {
        Vec3::new(self.normal(), self.normal(), self.normal())
    }

    fn direction(&mut self) -> Vec3 {
        self.normal3().normalize_or(Vec3::Y)
    }

    /// A point on one of the balls or the floor, and the normal there.
    fn surface_point(&mut self) -> (Vec3, Vec3) {
        let surface = self.next() % (BALLS + 4);
        if surface >= BALLS {
            let floor = Vec3::new(self.uniform() - 0.5, 0.0, self.uniform() - 0.5);
            return (12.0 * floor - 1.2 * Vec3::Y, Vec3::Y);
        }
        let mut ball = Random(surface);
        let middle = 6.0
            * Vec3::new(
                ball.uniform() - 0.5,
                0.15 * ball.uniform(),
                ball.uniform() - 0.5,
            );
        let radius = 0.3 + 0.6 * ball.uniform();
        let normal = self.direction();
        (middle + radius * normal, normal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scene_is_the_same_every_time() {
        let cloud = RandomScene::new(500).part(500).unwrap();
        let mut again = RandomScene::new(500);
        let mut parts = again.part(200).unwrap();
        parts.append(again.part(300).unwrap()).unwrap();
        assert_eq!(cloud, parts, "repeatable, part by part as well");
        assert_eq!(cloud.len(), 500, "as many as asked");
        let spread = cloud.means().iter().map(|m| m.length()).fold(0.0, f32::max);
        assert!(spread > 10.0, "there is a sky: {spread}");
    }
}
