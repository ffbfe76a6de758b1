//! A small software splatter for the contact sheets.

use glam::{Mat3, Vec2, Vec3};
use rayon::prelude::*;
use scene::{GaussianCloud, PinholeCamera, PixelImage, Rasterizer, sh};

const TILE: usize = 16;

struct Flat {
    mean: Vec2,
    conic: Vec3,
    color: Vec3,
    opacity: f32,
    depth: f32,
    radius: f32,
}

pub struct Splatter;

impl Rasterizer for Splatter {
    fn rasterize(&self, cloud: &GaussianCloud, camera: &PinholeCamera) -> PixelImage {
        let (w, h) = (camera.width as usize, camera.height as usize);
        let mut flats: Vec<Flat> = (0..cloud.len())
            .into_par_iter()
            .filter_map(|i| flat(cloud, camera, i))
            .collect();
        flats.par_sort_unstable_by(|a, b| a.depth.total_cmp(&b.depth));
        let (tw, th) = (w.div_ceil(TILE), h.div_ceil(TILE));
        let mut bins: Vec<Vec<u32>> = vec![Vec::new(); tw * th];
        for (i, f) in flats.iter().enumerate() {
            let lo = ((f.mean - f.radius) / TILE as f32).floor();
            let hi = ((f.mean + f.radius) / TILE as f32).floor();
            if hi.x < 0.0 || hi.y < 0.0 {
                continue;
            }
            for ty in lo.y.max(0.0) as usize..=(hi.y as usize).min(th - 1) {
                for tx in lo.x.max(0.0) as usize..=(hi.x as usize).min(tw - 1) {
                    bins[ty * tw + tx].push(i as u32);
                }
            }
        }
        let tiles: Vec<Vec<[f32; 4]>> = bins
            .par_iter()
            .enumerate()
            .map(|(t, bin)| {
                let (x0, y0) = ((t % tw) * TILE, (t / tw) * TILE);
                let mut out = vec![[0.0; 4]; TILE * TILE];
                let mut tr = vec![1.0f32; TILE * TILE];
                for k in bin {
                    let f = &flats[*k as usize];
                    let lo =
                        ((f.mean - f.radius) - Vec2::new(x0 as f32, y0 as f32)).max(Vec2::ZERO);
                    let hi = ((f.mean + f.radius) - Vec2::new(x0 as f32, y0 as f32))
                        .min(Vec2::splat(TILE as f32 - 1.0));
                    if hi.x < 0.0 || hi.y < 0.0 {
                        continue;
                    }
                    for y in lo.y as usize..=hi.y as usize {
                        for x in lo.x as usize..=hi.x as usize {
                            let i = y * TILE + x;
                            if tr[i] < 1e-4 {
                                continue;
                            }
                            let d =
                                Vec2::new((x0 + x) as f32 + 0.5, (y0 + y) as f32 + 0.5) - f.mean;
                            let p = -0.5 * (f.conic.x * d.x * d.x + f.conic.z * d.y * d.y)
                                - f.conic.y * d.x * d.y;
                            let a = (f.opacity * p.exp()).min(0.99);
                            if a < 1.0 / 255.0 {
                                continue;
                            }
                            for c in 0..3 {
                                out[i][c] += tr[i] * a * f.color[c];
                            }
                            out[i][3] += tr[i] * a;
                            tr[i] *= 1.0 - a;
                        }
                    }
                }
                out
            })
            .collect();
        let mut pixels = vec![[0.0; 4]; w * h];
        for (t, tile) in tiles.iter().enumerate() {
            let (x0, y0) = ((t % tw) * TILE, (t / tw) * TILE);
            for y in 0..TILE.min(h - y0) {
                for x in 0..TILE.min(w - x0) {
                    pixels[(y0 + y) * w + x0 + x] = tile[y * TILE + x];
                }
            }
        }
        PixelImage {
            width: camera.width,
            height: camera.height,
            pixels,
        }
    }
}

fn flat(cloud: &GaussianCloud, camera: &PinholeCamera, i: usize) -> Option<Flat> {
    let p: Vec3 = camera.view_from_world.transform_point3(cloud.means()[i]);
    if p.z < 0.01 {
        return None;
    }
    let r = Mat3::from(camera.view_from_world.matrix3);
    let c = r * cloud.covariance(i) * r.transpose();
    let (ix, iy) = (camera.fx / p.z, camera.fy / p.z);
    let jx = Vec3::new(ix, 0.0, -ix * p.x / p.z);
    let jy = Vec3::new(0.0, iy, -iy * p.y / p.z);
    let xx = jx.dot(c * jx) + 0.3;
    let xy = jx.dot(c * jy);
    let yy = jy.dot(c * jy) + 0.3;
    let det = xx * yy - xy * xy;
    if !(det > 0.0) {
        return None;
    }
    let mid = 0.5 * (xx + yy);
    let radius = 3.0 * (mid + (mid * mid - det).max(0.0).sqrt()).sqrt();
    let mean = Vec2::new(
        camera.fx * p.x / p.z + camera.cx,
        camera.fy * p.y / p.z + camera.cy,
    );
    if mean.x + radius < 0.0
        || mean.y + radius < 0.0
        || mean.x - radius > camera.width as f32
        || mean.y - radius > camera.height as f32
    {
        return None;
    }
    let s = cloud.sh_of(i);
    let color = sh::color_from_dc(Vec3::new(s[0], s[1], s[2])).max(Vec3::ZERO);
    Some(Flat {
        mean,
        conic: Vec3::new(yy, -xy, xx) / det,
        color,
        opacity: cloud.opacity(i),
        depth: p.z,
        radius,
    })
}
