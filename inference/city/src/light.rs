//! The light of a day or an evening, for colors that need no relighting.

use glam::Vec3;

use crate::{field::HeightField, maps::Class, surfels::Surfels};

/// Sun, sky and lamps. Linear.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Daylight {
    /// Unit direction towards the sun, frame of the city.
    pub towards_sun: Vec3,
    /// Light of the sun.
    pub sun: Vec3,
    /// The sky overhead.
    pub zenith: Vec3,
    /// The sky at the horizon.
    pub horizon: Vec3,
    /// Light of the street lamps near the ground.
    pub lamps: Vec3,
    /// How much of what surfaces give off is switched on.
    pub emission: f32,
    /// Factor before tone mapping.
    pub exposure: f32,
}

impl Daylight {
    /// A clear afternoon.
    pub fn day() -> Self {
        Self {
            towards_sun: Vec3::new(-0.55, -0.50, 0.67).normalize(),
            sun: Vec3::new(3.1, 2.72, 2.2),
            zenith: Vec3::new(0.30, 0.45, 0.76),
            horizon: Vec3::new(0.68, 0.78, 0.90),
            lamps: Vec3::ZERO,
            emission: 0.05,
            exposure: 0.54,
        }
    }

    /// The lamps are on, the sky is not yet black.
    pub fn dusk() -> Self {
        Self {
            towards_sun: Vec3::new(0.80, -0.58, 0.13).normalize(),
            sun: Vec3::new(0.50, 0.24, 0.11),
            zenith: Vec3::new(0.05, 0.075, 0.16),
            horizon: Vec3::new(0.27, 0.19, 0.20),
            lamps: Vec3::new(0.42, 0.255, 0.12),
            emission: 0.55,
            exposure: 2.1,
        }
    }

    /// The sky in a direction.
    pub fn sky(&self, direction: Vec3) -> Vec3 {
        let up = direction.z.clamp(0.0, 1.0).sqrt();
        self.horizon.lerp(self.zenith, up)
    }

    /// Light that a surfel sends towards an eye; without one, towards somebody in the street. Linear, before
    /// exposure.
    pub fn shade(
        &self,
        surfels: &Surfels,
        row: usize,
        field: &HeightField,
        eye: Option<Vec3>,
    ) -> Vec3 {
        let surface = &surfels.surfaces[row];
        let normal = surfels.normals[row];
        let at = surfels.means[row] + normal * (surfels.lifts[row] + 0.22);
        let open = surfels.occlusion[row];
        let facing = normal.dot(self.towards_sun);
        // Light comes through leaves.
        let is_leaf = surfels.classes[row] == Class::Green && surfels.opacities[row] < 0.9;
        let facing = if is_leaf {
            facing.max(-0.55 * facing).max(0.15)
        } else {
            facing
        };
        let seen = if facing > 0.0 {
            field.lit(at, self.towards_sun)
        } else {
            0.0
        };
        let direct = self.sun * (facing.max(0.0) * seen);
        let mut light = direct + self.around(normal, open);
        if self.lamps != Vec3::ZERO {
            // Pools below the lamps, and what shop windows and walls pass on.
            let spread = 0.22 * (-at.z.max(0.0) / 7.0).exp() * (0.4 + 0.6 * open);
            light += self.lamps * (field.lamps().light(at, normal) + spread);
        }
        let diffuse = surface.albedo * light;
        diffuse + self.mirrored(surfels, row, field, eye, open) + surface.emissive * self.emission
    }

    /// Sky, what the ground and the walls around throw back, and lamps.
    fn around(&self, normal: Vec3, open: f32) -> Vec3 {
        let sky = self.zenith * 0.75 + self.horizon * 0.55;
        let up = 0.5 + 0.5 * normal.z;
        let ground = self.sun * (self.towards_sun.z * 0.7) + self.zenith * 0.5;
        let bounce = ground * (0.22 * (1.0 - up) * (0.35 + 0.65 * open));
        // Walls opposite are lit as well, so streets are not wells of blue.
        let walls = (self.sun * 0.14 + sky * 0.16) * (1.0 - open) * (0.35 + 0.65 * up);
        sky * (up * open) + bounce + walls + self.zenith * 0.05
    }

    /// What glass, clear coat and metal mirror.
    fn mirrored(
        &self,
        surfels: &Surfels,
        row: usize,
        field: &HeightField,
        eye: Option<Vec3>,
        open: f32,
    ) -> Vec3 {
        let surface = &surfels.surfaces[row];
        let strength = surface.glass.max(0.5 * surface.metallic);
        if strength < 0.02 {
            return Vec3::ZERO;
        }
        let normal = surfels.normals[row];
        let at = surfels.means[row] + normal * (surfels.lifts[row] + 0.3);
        let towards = match eye {
            Some(eye) => (eye - at).normalize_or(normal),
            None => (normal + Vec3::NEG_Z * (0.42 * (1.0 - normal.z.abs()))).normalize_or(normal),
        };
        let cos = towards.dot(normal).clamp(0.05, 1.0);
        let ray = (normal * (2.0 * towards.dot(normal)) - towards).normalize_or(normal);
        let schlick = 0.04 + 0.96 * (1.0 - cos).powi(5);
        let coat = if surface.roughness < 0.12 { 0.15 } else { 0.02 };
        let base = schlick + coat * surface.glass + 0.45 * surface.metallic;
        let seen = if surface.roughness < 0.3 && ray.z > -0.3 {
            self.look(at, ray, field, open)
        } else {
            self.sky(ray) * open
        };
        // A rough mirror is a dull one.
        let dull = 1.0 - surface.roughness.min(0.8);
        let glint = self.glint(surface.roughness, ray, at, field);
        (seen * dull + glint) * base.min(1.0) * strength.max(surface.metallic)
    }

    /// The sun in a glossy surface.
    fn glint(&self, roughness: f32, ray: Vec3, at: Vec3, field: &HeightField) -> Vec3 {
        let sharp = 2.0 / roughness.max(0.08).powi(2);
        let lobe = ray.dot(self.towards_sun).max(0.0).powf(sharp.min(160.0));
        if lobe < 0.01 {
            return Vec3::ZERO;
        }
        self.sun * (2.2 * lobe * field.lit(at, self.towards_sun))
    }

    fn look(&self, at: Vec3, ray: Vec3, field: &HeightField, open: f32) -> Vec3 {
        if ray.z < 0.0 && at.z + ray.z * 40.0 < 0.0 {
            // The street: half lit.
            let street =
                self.sun * (0.05 * self.towards_sun.z) + self.zenith * 0.08 + self.lamps * 0.1;
            return street * (0.4 + 0.6 * open);
        }
        match field.hit(at, ray) {
            Some(distance) => {
                let p = at + ray * distance;
                let lit = field.lit(p - ray * 1.5 + Vec3::Z * 0.5, self.towards_sun);
                let front = (-ray).dot(self.towards_sun).max(0.0);
                let facade =
                    self.sun * (lit * front * 0.24) + self.horizon * 0.14 + self.lamps * 0.3;
                facade * Vec3::new(1.0, 0.93, 0.82)
            }
            None => self.sky(ray),
        }
    }

    /// A linear color as a screen shows it: exposure, the filmic curve of Narkowicz (2015), sRGB.
    pub fn display(&self, linear: Vec3) -> Vec3 {
        let x = linear * self.exposure;
        let curve = (x * (x * 2.51 + 0.03)) / (x * (x * 2.43 + 0.59) + 0.14);
        curve.clamp(Vec3::ZERO, Vec3::ONE).map(srgb)
    }
}

fn srgb(x: f32) -> f32 {
    if x <= 0.003_130_8 {
        12.92 * x
    } else {
        1.055 * x.powf(1.0 / 2.4) - 0.055
    }
}
