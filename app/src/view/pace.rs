//! How sharp to draw: slow frames are drawn at half size and of merged splats while the view moves, and
//! whole when it rests.

use std::time::{Duration, Instant};

use renderer::Detail;

/// A whole frame slower than this is halved while the view moves, milliseconds.
const SMOOTH_MS: f32 = 45.0;
/// What merged splats may be off in a moving picture, px.
const MOVING_TOLERANCE_PX: f32 = 1.0;
/// By which share of that nodes may err more until finer ones have taken over.
const MOVING_FADE: f32 = 0.5;
/// However slow, so many splats are drawn.
const FEWEST: f32 = 100_000.0;
/// So long after the last change the picture is drawn whole: where that takes long, later, as nothing else is
/// drawn meanwhile.
const SETTLED: Duration = Duration::from_millis(160);
const SETTLED_LATEST: Duration = Duration::from_millis(500);
/// Changes that come in the time of a whole frame belong to one motion, up to this: a window that slow frames
/// keep busy looks seldom.
const LONGEST_GAP: Duration = Duration::from_secs(1);

/// Decides about the next frame.
#[derive(Debug)]
pub(super) struct Pace {
    whole_ms: f32,
    last_change: Option<Instant>,
    /// The last frame was whole and nothing has changed since.
    sharp: bool,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            whole_ms: 0.0,
            last_change: None,
            sharp: false,
        }
    }

    /// Size of the next frame as a share of the viewport; none where the picture is right already.
    pub(super) fn next(&mut self, changed: bool, now: Instant) -> Option<f32> {
        if changed {
            // The first change after a rest is drawn whole: it may be the only one.
            let moving = self.changed_within(self.gap(), now);
            self.last_change = Some(now);
            self.sharp = false;
            return Some(if moving && self.whole_ms > SMOOTH_MS {
                0.5
            } else {
                1.0
            });
        }
        let may_go_on = self.changed_within(self.rest(), now);
        if self.sharp || (self.whole_ms > SMOOTH_MS && may_go_on) {
            return None;
        }
        Some(1.0)
    }

    /// How finely a frame of this size is drawn, of so many splats.
    pub(super) fn detail(&self, scale: f32, splats: u32) -> Detail {
        if scale >= 1.0 {
            return Detail::Exact;
        }
        let affordable = splats as f32 * SMOOTH_MS / self.whole_ms;
        Detail::Coarse {
            tolerance_px: MOVING_TOLERANCE_PX,
            budget: affordable.max(FEWEST) as u32,
            fade: MOVING_FADE,
        }
    }

    /// Notes a change that cannot be drawn yet.
    pub(super) fn touch(&mut self, now: Instant) {
        self.last_change = Some(now);
        self.sharp = false;
    }

    /// Whether the last frame was whole and nothing has changed since.
    pub(super) fn is_sharp(&self) -> bool {
        self.sharp
    }

    fn changed_within(&self, time: Duration, now: Instant) -> bool {
        self.last_change
            .is_some_and(|then| now.duration_since(then) < time)
    }

    fn whole(&self) -> Duration {
        Duration::from_millis(self.whole_ms.clamp(0.0, 1e4) as u64)
    }

    /// Changes no further apart belong to one motion.
    fn gap(&self) -> Duration {
        self.whole().clamp(SETTLED, LONGEST_GAP)
    }

    /// So long after the last change the picture rests.
    fn rest(&self) -> Duration {
        (self.whole() / 2).clamp(SETTLED, SETTLED_LATEST)
    }

    /// Notes that a frame of this size is being drawn; when to look again, if it was not whole.
    pub(super) fn began(&mut self, scale: f32) -> Option<Duration> {
        self.sharp = scale >= 1.0;
        (!self.sharp).then_some(self.rest())
    }

    /// Notes how long a frame of this size took.
    pub(super) fn took(&mut self, scale: f32, ms: f32) {
        if scale >= 1.0 {
            self.whole_ms = ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_frames_are_halved_while_moving_and_whole_at_rest() {
        let mut pace = Pace::new();
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!(
            pace.next(true, at(0)),
            Some(1.0),
            "the first frame is whole"
        );
        pace.began(1.0);
        pace.took(1.0, 200.0);
        assert_eq!(pace.next(true, at(50)), Some(0.5), "the next ones are not");
        assert!(pace.began(0.5).is_some(), "and are looked at again");
        assert_eq!(pace.next(false, at(100)), None, "not while it may go on");
        assert_eq!(pace.next(false, at(300)), Some(1.0), "then the whole one");
        pace.began(1.0);
        assert_eq!(pace.next(false, at(900)), None, "and nothing more");
    }

    #[test]
    fn a_window_that_looks_seldom_still_moves() {
        let mut pace = Pace::new();
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        pace.next(true, at(0));
        pace.began(1.0);
        pace.took(1.0, 700.0);
        for look in [300, 600, 900] {
            assert_eq!(pace.next(true, at(look)), Some(0.5), "{look} ms");
            let again = pace.began(0.5);
            assert_eq!(again, Some(Duration::from_millis(350)), "half of a frame");
        }
        assert_eq!(pace.next(false, at(1100)), None, "the motion may go on");
        assert_eq!(pace.next(false, at(1300)), Some(1.0), "it rests");
        pace.began(1.0);
        assert_eq!(pace.next(true, at(3000)), Some(1.0), "a change of its own");
    }

    #[test]
    fn slow_frames_are_drawn_of_as_many_splats_as_time_allows() {
        let mut pace = Pace::new();
        pace.took(1.0, 450.0);
        assert_eq!(pace.detail(1.0, 5_000_000), Detail::Exact, "at rest");
        let Detail::Coarse { budget, .. } = pace.detail(0.5, 5_000_000) else {
            panic!("a moving picture is coarse");
        };
        assert_eq!(
            budget, 500_000,
            "a tenth of the time, a tenth of the splats"
        );
    }

    #[test]
    fn fast_frames_are_always_whole() {
        let mut pace = Pace::new();
        let now = Instant::now();
        pace.took(1.0, 8.0);
        for _ in 0..3 {
            assert_eq!(pace.next(true, now), Some(1.0), "whole");
            assert_eq!(pace.began(1.0), None, "and final");
        }
    }
}
