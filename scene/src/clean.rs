//! What spoils a capture: floaters, and splats that a file should not hold.
//!
//! Sizes and distances are told in multiples of the layer's own typical splat, so that the same rules
//! serve a head in metres and a town in nobody's units.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use glam::Vec3;
use rayon::prelude::*;

use crate::{
    Cancelled, GaussianCloud, Listen, Progress, RowSet, RowValues, neighbors::Neighborhood,
};

/// When a splat floats. A rule at zero is off; a splat is taken that breaks any of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloaterRules {
    /// Splats less opaque than this.
    pub opacity: f32,
    /// Splats larger than so many typical ones.
    pub size: f32,
    /// Splats with fewer others around them, within [`Self::reach`].
    pub neighbors: u32,
    /// Groups of fewer splats, of which none has a neighbor outside within [`Self::reach`].
    pub group: u32,
    /// How far a neighbor may be, typical sizes.
    pub reach: f32,
}

impl Default for FloaterRules {
    fn default() -> Self {
        Self {
            opacity: FAINT,
            size: LARGE,
            neighbors: 3,
            group: 40,
            reach: REACHES[0],
        }
    }
}

/// A splat is not called faint that is more opaque than this.
const FAINT: f32 = 0.04;
/// Nor large that is smaller than so many typical ones.
const LARGE: f32 = 25.0;
/// How far to look for neighbors, typical sizes: the first of these where hardly any splat lacks company.
const REACHES: [f32; 5] = [4.0, 6.0, 9.0, 13.0, 20.0];
/// What "hardly any" means.
const HARDLY_ANY: f32 = 0.01;

impl FloaterRules {
    /// Rules that fit a capture as it is: few captures share a density, and none is all floaters. At most one
    /// splat in a hundred is called faint and one in a thousand large, and neighbors are looked for as far
    /// away as it takes that at most one in a hundred lacks them. O(N), parallel.
    pub fn suggested(
        cloud: &GaussianCloud,
        keep: impl Fn(usize) -> bool + Sync,
        listen: &mut Listen<'_>,
    ) -> Result<Self, Cancelled> {
        let mut rules = Self::default();
        let Some(measure) = Measure::of(cloud, &keep) else {
            return Ok(rules);
        };
        let rows: Vec<usize> = (0..cloud.len()).filter(|row| keep(*row)).collect();
        let percentile = |mut values: Vec<f32>, share: f32| {
            let at = ((values.len() - 1) as f32 * share) as usize;
            *values.select_nth_unstable_by(at, f32::total_cmp).1
        };
        let opacities = rows.iter().map(|row| cloud.opacity(*row)).collect();
        rules.opacity = FAINT.min(percentile(opacities, 0.01));
        let sizes = rows.iter().map(|row| largest(cloud, *row)).collect();
        rules.size = LARGE.max(percentile(sizes, 0.999).exp() / measure.typical);
        let most = (HARDLY_ANY * rows.len() as f32) as usize;
        for reach in REACHES {
            rules.reach = reach;
            let by_company = Self {
                opacity: 0.0,
                size: 0.0,
                ..rules
            };
            let lonely = floaters(cloud, &keep, &by_company, listen)?;
            if lonely.iter().filter(|lonely| **lonely).count() <= most {
                break;
            }
        }
        Ok(rules)
    }
}

const LOOKING_AROUND: &str = "Looking around each splat";

/// What ails a splat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ailment {
    /// Larger than a part of the whole layer.
    Giant,
    /// Much longer than wide.
    Needle,
    /// Too transparent or too small to be seen.
    Invisible,
    /// The same as another one.
    Duplicate,
    /// Far away from everything else.
    Stray,
}

impl Ailment {
    /// Every one, in the order of the list.
    pub const ALL: [Self; 5] = [
        Self::Giant,
        Self::Needle,
        Self::Invisible,
        Self::Duplicate,
        Self::Stray,
    ];
}

/// A splat may be this part of the layer's extent.
const GIANT: f32 = 0.25;
/// A splat may be so many times as long as it is wide.
const NEEDLE: f32 = 30.0;
/// What one step of a display's 255 cannot show.
const INVISIBLE: f32 = 1.0 / 255.0;
/// A splat may be so many extents away from the middle.
const STRAY: f32 = 8.0;

/// Where a layer is, strays aside, and how large its splats are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Middle of the box from the 2nd to the 98th percentile.
    pub middle: Vec3,
    /// Half the diagonal of that box.
    pub radius: f32,
    /// The median of the largest standard deviations.
    pub typical: f32,
}

impl Measure {
    /// Of the rows that count; `None` where there are none.
    pub fn of(cloud: &GaussianCloud, keep: impl Fn(usize) -> bool) -> Option<Self> {
        const SAMPLES: usize = 50_000;
        let rows: Vec<usize> = (0..cloud.len()).filter(|row| keep(*row)).collect();
        let step = rows.len().div_ceil(SAMPLES).max(1);
        let sampled: Vec<usize> = rows.iter().step_by(step).copied().collect();
        let mut low = Vec3::ZERO;
        let mut high = Vec3::ZERO;
        for axis in 0..3 {
            let mut values: Vec<f32> = sampled.iter().map(|r| cloud.means()[*r][axis]).collect();
            values.sort_unstable_by(f32::total_cmp);
            let trim = values.len() / 50;
            low[axis] = *values.get(trim)?;
            high[axis] = *values.get(values.len() - 1 - trim)?;
        }
        let mut sizes: Vec<f32> = sampled.iter().map(|r| largest(cloud, *r)).collect();
        let middle = sizes.len() / 2;
        let typical = *sizes.select_nth_unstable_by(middle, f32::total_cmp).1;
        Some(Self {
            middle: 0.5 * (low + high),
            radius: 0.5 * high.distance(low),
            typical: typical.exp(),
        })
    }
}

/// Logarithm of the largest standard deviation.
fn largest(cloud: &GaussianCloud, row: usize) -> f32 {
    cloud.log_scales()[row].max_element()
}

/// `[N]` which of the rows that count float. O(N log N), parallel; it listens between its stages.
pub fn floaters(
    cloud: &GaussianCloud,
    keep: impl Fn(usize) -> bool + Sync,
    rules: &FloaterRules,
    listen: &mut Listen<'_>,
) -> Result<Vec<bool>, Cancelled> {
    let mut floats = vec![false; cloud.len()];
    let mut stage = |name: &str, done| listen(Progress::new(name, done, 4));
    stage("Looking at each splat", 0)?;
    let Some(measure) = Measure::of(cloud, &keep) else {
        return Ok(floats);
    };
    let most = (rules.size * measure.typical).ln();
    floats.par_iter_mut().enumerate().for_each(|(row, floats)| {
        let thin = cloud.opacity(row) < rules.opacity;
        let large = rules.size > 0.0 && largest(cloud, row) > most;
        *floats = keep(row) && (thin || large);
    });
    let reach = rules.reach * measure.typical;
    if !(reach > 0.0) || (rules.neighbors == 0 && rules.group == 0) {
        return Ok(floats);
    }
    stage(LOOKING_AROUND, 1)?;
    // What is gone anyway keeps nobody company.
    let rows: Vec<u32> = (0_u32..)
        .take(cloud.len())
        .filter(|row| keep(*row as usize) && !floats[*row as usize])
        .collect();
    let points: Vec<Vec3> = rows
        .iter()
        .map(|row| cloud.means()[*row as usize])
        .collect();
    let around = company(&points, reach);
    stage("Sorting splats by place", 2)?;
    let neighborhood = Neighborhood::new(&points, reach);
    stage("Looking for groups", 3)?;
    let groups = neighborhood.components();
    let mut sizes: BTreeMap<u32, u32> = BTreeMap::new();
    for group in &groups {
        *sizes.entry(*group).or_default() += 1;
    }
    for (i, row) in rows.iter().enumerate() {
        let lonely = around[i] < rules.neighbors;
        let small = sizes
            .get(&groups[i])
            .is_some_and(|size| *size < rules.group);
        floats[*row as usize] |= lonely || small;
    }
    Ok(floats)
}

/// `[N]` how many other points lie in the cells around that of a point: those within `reach`, and
/// some up to twice as far.
fn company(points: &[Vec3], reach: f32) -> Vec<u32> {
    let cell = |p: &Vec3| (*p / reach).floor().as_i64vec3();
    let mut counts: HashMap<glam::I64Vec3, u32> = HashMap::new();
    for p in points {
        *counts.entry(cell(p)).or_default() += 1;
    }
    let sums: HashMap<glam::I64Vec3, u32> = counts
        .par_iter()
        .map(|(at, _)| {
            let steps = (0..27).map(|i| glam::I64Vec3::new(i % 3 - 1, i / 3 % 3 - 1, i / 9 - 1));
            let near = steps.filter_map(|step| counts.get(&(*at + step)));
            (*at, near.sum::<u32>())
        })
        .collect();
    let others = |p: &Vec3| sums.get(&cell(p)).map_or(0, |n| n - 1);
    points.par_iter().map(others).collect()
}

/// `[N]` which of the rows that count have an ailment. O(N).
pub fn ailing(
    cloud: &GaussianCloud,
    keep: impl Fn(usize) -> bool + Sync,
    ailment: Ailment,
) -> Vec<bool> {
    let mut ails = vec![false; cloud.len()];
    let Some(measure) = Measure::of(cloud, &keep) else {
        return ails;
    };
    if ailment == Ailment::Duplicate {
        mark_duplicates(cloud, keep, &mut ails);
        return ails;
    }
    let giant = (GIANT * measure.radius).ln();
    let smallest = (1e-6 * measure.radius).ln();
    let has = |row: usize| match ailment {
        Ailment::Giant => largest(cloud, row) > giant,
        Ailment::Needle => slenderness(cloud, row) > NEEDLE.ln(),
        Ailment::Invisible => cloud.opacity(row) < INVISIBLE || largest(cloud, row) < smallest,
        Ailment::Stray => cloud.means()[row].distance(measure.middle) > STRAY * measure.radius,
        Ailment::Duplicate => false,
    };
    ails.par_iter_mut()
        .enumerate()
        .for_each(|(row, ails)| *ails = keep(row) && has(row));
    ails
}

/// Logarithm of how many times a splat is as long as it is wide.
fn slenderness(cloud: &GaussianCloud, row: usize) -> f32 {
    let mut scale = cloud.log_scales()[row].to_array();
    scale.sort_unstable_by(f32::total_cmp);
    scale[2] - scale[1]
}

/// Marks every splat that an earlier one is equal to in place, shape, opacity and base color.
fn mark_duplicates(cloud: &GaussianCloud, keep: impl Fn(usize) -> bool, ails: &mut [bool]) {
    let bits = |v: Vec3| v.to_array().map(f32::to_bits);
    let mut seen: HashMap<[[u32; 3]; 3], usize> = HashMap::with_capacity(cloud.len());
    for row in (0..cloud.len()).filter(|row| keep(*row)) {
        let key = [
            bits(cloud.means()[row]),
            bits(cloud.log_scales()[row]),
            bits(cloud.base_color(row)),
        ];
        match seen.entry(key) {
            Entry::Vacant(new) => {
                new.insert(row);
            }
            Entry::Occupied(first) => {
                let first = *first.get();
                let alike = cloud.opacity_logits()[row] == cloud.opacity_logits()[first]
                    && cloud.raw_rotations()[row] == cloud.raw_rotations()[first];
                ails[row] = alike;
            }
        }
    }
}

/// New sizes that cure giants and needles; `None` for what is cured by removing.
pub fn cured(
    cloud: &GaussianCloud,
    keep: impl Fn(usize) -> bool,
    ailment: Ailment,
    rows: &RowSet,
) -> Option<RowValues> {
    let measure = Measure::of(cloud, keep)?;
    let shrunk = |row: usize| {
        let scale = cloud.log_scales()[row];
        match ailment {
            Ailment::Giant => scale.min(Vec3::splat((0.999 * GIANT * measure.radius).ln())),
            _ => {
                let width = scale.max_element() - slenderness(cloud, row);
                scale.min(Vec3::splat(width + (0.999 * NEEDLE).ln()))
            }
        }
    };
    matches!(ailment, Ailment::Giant | Ailment::Needle).then(|| RowValues {
        log_scales: Some(rows.iter().map(shrunk).collect()),
        ..RowValues::default()
    })
}

#[cfg(test)]
mod tests {
    use glam::Quat;

    use super::*;
    use crate::cloud::{CloudParts, logit};

    /// A closed sheet of splats a centimetre apart, and some that do not belong to it.
    fn capture(others: &[(Vec3, Vec3, f32)]) -> GaussianCloud {
        let sheet = (0..3600).map(|i| {
            let at = Vec3::new((i % 60) as f32 * 0.01, (i / 60) as f32 * 0.01, 0.0);
            (at, Vec3::new(0.01, 0.01, 0.002), 0.9)
        });
        let all: Vec<_> = sheet.chain(others.iter().copied()).collect();
        GaussianCloud::new(CloudParts {
            means: all.iter().map(|s| s.0).collect(),
            rotations: vec![Quat::IDENTITY; all.len()],
            log_scales: all.iter().map(|s| s.1.map(f32::ln)).collect(),
            opacity_logits: all.iter().map(|s| logit(s.2)).collect(),
            sh_degree: 0,
            sh: vec![0.1; 3 * all.len()],
            columns: Vec::new(),
        })
        .expect("a valid cloud")
    }

    fn marked(marks: &[bool]) -> Vec<usize> {
        (0..marks.len()).filter(|row| marks[*row]).collect()
    }

    const ROUND: Vec3 = Vec3::splat(0.01);

    #[test]
    fn floaters_are_found_by_each_rule_and_the_surface_is_spared() {
        let cluster: Vec<_> = (0..20)
            .map(|i| (Vec3::new(2.0 + 0.01 * i as f32, 1.0, 1.0), ROUND, 0.9))
            .collect();
        let mut others = vec![
            (Vec3::new(0.3, 0.3, 0.4), ROUND, 0.9),
            (Vec3::new(0.2, 0.2, 0.01), ROUND, 0.01),
            (Vec3::new(0.2, 0.2, 0.02), Vec3::splat(0.5), 0.9),
        ];
        others.extend(cluster);
        let cloud = capture(&others);
        let off = FloaterRules {
            opacity: 0.0,
            size: 0.0,
            neighbors: 0,
            group: 0,
            reach: 4.0,
        };
        let by = |rules: FloaterRules| {
            let floats = floaters(&cloud, |_| true, &rules, &mut |_| Ok(()));
            marked(&floats.expect("nobody cancels"))
        };
        assert_eq!(by(off), [0; 0], "every rule is off");
        assert_eq!(
            by(FloaterRules {
                opacity: 0.05,
                ..off
            }),
            [3601],
            "thin"
        );
        assert_eq!(by(FloaterRules { size: 25.0, ..off }), [3602], "large");
        assert_eq!(
            by(FloaterRules {
                neighbors: 3,
                ..off
            }),
            [3600],
            "alone"
        );
        let group: Vec<usize> = [3600].into_iter().chain(3603..3623).collect();
        assert_eq!(
            by(FloaterRules { group: 40, ..off }),
            group,
            "a small group"
        );
        let all = by(FloaterRules::default());
        assert_eq!(
            all,
            (3600..3623).collect::<Vec<_>>(),
            "all of them, and no more"
        );
    }

    #[test]
    fn suggested_rules_spare_a_surface_of_any_density() {
        let suggest = |cloud: &GaussianCloud| {
            let rules = FloaterRules::suggested(cloud, |_| true, &mut |_| Ok(()));
            rules.expect("nobody cancels")
        };
        let dense = capture(&[(Vec3::new(0.3, 0.3, 2.0), ROUND, 0.9)]);
        assert_eq!(suggest(&dense).reach, 4.0, "the first reach will do");
        assert_eq!(suggest(&dense).size, LARGE, "no splat is large");

        let mut parts = dense.into_parts();
        for scale in &mut parts.log_scales {
            *scale -= Vec3::splat(2.0);
        }
        // Splats a tenth as opaque as the next, down to nothing: an ordinary capture has them all.
        for (i, logit) in (0..).zip(&mut parts.opacity_logits) {
            *logit = -4.0 + 0.002 * i as f32;
        }
        let sparse = GaussianCloud::new(parts).expect("valid");
        let rules = suggest(&sparse);
        assert!(rules.reach > 4.0, "gaps are wider here: {rules:?}");
        let found = floaters(&sparse, |_| true, &rules, &mut |_| Ok(()));
        let found = marked(&found.expect("nobody cancels"));
        assert!(found.contains(&3600), "the one far away: {found:?}");
        assert!(
            found.len() <= 38,
            "and a hundredth at most: {}",
            found.len()
        );
    }

    #[test]
    fn ailments_are_told_apart_and_cured() {
        let twin = (Vec3::new(0.5, 0.5, 0.1), ROUND, 0.5);
        let cloud = capture(&[
            (Vec3::new(0.3, 0.3, 0.0), Vec3::splat(2.0), 0.5),
            (Vec3::new(0.3, 0.2, 0.0), Vec3::new(0.1, 0.001, 0.001), 0.5),
            (Vec3::new(0.3, 0.1, 0.0), ROUND, 0.001),
            twin,
            twin,
            (Vec3::splat(50.0), ROUND, 0.5),
        ]);
        for (ailment, row) in [
            (Ailment::Giant, 3600),
            (Ailment::Needle, 3601),
            (Ailment::Invisible, 3602),
            (Ailment::Duplicate, 3604),
            (Ailment::Stray, 3605),
        ] {
            let ails = marked(&ailing(&cloud, |_| true, ailment));
            assert_eq!(ails, [row], "{ailment:?}");
            let rows: RowSet = [row as u32].into_iter().collect();
            let Some(cure) = cured(&cloud, |_| true, ailment, &rows) else {
                continue;
            };
            let mut parts = cloud.clone().into_parts();
            parts.log_scales[row] = cure.log_scales.expect("sizes")[0];
            let better = GaussianCloud::new(parts).expect("valid");
            let still = marked(&ailing(&better, |_| true, ailment));
            assert_eq!(still, [0; 0], "{ailment:?} is cured");
        }
        assert!(
            marked(&ailing(&cloud, |_| false, Ailment::Giant)).is_empty(),
            "nothing counts"
        );
    }
}
