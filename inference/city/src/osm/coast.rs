//! The sea: coastlines have the land on their left, and the sea is what is left of the map on their right.

use glam::DVec2;

use crate::geometry;

/// Polygons of water within a rectangle. Lines that neither close nor cross the rectangle are passed over.
pub(super) fn sea(lines: &[Vec<DVec2>], low: DVec2, high: DVec2) -> Vec<Vec<DVec2>> {
    let mut seas = Vec::new();
    let mut islands = Vec::new();
    let mut crossing: Vec<Vec<DVec2>> = Vec::new();
    for line in joined(lines) {
        let closed = line.len() > 3 && line.first() == line.last();
        let inside = line
            .iter()
            .all(|p| p.cmpgt(low).all() && p.cmplt(high).all());
        if closed && inside {
            // Counter-clockwise: land within; clockwise: a lake by mistake, but water all the same.
            if geometry::area(&line) < 0.0 {
                seas.push(line);
            } else {
                islands.push(line);
            }
        } else {
            crossing.extend(clip(&carried_on(line, low, high), low, high));
        }
    }
    seas.extend(close(crossing, low, high));
    // Islands lie on the sea: they come out by the even-odd rule, as a spike to the island's ring and back.
    for island in islands {
        if let Some(sea) = seas
            .iter_mut()
            .find(|sea| geometry::contains(sea, island[0]))
        {
            let end = sea[sea.len() - 1];
            sea.extend(&island);
            sea.push(end);
        }
    }
    seas
}

/// A line whose ends, where a map was cut out of a larger one, are carried on straight out of the rectangle.
fn carried_on(mut line: Vec<DVec2>, low: DVec2, high: DVec2) -> Vec<DVec2> {
    let largest = 0.12 * (high - low).max_element();
    let outside = |p: DVec2| {
        let ways = [
            (p.x - low.x, DVec2::NEG_X),
            (high.x - p.x, DVec2::X),
            (p.y - low.y, DVec2::NEG_Y),
            (high.y - p.y, DVec2::Y),
        ];
        ways.into_iter()
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(distance, _)| (0.0..largest).contains(distance))
            .map(|(distance, out)| p + out * (distance + 1.0))
    };
    if let Some(before) = line.first().and_then(|&p| outside(p)) {
        line.insert(0, before);
    }
    if let Some(after) = line.last().and_then(|&p| outside(p)) {
        line.push(after);
    }
    line
}

/// Lines joined where one begins at the end of another.
fn joined(lines: &[Vec<DVec2>]) -> Vec<Vec<DVec2>> {
    let mut open: Vec<Vec<DVec2>> = lines
        .iter()
        .filter(|line| line.len() >= 2)
        .cloned()
        .collect();
    let mut done = Vec::new();
    while let Some(mut line) = open.pop() {
        let mut grown = true;
        while grown {
            grown = false;
            let ends = (line.first().copied(), line.last().copied());
            if ends.0 == ends.1 {
                break;
            }
            if let Some(next) = open
                .iter()
                .position(|other| other.first().copied() == ends.1)
            {
                line.extend(open.swap_remove(next).into_iter().skip(1));
                grown = true;
            } else if let Some(before) = open
                .iter()
                .position(|other| other.last().copied() == ends.0)
            {
                let mut longer = open.swap_remove(before);
                longer.extend(line.into_iter().skip(1));
                line = longer;
                grown = true;
            }
        }
        done.push(line);
    }
    done
}

/// The parts of a line inside a rectangle that enter and leave it.
fn clip(line: &[DVec2], low: DVec2, high: DVec2) -> Vec<Vec<DVec2>> {
    let mut parts: Vec<Vec<DVec2>> = Vec::new();
    let mut current: Vec<DVec2> = Vec::new();
    for pair in line.windows(2) {
        let Some((s, t)) = visible(pair[0], pair[1], low, high) else {
            continue;
        };
        let at = |t: f64| pair[0] + (pair[1] - pair[0]) * t;
        if s > 0.0 || current.is_empty() {
            current = vec![at(s)];
        }
        current.push(at(t));
        if t < 1.0 {
            parts.push(std::mem::take(&mut current));
        }
    }
    if current.len() > 1 {
        parts.push(current);
    }
    let on_border = |p: &DVec2| position(*p, low, high).is_some();
    parts.retain(|part| part.first().is_some_and(on_border) && part.last().is_some_and(on_border));
    parts
}

/// The part of a segment inside a rectangle (Liang and Barsky 1984).
fn visible(a: DVec2, b: DVec2, low: DVec2, high: DVec2) -> Option<(f64, f64)> {
    let d = b - a;
    let (mut s, mut t) = (0.0f64, 1.0f64);
    for (delta, from, min, max) in [(d.x, a.x, low.x, high.x), (d.y, a.y, low.y, high.y)] {
        if delta.abs() < 1e-12 {
            if from < min || from > max {
                return None;
            }
            continue;
        }
        let (u, v) = ((min - from) / delta, (max - from) / delta);
        s = s.max(u.min(v));
        t = t.min(u.max(v));
    }
    (s < t).then_some((s, t))
}

/// How far around the rectangle a point of its border lies, clockwise from the south-western corner: 0..4.
fn position(p: DVec2, low: DVec2, high: DVec2) -> Option<f64> {
    let f = (p - low) / (high - low);
    let near = 1e-6;
    if f.x.abs() < near {
        Some(f.y)
    } else if (f.y - 1.0).abs() < near {
        Some(1.0 + f.x)
    } else if (f.x - 1.0).abs() < near {
        Some(3.0 - f.y)
    } else if f.y.abs() < near {
        Some(4.0 - f.x)
    } else {
        None
    }
}

/// Joins parts along the border into rings with the water on the right: clockwise from where one leaves to where the
/// next one enters.
fn close(mut parts: Vec<Vec<DVec2>>, low: DVec2, high: DVec2) -> Vec<Vec<DVec2>> {
    let corners = [
        low,
        DVec2::new(low.x, high.y),
        high,
        DVec2::new(high.x, low.y),
    ];
    let place = |p: Option<&DVec2>| p.and_then(|p| position(*p, low, high)).unwrap_or(0.0);
    let mut rings = Vec::new();
    while let Some(mut ring) = parts.pop() {
        loop {
            let from = place(ring.last());
            let ahead = |to: f64| (to - from).rem_euclid(4.0);
            let own = ahead(place(ring.first()));
            let next = parts
                .iter()
                .enumerate()
                .map(|(i, part)| (ahead(place(part.first())), i))
                .filter(|(distance, _)| *distance < own)
                .min_by(|a, b| a.0.total_cmp(&b.0));
            let to = next.map_or(own, |(distance, _)| distance);
            let mut passed: Vec<(f64, DVec2)> = (0..4)
                .map(|k| (ahead(k as f64), corners[k]))
                .filter(|(distance, _)| *distance > 0.0 && *distance < to)
                .collect();
            passed.sort_by(|a, b| a.0.total_cmp(&b.0));
            ring.extend(passed.into_iter().map(|(_, corner)| corner));
            match next {
                Some((_, i)) => ring.extend(parts.swap_remove(i)),
                None => break,
            }
        }
        rings.push(ring);
    }
    rings
}
