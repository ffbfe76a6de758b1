//! Fewer splats that look like many.
//!
//! Neighbors are merged two at a time, the cheapest pairs first, in rounds. A merged Gaussian has the
//! mass, mean and (where they do not overlap) covariance of the two (moment matching, Runnalls 2007); its
//! mass is opacity times projected area, what a splat contributes to a picture. Color and further
//! attributes are averaged by mass at the end.

use super::{eigen::rotation_and_scale, partition::partition};
use crate::{
    Column, ColumnValues, GaussianCloud,
    cloud::{CloudParts, logit},
    sh,
};
use glam::{Mat3, Vec3};

/// Of a round's pairs at most this part is merged, so that expensive ones may find better partners.
const MERGED_PER_ROUND: f32 = 0.6;
/// Standard deviations stay above this part of the largest: numbers this thin are rounding.
const THINNEST: f32 = 1e-4;
/// An opaque splat; the logit of 1 is infinite.
const MOST_OPAQUE: f32 = 0.999;
/// Two disks side by side become one of twice the length: four times the variance.
const MOST_STRETCHED: f32 = 4.0;
/// Standard deviations are taken within this and farther apart nothing is merged, so that no product
/// of four lengths overflows.
const LENGTHS: (f32, f32) = (1e-9, 1e9);

/// What [`reduce`] makes.
#[derive(Debug, Clone, Default)]
pub struct Reduced {
    /// The splats.
    pub cloud: GaussianCloud,
    /// `[N]` mean square distance of what each stands for from its centre, m².
    pub displacements: Vec<f32>,
    /// `[splats before]` the splat that each became part of.
    pub part_of: Vec<u32>,
}

/// One Gaussian on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cluster {
    pub(crate) mean: Vec3,
    pub(crate) covariance: Mat3,
    /// Rms area of its projections.
    area: f32,
    opacity: f32,
    pub(crate) color: Vec3,
    displacement: f32,
    /// First and last member in the list of members.
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// Not a member.
pub(crate) const END: u32 = u32::MAX;

/// A cloud of `target` splats (at least one) that looks like the given one from afar.
///
/// More are left where splats are too far away from each other for single precision.
/// `displacements` are those of an earlier reduction, or empty. Deterministic. Moments: Runnalls 2007.
pub fn reduce(cloud: &GaussianCloud, displacements: &[f32], target: usize) -> Reduced {
    let target = target.max(1);
    let mut clusters: Vec<Cluster> = (0..cloud.len())
        .map(|row| Cluster::of(cloud, row, displacements.get(row).copied().unwrap_or(0.0)))
        .collect();
    let mut next = vec![END; cloud.len()];
    while clusters.len() > target {
        let before = clusters.len();
        merge_round(&mut clusters, &mut next, target);
        if clusters.len() == before {
            break;
        }
    }
    gather(cloud, &clusters, &next)
}

impl Cluster {
    pub(crate) fn of(cloud: &GaussianCloud, row: usize, displacement: f32) -> Self {
        let m =
            Mat3::from_quat(cloud.rotation(row)) * Mat3::from_diagonal(usable_scale(cloud, row));
        let covariance = m * m.transpose();
        Self {
            mean: cloud.means()[row],
            area: projected_area(&covariance),
            covariance,
            opacity: cloud.opacity(row),
            color: cloud.base_color(row),
            displacement,
            first: row as u32,
            last: row as u32,
        }
    }

    pub(crate) fn mass(&self) -> f32 {
        // Never zero: what cannot be seen still has a place.
        (self.opacity * self.area).max(f32::MIN_POSITIVE)
    }

    /// What merging changes: how far mass moves and how much color it takes on, Ward's criterion
    /// (Ward 1963) with color weighed by the size of the result.
    ///
    /// Infinite for what cannot be merged.
    fn cost(&self, other: &Self) -> f32 {
        let (a, b) = (self.mass(), other.mass());
        let apart = self.mean.distance_squared(other.mean);
        let size = (trace(&self.covariance) * a + trace(&other.covariance) * b) / (a + b);
        let recolored = self.color.distance_squared(other.color);
        if !(apart < LENGTHS.1 * LENGTHS.1) {
            return f32::INFINITY;
        }
        a * b / (a + b) * (apart + (apart + size) * recolored)
    }

    pub(crate) fn merged(&self, other: &Self) -> Self {
        let (a, b) = (self.mass(), other.mass());
        let (wa, wb) = (a / (a + b), b / (a + b));
        let mean = self.mean * wa + other.mean * wb;
        let spread = |from: Vec3| {
            let d = from - mean;
            Mat3::from_cols(d * d.x, d * d.y, d * d.z)
        };
        let within = self.covariance * wa + other.covariance * wb;
        let between = spread(self.mean) * wa + spread(other.mean) * wb;
        let covariance = within + between * stretch(&within, &between, self.area + other.area);
        let area = projected_area(&covariance);
        let moved = |of: &Self| of.displacement + of.mean.distance_squared(mean);
        Self {
            mean,
            covariance,
            area,
            opacity: covering_opacity([self, other], area),
            color: self.color * wa + other.color * wb,
            displacement: moved(self) * wa + moved(other) * wb,
            first: self.first,
            last: other.last,
        }
    }
}

/// How much of the distance between two splats their merged one takes on: 1 keeps the second moment.
///
/// A closed surface of overlapping splats would open, as a sum of Gaussians is flatter than the Gaussian
/// with its moments. There the merged one is stretched along the line between the two until it covers
/// `areas`, the sum of theirs.
fn stretch(within: &Mat3, between: &Mat3, areas: f32) -> f32 {
    let squared = |c: &Mat3| projected_area(c).powi(2);
    // Linear in the stretch, as `between` has rank one.
    let (least, matched) = (squared(within), squared(&(*within + *between)));
    let stretch = (areas * areas - least) / (matched - least);
    if stretch > 1.0 {
        stretch.min(MOST_STRETCHED)
    } else {
        1.0
    }
}

/// Opacity of the splat that covers `area` in place of two.
///
/// Side by side their masses add up; over each other their transmittances multiply. Which it is, the
/// areas tell; where they just fill the new one, both say the same.
fn covering_opacity(pair: [&Cluster; 2], area: f32) -> f32 {
    let mass: f32 = pair.iter().map(|c| c.opacity * c.area).sum();
    let areas: f32 = pair.iter().map(|c| c.area).sum();
    if !(areas > 0.0) || !(area > 0.0) {
        return pair[0].opacity.max(pair[1].opacity);
    }
    let (layers, mean) = (areas / area, mass / areas);
    if layers <= 1.0 {
        mean * layers
    } else {
        1.0 - (1.0 - mean.min(MOST_OPAQUE)).powf(layers)
    }
}

/// Merges the cheapest pairs of neighbors until `target` are left or the round's part is done.
fn merge_round(clusters: &mut Vec<Cluster>, next: &mut [u32], target: usize) {
    let means: Vec<Vec3> = clusters.iter().map(|c| c.mean).collect();
    let mut order: Vec<u32> = (0..clusters.len() as u32).collect();
    partition(&mut order, &means, 2);
    let mut pairs: Vec<(f32, u32, u32)> = order
        .chunks_exact(2)
        .map(|p| {
            let (a, b) = (p[0].min(p[1]), p[0].max(p[1]));
            (clusters[a as usize].cost(&clusters[b as usize]), a, b)
        })
        .filter(|pair| pair.0.is_finite())
        .collect();
    let part = (pairs.len() as f32 * MERGED_PER_ROUND).ceil() as usize;
    let wanted = part.min(clusters.len() - target);
    if wanted < pairs.len() {
        pairs.select_nth_unstable_by(wanted, |x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    }
    let mut gone = vec![false; clusters.len()];
    for &(_, a, b) in &pairs[..wanted.min(pairs.len())] {
        let (kept, added) = (clusters[a as usize], clusters[b as usize]);
        next[kept.last as usize] = added.first;
        clusters[a as usize] = kept.merged(&added);
        gone[b as usize] = true;
    }
    let mut i = 0;
    clusters.retain(|_| {
        i += 1;
        !gone[i - 1]
    });
}

/// Clusters as splats; who stayed alone stays as it was.
pub(crate) fn gather(cloud: &GaussianCloud, clusters: &[Cluster], next: &[u32]) -> Reduced {
    let n = clusters.len();
    let stride = 3 * sh::coefficient_count(cloud.sh_degree());
    let mut parts = CloudParts {
        sh_degree: cloud.sh_degree(),
        means: Vec::with_capacity(n),
        rotations: Vec::with_capacity(n),
        log_scales: Vec::with_capacity(n),
        opacity_logits: Vec::with_capacity(n),
        sh: Vec::with_capacity(n * stride),
        columns: Vec::new(),
    };
    let mut members = Members::default();
    for cluster in clusters {
        let row = cluster.first as usize;
        if cluster.first == cluster.last {
            parts.means.push(cloud.means()[row]);
            parts.rotations.push(cloud.raw_rotations()[row]);
            parts.log_scales.push(cloud.log_scales()[row]);
            parts.opacity_logits.push(cloud.opacity_logits()[row]);
            parts.sh.extend_from_slice(cloud.sh_of(row));
        } else {
            let (rotation, scale) = rotation_and_scale(&cluster.covariance);
            let least = (scale.max_element() * THINNEST).max(f32::MIN_POSITIVE);
            parts.means.push(cluster.mean);
            parts.rotations.push(rotation);
            parts
                .log_scales
                .push(scale.max(Vec3::splat(least)).map(f32::ln));
            let opacity = cluster.opacity.min(MOST_OPAQUE);
            parts.opacity_logits.push(logit(opacity));
            members.collect(cloud, cluster, next);
            members.mean_of(cloud.sh(), stride, &mut parts.sh);
        }
    }
    for column in cloud.columns() {
        parts
            .columns
            .push(merged_column(cloud, column, clusters, next));
    }
    let mut part_of = vec![0; cloud.len()];
    for (part, cluster) in (0..).zip(clusters) {
        let mut at = cluster.first;
        while at != END {
            part_of[at as usize] = part;
            at = if at == cluster.last {
                END
            } else {
                next[at as usize]
            };
        }
    }
    Reduced {
        cloud: GaussianCloud::from_checked(parts),
        displacements: clusters.iter().map(|c| c.displacement).collect(),
        part_of,
    }
}

/// The rows that a cluster stands for, with their part of its mass.
#[derive(Debug, Default)]
struct Members {
    rows: Vec<(usize, f32)>,
}

impl Members {
    fn collect(&mut self, cloud: &GaussianCloud, cluster: &Cluster, next: &[u32]) {
        self.rows.clear();
        let mut total = 0.0;
        let mut at = cluster.first;
        while at != END {
            let row = at as usize;
            let scale = usable_scale(cloud, row);
            let (x, y, z) = (scale.x * scale.x, scale.y * scale.y, scale.z * scale.z);
            let area = (x * y + x * z + y * z).sqrt();
            let mass = (cloud.opacity(row) * area).max(f32::MIN_POSITIVE);
            self.rows.push((row, mass));
            total += mass;
            at = if at == cluster.last { END } else { next[row] };
        }
        for (_, mass) in &mut self.rows {
            *mass /= total;
        }
    }

    /// Appends the mean of `width` values a row.
    fn mean_of(&self, values: &[f32], width: usize, out: &mut Vec<f32>) {
        let start = out.len();
        out.resize(start + width, 0.0);
        for &(row, part) in &self.rows {
            let of_row = &values[row * width..(row + 1) * width];
            for (sum, value) in out[start..].iter_mut().zip(of_row) {
                *sum += part * value;
            }
        }
    }

    /// The row with the most mass.
    fn heaviest(&self) -> usize {
        let first = self.rows.first().copied().unwrap_or_default();
        let heavier = |a: (usize, f32), b: &(usize, f32)| if b.1 > a.1 { *b } else { a };
        self.rows.iter().fold(first, heavier).0
    }
}

/// Numbers are averaged; what counts or names something is taken from the heaviest member.
fn merged_column(
    cloud: &GaussianCloud,
    column: &Column,
    clusters: &[Cluster],
    next: &[u32],
) -> Column {
    let mut members = Members::default();
    let values = if let ColumnValues::F32(values) = &column.values {
        let mut out = Vec::with_capacity(clusters.len() * column.width);
        for cluster in clusters {
            members.collect(cloud, cluster, next);
            members.mean_of(values, column.width, &mut out);
        }
        ColumnValues::F32(out)
    } else {
        let rows: Vec<usize> = clusters
            .iter()
            .map(|cluster| {
                members.collect(cloud, cluster, next);
                members.heaviest()
            })
            .collect();
        column.values.rows(&rows, column.width)
    };
    Column {
        name: column.name.clone(),
        width: column.width,
        values,
    }
}

/// Root of the second invariant: for a disk the product of its standard deviations, in general the rms
/// over the coordinate planes of the projections' areas (over π).
fn projected_area(c: &Mat3) -> f32 {
    let [x, y, z] = [c.x_axis, c.y_axis, c.z_axis];
    let minors = x.x * y.y - x.y * x.y + x.x * z.z - x.z * x.z + y.y * z.z - y.z * y.z;
    minors.max(0.0).sqrt()
}

fn usable_scale(cloud: &GaussianCloud, row: usize) -> Vec3 {
    cloud
        .scale(row)
        .clamp(Vec3::splat(LENGTHS.0), Vec3::splat(LENGTHS.1))
}

pub(crate) fn trace(c: &Mat3) -> f32 {
    c.x_axis.x + c.y_axis.y + c.z_axis.z
}
