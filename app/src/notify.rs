//! Short messages at the edge of the picture: it worked, take note, it failed and what to do now.

use std::time::{Duration, Instant};

/// How a notice looks and how long it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Goes by itself after a few seconds.
    Info,
    /// Goes by itself after a few seconds.
    Success,
    /// Stays until it is answered or dismissed.
    Question,
    /// Stays until it is dismissed.
    Error,
}

/// The next right thing that a notice offers.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Text of the button.
    pub label: String,
    /// What the button does.
    pub wish: crate::cx::Wish,
}

/// One message.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Names it for dismissing.
    pub id: u64,
    /// How it looks.
    pub tone: Tone,
    /// What happened, to which thing.
    pub title: String,
    /// Why, and what to do now; may be empty.
    pub detail: String,
    /// A button, if there is a next right thing.
    pub offer: Option<Offer>,
    born: Instant,
}

impl Notice {
    /// How long an info or a success stays; one with a button longer.
    fn life(&self) -> Duration {
        Duration::from_secs(if self.offer.is_some() { 12 } else { 5 })
    }

    fn stays(&self) -> bool {
        matches!(self.tone, Tone::Question | Tone::Error)
    }

    fn is_over(&self, now: Instant) -> bool {
        !self.stays() && now.duration_since(self.born) > self.life()
    }
}

/// The messages that are shown now, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
    next_id: u64,
}

impl Notices {
    /// More than this would cover the picture; the oldest goes.
    const MOST: usize = 4;

    /// Shows a message.
    pub fn show(&mut self, tone: Tone, title: impl Into<String>, detail: impl Into<String>) {
        self.offer(tone, title, detail, None);
    }

    /// Shows a message with a button.
    pub fn offer(
        &mut self,
        tone: Tone,
        title: impl Into<String>,
        detail: impl Into<String>,
        offer: Option<Offer>,
    ) {
        let (title, detail) = (title.into(), detail.into());
        match tone {
            Tone::Error => log::error!("{title}. {detail}"),
            Tone::Info | Tone::Question | Tone::Success => log::info!("{title}. {detail}"),
        }
        self.shown
            .retain(|notice| notice.title != title || notice.detail != detail);
        self.next_id += 1;
        self.shown.push(Notice {
            id: self.next_id,
            tone,
            title,
            detail,
            offer,
            born: Instant::now(),
        });
        if self.shown.len() > Self::MOST {
            self.shown.remove(0);
        }
    }

    /// Shows an error: its headline, and its causes as the detail.
    pub fn error(&mut self, title: impl Into<String>, error: &anyhow::Error) {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        self.show(Tone::Error, title, sentence(&causes.join(": ")));
    }

    /// Takes one away.
    pub fn dismiss(&mut self, id: u64) {
        self.shown.retain(|notice| notice.id != id);
    }

    /// Takes those away that offer what has been done meanwhile.
    pub fn dismiss_offers(&mut self, done: impl Fn(&crate::cx::Wish) -> bool) {
        let stale = |notice: &Notice| notice.offer.as_ref().is_some_and(|offer| done(&offer.wish));
        self.shown.retain(|notice| !stale(notice));
    }

    /// Drops what is over; how long until the next one ends, if any will.
    pub fn tick(&mut self, now: Instant) -> Option<Duration> {
        self.shown.retain(|notice| !notice.is_over(now));
        self.shown
            .iter()
            .filter(|notice| !notice.stays())
            .map(|notice| {
                notice
                    .life()
                    .saturating_sub(now.duration_since(notice.born))
            })
            .min()
    }

    /// What is shown, oldest first.
    pub fn shown(&self) -> &[Notice] {
        &self.shown
    }
}

/// `text` with a capital letter, for messages of libraries that start lower-case.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_go_and_errors_stay() {
        let mut notices = Notices::default();
        notices.show(Tone::Info, "saved", "");
        notices.show(Tone::Error, "failed", "disk full");
        let later = Instant::now() + Duration::from_secs(60);
        assert_eq!(notices.tick(later), None, "nothing is left that ends");
        let left: Vec<&str> = notices.shown().iter().map(|n| n.title.as_str()).collect();
        assert_eq!(left, ["failed"], "only the error stays");
    }

    #[test]
    fn the_same_message_is_shown_once() {
        let mut notices = Notices::default();
        for _ in 0..3 {
            notices.show(Tone::Error, "failed", "disk full");
        }
        assert_eq!(notices.shown().len(), 1, "repeats replace each other");
    }
}
