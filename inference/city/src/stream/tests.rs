use std::time::{Duration, Instant};

use glam::DVec2;

use super::*;

fn covers_once(shown: &BTreeSet<Patch>, eye: DVec3, reach: &Reach) -> Result<(), String> {
    for dx in -8..=8 {
        for dy in -8..=8 {
            let step = DVec2::new(f64::from(dx), f64::from(dy)) * f64::from(reach.distance) / 9.0;
            let point = eye.truncate() + step * 0.7 + 0.123;
            let over = shown
                .iter()
                .filter(|p| p.holds(Patch::at(FINEST, point)))
                .count();
            if over != 1 {
                return Err(format!("{over} patches over {point}"));
            }
        }
    }
    Ok(())
}

fn settle(streamer: &mut Streamer<Patch>, eye: DVec3) -> BTreeSet<Patch> {
    let begin = Instant::now();
    loop {
        streamer.update(eye, eye, usize::MAX);
        if streamer.is_settled() {
            return streamer.shown().clone();
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "{streamer:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn streamer(reach: Reach) -> Streamer<Patch> {
    Streamer::new(reach, 2, Box::new(|patch, _| Some(patch)))
}

#[test]
fn leaves_cover_the_reach_once_and_are_fine_near_the_eye() {
    let reach = Reach::default();
    let eye = DVec3::new(1234.5, -987.0, 1.7);
    let leaves: BTreeSet<Patch> = wanted(eye, &reach, &BTreeSet::new()).into_iter().collect();
    covers_once(&leaves, eye, &reach).expect("once");
    let under = leaves
        .iter()
        .find(|p| p.distance(eye) < 2.0)
        .expect("there");
    assert_eq!(under.level, reach.finest);
    let far = leaves.iter().find(|p| p.distance(eye) > 1400.0);
    assert!(far.is_some_and(|p| p.stride() >= 2.0), "{far:?}");
}

#[test]
fn a_flight_always_has_ground_below_it_and_forgets_what_is_behind() {
    let reach = Reach::default();
    let mut streamer = streamer(reach.clone());
    let mut eye = DVec3::new(0.0, 0.0, 30.0);
    let mut held = settle(&mut streamer, eye);
    let most = held.len();
    for step in 0..200 {
        eye.x += 17.0;
        eye.y += 5.0 * f64::from(step % 7 - 3);
        let change = streamer.update(eye, eye + DVec3::X * 60.0, 8);
        for patch in change.drop {
            assert!(held.remove(&patch), "{patch:?} was not there");
        }
        for (patch, made) in change.show {
            assert_eq!(patch, made);
            assert!(held.insert(patch), "{patch:?} was there");
        }
        assert_eq!(&held, streamer.shown());
        let near = Reach {
            distance: 500.0,
            ..reach.clone()
        };
        covers_once(&held, eye, &near).expect("ground");
        // A busy machine may need a moment; whoever flies slower than it makes patches never sees the end.
        while streamer.missing() > 60 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(held.len() < 2 * most, "{} patches", held.len());
    }
    // Wherever it came from, the same is there in the end, but for what inertia holds a little longer.
    let here: BTreeSet<Patch> = settle(&mut streamer, eye);
    covers_once(&here, eye, &reach).expect("once");
}

#[test]
fn a_changed_plan_is_made_again_without_a_hole() {
    let mut streamer = streamer(Reach::default());
    let eye = DVec3::new(10.0, 20.0, 40.0);
    let before = settle(&mut streamer, eye);
    let spot = Patch::at(FINEST, DVec2::new(12.0, 22.0));
    streamer.remake(|patch| patch.holds(spot));
    let begin = Instant::now();
    loop {
        let change = streamer.update(eye, eye, usize::MAX);
        if let Some((patch, _)) = change.show.first() {
            assert!(patch.holds(spot) && change.drop == [*patch], "{change:?}");
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "{streamer:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(streamer.shown(), &before);
}

#[test]
fn what_is_kept_is_left_out_and_nothing_else() {
    let mut reach = Reach::default();
    let eye = DVec3::new(700.0, 700.0, 30.0);
    let kept = Patch::at(5, DVec2::new(400.0, 300.0));
    reach.kept.push(kept);
    let leaves: BTreeSet<Patch> = wanted(eye, &reach, &BTreeSet::new()).into_iter().collect();
    assert!(!leaves.iter().any(|p| p.holds(kept) || kept.holds(*p)));
    let with: BTreeSet<Patch> = leaves.into_iter().chain([kept]).collect();
    covers_once(&with, eye, &reach).expect("no other hole");
}

#[test]
fn a_plan_that_ends_is_left_alone_outside() {
    let reach = Reach {
        bounds: Some((DVec2::ZERO, DVec2::splat(300.0))),
        ..Reach::default()
    };
    let leaves = wanted(DVec3::new(150.0, 150.0, 2.0), &reach, &BTreeSet::new());
    let outside = leaves
        .iter()
        .filter(|p| p.origin().x >= 300.0 || p.origin().y + f64::from(p.side()) <= 0.0);
    assert_eq!(outside.count(), 0);
    assert!(!leaves.is_empty(), "inside there is something");
}
