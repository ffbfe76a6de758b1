#!/usr/bin/env python3
"""Draws a 3DGS PLY as gsplat defines it, in plain torch and numpy, and stores the picture as a fixture.

usage: reference_render.py [--mip] -- scene.ply WIDTH HEIGHT EYE_X,Y,Z TARGET_X,Y,Z FOV_Y_DEGREES out.png

Projection, covariance and spherical harmonics are gsplat's own pure-torch functions
(gsplat.cuda._torch_impl, PyPI gsplat 1.5.3) in float64; where torch is missing the same equations run in
numpy. gsplat has no torch version of the pixel loop (it needs CUDA for the intersections), so it is
written out here as RasterizeToPixels3DGSFwd.cu does it: in order of depth, skip alpha < 1/255, stop
before the transmittance falls to 1e-4. Alpha is clamped to 0.99, as in gsplat 1.6 and Kerbl et al. 2023
(1.5.3 has 0.999). The background is black, up is -Y (the frame of trained captures).

The fixtures in this folder were made with torch 2.0.1 by (numpy gives the same bytes)
  reference_render.py -- train-1000.ply 256 192 -0.5,-0.2,-1.5 -2,0,0.5 75 train_sh3.png
  reference_render.py -- plant_113k_sh0.ply 192 256 0.5,-0.3,-1.2 0,0,0 45 plant_sh0.png
  reference_render.py --mip -- playbot_31k_sh2.ply 256 192 0.6,-0.9,-1.3 0,-0.35,0 45 playbot_sh2_mip.png
"""
import argparse
import math

import numpy as np
from PIL import Image


def load(path):
    data = open(path, "rb").read()
    end = data.index(b"end_header\n") + 11
    lines = data[:end].decode().splitlines()
    n = next(int(l.split()[2]) for l in lines if l.startswith("element vertex"))
    names = [l.split()[2] for l in lines if l.startswith("property float")]
    assert len(names) == sum(l.startswith("property") for l in lines), "only float properties"
    rows = np.frombuffer(data, "<f4", n * len(names), end).reshape(n, -1).astype(np.float64)
    column = {name: rows[:, i] for i, name in enumerate(names)}
    pick = lambda *keys: np.stack([column[k] for k in keys], 1)
    rest = sum(name.startswith("f_rest_") for name in names) // 3
    dc = pick("f_dc_0", "f_dc_1", "f_dc_2")[:, None]
    sh = dc
    if rest:
        higher = pick(*[f"f_rest_{i}" for i in range(3 * rest)]).reshape(n, 3, rest)
        sh = np.concatenate([dc, higher.transpose(0, 2, 1)], 1)
    quats = pick("rot_0", "rot_1", "rot_2", "rot_3")
    scales = np.exp(pick("scale_0", "scale_1", "scale_2"))
    opacities = 1 / (1 + np.exp(-column["opacity"]))
    return pick("x", "y", "z"), quats, scales, opacities, sh


def camera(eye, target, fov_y, width, height, up):
    forward = target - eye
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = [right, np.cross(forward, right), forward]
    view[:3, 3] = -view[:3, :3] @ eye
    focal = 0.5 * height / math.tan(0.5 * fov_y)
    return view, np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])


def project_torch(means, quats, scales, sh, view, k, size, low_pass):
    import torch
    from gsplat.cuda import _torch_impl as impl

    t = lambda a: torch.from_numpy(np.ascontiguousarray(a, np.float64))
    covariances, _ = impl._quat_scale_to_covar_preci(t(quats), t(scales), compute_preci=False)
    radii, means_2d, depths, conics, compensation = impl._fully_fused_projection(
        t(means), covariances, t(view)[None], t(k)[None], *size, low_pass, 0.01, 1e10, True
    )
    eye = np.linalg.inv(view)[:3, 3]
    degree = math.isqrt(sh.shape[1]) - 1
    colors = impl._spherical_harmonics(degree, t(means - eye), t(sh))
    keep = (radii[0] > 0).all(-1)
    return [a.numpy() for a in (means_2d[0], depths[0], conics[0], compensation[0], colors, keep)]


def project_numpy(means, quats, scales, sh, view, k, size, low_pass):
    w, x, y, z = (quats / np.linalg.norm(quats, axis=1, keepdims=True)).T
    rotation = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]).transpose(2, 0, 1)
    m = view[:3, :3] @ (rotation * scales[:, None])
    p = means @ view[:3, :3].T + view[:3, 3]
    tz = p[:, 2]
    slopes = []
    for axis in (0, 1):
        f, c = k[axis, axis], k[axis, 2]
        margin = 0.3 * 0.5 * size[axis] / f
        slopes.append(np.clip(p[:, axis] / tz, -c / f - margin, (size[axis] - c) / f + margin))
    o = np.zeros_like(tz)
    j = np.array([
        [k[0, 0] / tz, o, -k[0, 0] * slopes[0] / tz],
        [o, k[1, 1] / tz, -k[1, 1] * slopes[1] / tz],
    ]).transpose(2, 0, 1)
    c = j @ m
    c = c @ c.transpose(0, 2, 1)
    raw = c[:, 0, 0] * c[:, 1, 1] - c[:, 0, 1] ** 2
    c = c + low_pass * np.eye(2)
    det = np.maximum(c[:, 0, 0] * c[:, 1, 1] - c[:, 0, 1] ** 2, 1e-10)
    conics = np.stack([c[:, 1, 1], -c[:, 0, 1], c[:, 0, 0]], 1) / det[:, None]
    means_2d = np.stack([k[a, a] * p[:, a] / tz + k[a, 2] for a in (0, 1)], 1)
    radius = np.ceil(3.33 * np.sqrt(np.stack([c[:, 0, 0], c[:, 1, 1]], 1)))
    keep = (tz > 0.01) & (means_2d + radius > 0).all(1) & (means_2d - radius < size).all(1)
    d = means - np.linalg.inv(view)[:3, 3]
    colors = np.einsum("nk,nkc->nc", sh_basis(d)[:, : sh.shape[1]], sh)
    return means_2d, tz, conics, np.sqrt(np.maximum(raw / det, 0)), colors, keep


def sh_basis(d):
    x, y, z = (d / np.linalg.norm(d, axis=1, keepdims=True)).T
    xx, yy, zz = x * x, y * y, z * z
    pi = math.pi
    return np.stack([
        np.full_like(x, 0.5 / math.sqrt(pi)),
        -math.sqrt(3 / (4 * pi)) * y, math.sqrt(3 / (4 * pi)) * z, -math.sqrt(3 / (4 * pi)) * x,
        math.sqrt(15 / (4 * pi)) * x * y, -math.sqrt(15 / (4 * pi)) * y * z,
        math.sqrt(5 / (16 * pi)) * (2 * zz - xx - yy),
        -math.sqrt(15 / (4 * pi)) * x * z, math.sqrt(15 / (16 * pi)) * (xx - yy),
        -math.sqrt(35 / (32 * pi)) * y * (3 * xx - yy), math.sqrt(105 / (4 * pi)) * x * y * z,
        -math.sqrt(21 / (32 * pi)) * y * (4 * zz - xx - yy),
        math.sqrt(7 / (16 * pi)) * z * (2 * zz - 3 * xx - 3 * yy),
        -math.sqrt(21 / (32 * pi)) * x * (4 * zz - xx - yy),
        math.sqrt(105 / (16 * pi)) * z * (xx - yy), -math.sqrt(35 / (32 * pi)) * x * (xx - 3 * yy),
    ], 1)


def blend(means_2d, depths, conics, opacities, colors, keep, size, alpha_max):
    width, height = size
    image = np.zeros((height, width, 3))
    left = np.ones((height, width))
    done = np.zeros((height, width), bool)
    order = np.flatnonzero(keep & (opacities >= 1 / 255))
    for i in order[np.argsort(depths[order], kind="stable")]:
        a, b, c = conics[i]
        reach = 2 * math.log(255 * opacities[i]) / (a * c - b * b)
        extent = np.sqrt(reach * np.array([c, a])) + 1
        x0, y0 = np.clip(np.floor(means_2d[i] - extent), 0, size).astype(int)
        x1, y1 = np.clip(np.ceil(means_2d[i] + extent), 0, size).astype(int)
        if x0 >= x1 or y0 >= y1:
            continue
        dx = np.arange(x0, x1) + 0.5 - means_2d[i, 0]
        dy = (np.arange(y0, y1) + 0.5 - means_2d[i, 1])[:, None]
        sigma = 0.5 * (a * dx * dx + c * dy * dy) + b * dx * dy
        alpha = np.minimum(opacities[i] * np.exp(-sigma), alpha_max)
        box = np.s_[y0:y1, x0:x1]
        hit = (alpha >= 1 / 255) & ~done[box]
        after = left[box] * (1 - alpha)
        stop = hit & (after <= 1e-4)
        done[box] |= stop
        hit &= ~stop
        image[box] += (alpha * left[box] * hit)[..., None] * colors[i]
        left[box] = np.where(hit, after, left[box])
    return image


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ply")
    parser.add_argument("width", type=int)
    parser.add_argument("height", type=int)
    parser.add_argument("eye")
    parser.add_argument("target")
    parser.add_argument("fov", type=float)
    parser.add_argument("out")
    parser.add_argument("--mip", action="store_true")
    parser.add_argument("--alpha-max", type=float, default=0.99)
    parser.add_argument("--up", default="0,-1,0")
    parser.add_argument("--math", choices=["gsplat", "numpy"], default="gsplat")
    args = parser.parse_args()
    vector = lambda text: np.array([float(v) for v in text.split(",")])
    size = (args.width, args.height)
    means, quats, scales, opacities, sh = load(args.ply)
    view, k = camera(vector(args.eye), vector(args.target), math.radians(args.fov), *size, vector(args.up))
    project = project_torch if args.math == "gsplat" else project_numpy
    low_pass = 0.1 if args.mip else 0.3
    means_2d, depths, conics, compensation, colors, keep = project(means, quats, scales, sh, view, k, size, low_pass)
    if args.mip:
        opacities = opacities * compensation
    colors = np.maximum(colors + 0.5, 0)
    image = blend(means_2d, depths, conics, opacities, colors, keep, size, args.alpha_max)
    Image.fromarray((np.clip(image, 0, 1) * 255).round().astype(np.uint8)).save(args.out, optimize=True)


if __name__ == "__main__":
    main()
