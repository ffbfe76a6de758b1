//! Thinned cells become streets: branches between nodes, short ones dropped, those that go straight on joined.

use std::collections::{BTreeMap, HashMap};

use glam::DVec2;

use super::skeleton::Mask;
use crate::geometry::{thin, toward};

/// Cells from a node to where the direction of a branch is taken.
const AHEAD: usize = 12;

/// A street, units of cells.
#[derive(Debug, Clone)]
pub(super) struct Street {
    pub(super) line: Vec<DVec2>,
    pub(super) half_width: f64,
}

/// A branch of the skeleton.
#[derive(Debug, Clone)]
struct Branch {
    nodes: [usize; 2],
    cells: Vec<usize>,
}

/// The streets that a mask shows.
pub(super) fn streets(mask: &Mask) -> Vec<Street> {
    let distance = mask.distances();
    let skeleton = mask.thinned();
    let (mut places, mut branches) = branches(mask, &skeleton);
    let width_at: Vec<f64> = places
        .iter()
        .map(|cells| widest(cells, &distance))
        .collect();

    contract(&mut places, &mut branches, &width_at);
    // Spurs are corners of the band, no streets: shorter than the band is wide.
    let degree = degrees(&branches);
    branches.retain(|branch| {
        let [a, b] = branch.nodes;
        let loose = degree[&a] == 1 || degree[&b] == 1;
        let reach = width_at[a].max(width_at[b]);
        !(loose && degree[&a] != degree[&b] && (branch.cells.len() as f64) < 1.6 * reach + 3.0)
    });
    let point = |cell: usize| {
        DVec2::new(
            (cell % mask.width) as f64 + 0.5,
            (cell / mask.width) as f64 + 0.5,
        )
    };
    let middles: Vec<DVec2> = places
        .iter()
        .map(|cells| cells.iter().map(|&c| point(c)).sum::<DVec2>() / cells.len().max(1) as f64)
        .collect();

    let chains = chains(&branches, |end| {
        let branch = &branches[end.branch];
        let ahead = AHEAD.min(branch.cells.len() - 1);
        let cell = match end.side {
            0 => branch.cells[ahead],
            _ => branch.cells[branch.cells.len() - 1 - ahead],
        };
        let way = toward(middles[branch.nodes[end.side]], point(cell));
        (way, half_width(inner(&branch.cells), &distance))
    });
    chains
        .into_iter()
        .map(|chain| {
            let mut line = Vec::new();
            let mut middle = Vec::new();
            for end in &chain {
                let branch = &branches[end.branch];
                line.push(middles[branch.nodes[end.side]]);
                let mut points = smoothed(&branch.cells, point);
                if end.side == 1 {
                    points.reverse();
                }
                line.extend(points);
                middle.extend(inner(&branch.cells));
            }
            if let Some(end) = chain.last() {
                line.push(middles[branches[end.branch].nodes[1 - end.side]]);
            }
            Street {
                line: carried_out(thin(&line, 0.9), mask),
                half_width: half_width(&middle, &distance),
            }
        })
        .filter(|street| street.line.len() >= 2 && street.line[0] != street.line[1])
        .collect()
}

fn widest(cells: &[usize], distance: &[f32]) -> f64 {
    cells
        .iter()
        .map(|&cell| f64::from(distance[cell]))
        .fold(0.0, f64::max)
}

/// The inner half of a branch: at its ends other streets widen the band.
fn inner(cells: &[usize]) -> &[usize] {
    let quarter = cells.len() / 4;
    &cells[quarter..cells.len() - quarter]
}

/// The middle of the distances of some cells.
fn half_width(cells: &[usize], distance: &[f32]) -> f64 {
    let mut values: Vec<f32> = cells.iter().map(|&cell| distance[cell]).collect();
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    f64::from(*values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// Nodes (the cells of each) and the branches between them.
fn branches(mask: &Mask, skeleton: &[bool]) -> (Vec<Vec<usize>>, Vec<Branch>) {
    let next = |cell: usize| mask.neighbors(cell).filter(|&n| skeleton[n]);
    let cells: Vec<usize> = (0..skeleton.len()).filter(|&cell| skeleton[cell]).collect();
    let mut node_of: HashMap<usize, usize> = HashMap::new();
    let mut places: Vec<Vec<usize>> = Vec::new();
    let is_node = |cell: usize| next(cell).count() != 2;
    for &cell in cells.iter().filter(|&&cell| is_node(cell)) {
        if node_of.contains_key(&cell) {
            continue;
        }
        // Cells of one crossing that touch are one node.
        let mut group = vec![cell];
        node_of.insert(cell, places.len());
        let mut open = vec![cell];
        while let Some(at) = open.pop() {
            for other in next(at).filter(|&other| is_node(other)) {
                if node_of.insert(other, places.len()).is_none() {
                    group.push(other);
                    open.push(other);
                }
            }
        }
        places.push(group);
    }
    let mut used = vec![false; skeleton.len()];
    let mut branches = Vec::new();
    for (node, place) in places.iter().enumerate() {
        let starts: Vec<usize> = place.iter().flat_map(|&cell| next(cell)).collect();
        for start in starts {
            if used[start] || node_of.contains_key(&start) {
                continue;
            }
            let mut path = vec![start];
            used[start] = true;
            let mut end = None;
            while let Some(&at) = path.last() {
                let onward = next(at).find(|&n| !used[n] && !node_of.contains_key(&n));
                if let Some(onward) = onward {
                    used[onward] = true;
                    path.push(onward);
                    continue;
                }
                // Not back to where it came from, unless it is a loop.
                end = next(at)
                    .filter_map(|n| node_of.get(&n).copied())
                    .find(|&n| n != node || path.len() > 3);
                break;
            }
            if let Some(end) = end {
                branches.push(Branch {
                    nodes: [node, end],
                    cells: path,
                });
            }
        }
    }
    (places, branches)
}

fn degrees(branches: &[Branch]) -> HashMap<usize, usize> {
    let mut degree = HashMap::new();
    for node in branches.iter().flat_map(|branch| branch.nodes) {
        *degree.entry(node).or_insert(0) += 1;
    }
    degree
}

/// Makes one node of two whose branch is shorter than the band is wide: a crossing of wide streets is thinned to two
/// forks.
fn contract(places: &mut [Vec<usize>], branches: &mut Vec<Branch>, width_at: &[f64]) {
    let degree = degrees(branches);
    let mut home: Vec<usize> = (0..places.len()).collect();
    let root = |home: &[usize], mut node: usize| {
        while home[node] != node {
            node = home[node];
        }
        node
    };
    branches.retain(|branch| {
        let [a, b] = branch.nodes;
        let reach = width_at[a].min(width_at[b]);
        let short = degree[&a] > 2 && degree[&b] > 2 && (branch.cells.len() as f64) < 0.9 * reach;
        if short {
            let (a, b) = (root(&home, a), root(&home, b));
            home[a.max(b)] = a.min(b);
        }
        !short
    });
    for node in 0..places.len() {
        let to = root(&home, node);
        if to != node {
            let moved = std::mem::take(&mut places[node]);
            places[to].extend(moved);
        }
    }
    for branch in branches.iter_mut() {
        branch.nodes = branch.nodes.map(|node| root(&home, node));
    }
}

/// One end of a branch: where a street comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct End {
    branch: usize,
    side: usize,
}

impl End {
    fn other(self) -> Self {
        Self {
            side: 1 - self.side,
            ..self
        }
    }
}

/// Branches that are one street, each by the end at which it is entered. `arm` gives the direction in which a branch
/// leaves its end, and its half width.
fn chains(branches: &[Branch], arm: impl Fn(End) -> (DVec2, f64)) -> Vec<Vec<End>> {
    let partner = partners(branches, arm);
    let mut used = vec![false; branches.len()];
    let mut chains = Vec::new();
    let ends = (0..branches.len()).flat_map(|branch| [0, 1].map(|side| End { branch, side }));
    let (loose, closed): (Vec<End>, Vec<End>) = ends.partition(|end| !partner.contains_key(end));
    // What is left after the streets with ends are rings.
    for start in loose.into_iter().chain(closed) {
        let mut chain = Vec::new();
        let mut next = Some(start);
        while let Some(end) = next.filter(|end| !used[end.branch]) {
            used[end.branch] = true;
            chain.push(end);
            next = partner.get(&end.other()).copied();
        }
        if !chain.is_empty() {
            chains.push(chain);
        }
    }
    chains
}

/// Which branch goes on where one ends: the only other one, or the straightest that is about as wide.
fn partners(branches: &[Branch], arm: impl Fn(End) -> (DVec2, f64)) -> HashMap<End, End> {
    let mut at: BTreeMap<usize, Vec<(End, DVec2, f64)>> = BTreeMap::new();
    for (branch, own) in branches.iter().enumerate() {
        for side in [0, 1] {
            let end = End { branch, side };
            let (way, half) = arm(end);
            at.entry(own.nodes[side])
                .or_default()
                .push((end, way, half));
        }
    }
    let mut partner = HashMap::new();
    for arms in at.values() {
        let mut pairs = Vec::new();
        for (i, a) in arms.iter().enumerate() {
            for b in &arms[i + 1..] {
                let straight = a.1.dot(b.1);
                let alike = a.2.max(b.2) < 1.35 * a.2.min(b.2) + 0.5;
                if a.0.branch != b.0.branch && (arms.len() == 2 || (straight < -0.86 && alike)) {
                    pairs.push((straight, a.0, b.0));
                }
            }
        }
        pairs.sort_by(|x, y| x.0.total_cmp(&y.0));
        for (_, a, b) in pairs {
            if !partner.contains_key(&a) && !partner.contains_key(&b) {
                partner.insert(a, b);
                partner.insert(b, a);
            }
        }
    }
    partner
}

/// The cells of a branch as a line without their steps.
fn smoothed(cells: &[usize], point: impl Fn(usize) -> DVec2) -> Vec<DVec2> {
    const REACH: usize = 4;
    (0..cells.len())
        .map(|i| {
            let reach = REACH.min(i).min(cells.len() - 1 - i);
            let near = &cells[i - reach..=i + reach];
            near.iter().map(|&cell| point(cell)).sum::<DVec2>() / near.len() as f64
        })
        .collect()
}

/// Thinning shortens streets that leave the picture: ends near its edge are carried on to it.
fn carried_out(mut line: Vec<DVec2>, mask: &Mask) -> Vec<DVec2> {
    let size = DVec2::new(mask.width as f64, mask.height as f64);
    let last = line.len() - 1;
    let mut carry = |last: usize, before: usize| {
        let (end, way) = (line[last], toward(line[before], line[last]));
        let to_edge = [
            (way.x < -0.5).then(|| end.x / -way.x),
            (way.x > 0.5).then(|| (size.x - end.x) / way.x),
            (way.y < -0.5).then(|| end.y / -way.y),
            (way.y > 0.5).then(|| (size.y - end.y) / way.y),
        ];
        let nearest = to_edge.into_iter().flatten().fold(f64::INFINITY, f64::min);
        if nearest < 24.0 {
            let probe = end + way * (0.5 * nearest);
            let cell = (probe.y as usize).min(mask.height - 1) * mask.width
                + (probe.x as usize).min(mask.width - 1);
            if mask.inside[cell] {
                line[last] = end + way * nearest;
            }
        }
    };
    if last > 0 && mask.width > 0 && mask.height > 0 {
        carry(0, 1);
        carry(last, last - 1);
    }
    line
}
