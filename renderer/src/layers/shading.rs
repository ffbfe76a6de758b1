//! What lights the scene.

use scene::{Payload, Scene};

use crate::{
    consts::MAX_LIGHTS,
    layout::{Light, Shading},
};

/// The scene's environment and its visible directional lights.
pub(super) fn shading(scene: &Scene) -> Shading {
    let environment = scene.environment();
    let rotation = glam::Mat3::from_quat(environment.rotation.inverse());
    let mut shading: Shading = bytemuck::Zeroable::zeroed();
    shading.environment_from_world = [0, 1, 2].map(|r| rotation.row(r).extend(0.0).to_array());
    for (i, (out, radiance)) in shading
        .irradiance
        .iter_mut()
        .zip(environment.radiance)
        .enumerate()
    {
        // Ramamoorthi and Hanrahan 2001, eq. 8, divided by π: the cosine lobe's band factors.
        let band = [1.0, 2.0 / 3.0, 0.25][if i == 0 {
            0
        } else if i < 4 {
            1
        } else {
            2
        }];
        *out = (radiance * environment.intensity * band)
            .extend(0.0)
            .to_array();
    }
    let lights = scene.nodes().filter_map(|(id, node)| match &node.payload {
        Payload::Light(light) if scene.is_visible(id) => Some(light),
        _ => None,
    });
    for (out, light) in shading
        .lights
        .iter_mut()
        .zip(lights.take(MAX_LIGHTS as usize))
    {
        *out = Light {
            direction: light.direction.extend(0.0).to_array(),
            radiance: (light.color * light.intensity).extend(0.0).to_array(),
        };
    }
    shading
}
