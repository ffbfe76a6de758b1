//! The one port through which slow work speaks: parts of a result, progress, and the wish to stop.

/// The receiver no longer wants the result; the worker unwinds without a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// How far a job has come: a stage name for people, and an amount.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What is being done now, as shown to the artist ("Fitting the head").
    pub stage: String,
    /// Units done, of [`Self::total`].
    pub done: u64,
    /// Units in all; 0 where the amount is unknown.
    pub total: u64,
}

impl Progress {
    /// Progress of a named stage.
    pub fn new(stage: impl Into<String>, done: u64, total: u64) -> Self {
        Self {
            stage: stage.into(),
            done,
            total,
        }
    }

    /// Share done in 0..=1, or `None` where the amount is unknown.
    pub fn fraction(&self) -> Option<f32> {
        (self.total > 0).then(|| (self.done as f32 / self.total as f32).clamp(0.0, 1.0))
    }
}

/// Hears how far a work is that hands over its result in one piece; an error stops the work.
pub type Listen<'a> = dyn FnMut(Progress) -> Result<(), Cancelled> + 'a;

/// Takes the parts of a result as they are made.
pub trait Sink<T> {
    /// Hands over one part; blocks while the reader is behind.
    fn push(&mut self, part: T) -> Result<(), Cancelled>;

    /// Reports progress; also the place where a worker learns that it should stop.
    fn progress(&mut self, progress: Progress) -> Result<(), Cancelled>;
}

/// Collects everything and never cancels; for tests and the command line.
#[derive(Debug, Default)]
pub struct Collect<T> {
    /// The parts in order of arrival.
    pub parts: Vec<T>,
}

impl<T> Sink<T> for Collect<T> {
    fn push(&mut self, part: T) -> Result<(), Cancelled> {
        self.parts.push(part);
        Ok(())
    }

    fn progress(&mut self, _progress: Progress) -> Result<(), Cancelled> {
        Ok(())
    }
}
