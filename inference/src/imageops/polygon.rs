//! Filled polygons.

use glam::Vec2;

use super::Grid;

/// The pixels whose centres lie inside a closed polygon (even-odd rule); points in pixels.
pub fn fill_polygon(points: &[Vec2], grid: Grid) -> Vec<bool> {
    let mut mask = vec![false; grid.len()];
    if points.len() < 3 || points.iter().any(|p| !p.is_finite()) {
        return mask;
    }
    let mut crossings = Vec::new();
    for y in 0..grid.height {
        let level = y as f32 + 0.5;
        crossings.clear();
        for (i, a) in points.iter().enumerate() {
            let b = points[(i + 1) % points.len()];
            if (a.y <= level) != (b.y <= level) {
                crossings.push(a.x + (level - a.y) / (b.y - a.y) * (b.x - a.x));
            }
        }
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.as_chunks::<2>().0 {
            let first = (pair[0] - 0.5).ceil().max(0.0) as usize;
            let end = ((pair[1] - 0.5).floor() + 1.0).max(0.0) as usize;
            for x in first..end.min(grid.width) {
                mask[grid.index(x, y)] = true;
            }
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_fills_its_pixels_and_is_cut_by_the_picture() {
        let grid = Grid::new(6, 5);
        let corners = [(1.0, 1.0), (9.0, 1.0), (9.0, 3.0), (1.0, 3.0)];
        let points: Vec<Vec2> = corners.map(Vec2::from).to_vec();
        let mask = fill_polygon(&points, grid);
        for (i, inside) in mask.iter().enumerate() {
            let (x, y) = grid.position(i);
            assert_eq!(*inside, x >= 1 && (1..3).contains(&y), "pixel {x},{y}");
        }
    }

    #[test]
    fn nothing_is_inside_a_line() {
        let grid = Grid::new(4, 4);
        let line = [Vec2::ZERO, Vec2::splat(4.0)];
        assert!(fill_polygon(&line, grid).iter().all(|m| !m), "no area");
    }
}
