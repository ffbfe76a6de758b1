//! Lights of the scene: one directional light and an environment in spherical harmonics.

use glam::{Quat, Vec3};
use serde::{Deserialize, Serialize};

/// A light infinitely far away.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DirectionalLight {
    /// Unit direction *towards* the light, world frame.
    pub direction: Vec3,
    /// Linear RGB radiance factor; (1, 1, 1) lights a facing white surface to white.
    pub color: Vec3,
    /// Multiplies [`Self::color`]; ≥ 0.
    pub intensity: f32,
}

impl Default for DirectionalLight {
    fn default() -> Self {
        Self {
            direction: Vec3::new(0.45, 0.6, 0.66).normalize(),
            color: Vec3::ONE,
            intensity: 0.9,
        }
    }
}

/// Distant light from everywhere, as nine spherical-harmonics coefficients of radiance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Name shown to the artist.
    pub name: String,
    /// Radiance in the real SH basis of 3DGS (degree 2), linear RGB, in the environment's frame.
    pub radiance: [Vec3; 9],
    /// `world_from_environment`.
    pub rotation: Quat,
    /// Multiplies the radiance; ≥ 0.
    pub intensity: f32,
}

impl Environment {
    /// Uniform grey light of the given linear radiance.
    pub fn uniform(radiance: f32) -> Self {
        let mut coefficients = [Vec3::ZERO; 9];
        // A constant function L projects on Y_0 = 1/(2√π) as L · 2√π.
        coefficients[0] = Vec3::splat(radiance / crate::sh::C0);
        Self {
            name: String::from("Uniform"),
            radiance: coefficients,
            rotation: Quat::IDENTITY,
            intensity: 1.0,
        }
    }

    /// Diffuse irradiance divided by π towards the unit world normal `n`, linear RGB
    /// (Ramamoorthi and Hanrahan 2001, eq. 8: band factors A/π = 1, 2/3, 1/4).
    pub fn irradiance_over_pi(&self, n: Vec3) -> Vec3 {
        let basis = crate::sh::basis(self.rotation.inverse() * n);
        let mut sum = Vec3::ZERO;
        for (i, radiance) in self.radiance.iter().enumerate() {
            let band = if i == 0 {
                1.0
            } else if i < 4 {
                2.0 / 3.0
            } else {
                0.25
            };
            sum += *radiance * (band * basis[i]);
        }
        (sum * self.intensity).max(Vec3::ZERO)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::uniform(0.55)
    }
}
