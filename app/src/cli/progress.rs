//! Progress on standard error: one line that changes on a terminal, one line a stage elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use scene::{Cancelled, Progress, Sink};

/// Shows progress; never cancels.
pub(crate) struct Terminal {
    interactive: bool,
    stage: String,
    drawn: Option<Instant>,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self {
            interactive: std::io::stderr().is_terminal(),
            stage: String::new(),
            drawn: None,
        }
    }

    /// Shows how far a job is.
    pub(crate) fn show(&mut self, progress: &Progress) {
        let is_new = progress.stage != self.stage;
        if !self.interactive {
            // What is over already needs no line.
            if is_new && progress.fraction() != Some(1.0) {
                eprintln!("{}", progress.stage);
            }
        } else if is_new
            || self
                .drawn
                .is_none_or(|t| t.elapsed() > Duration::from_millis(80))
        {
            let share = progress
                .fraction()
                .map(|f| format!(" {:3.0} %", 100.0 * f))
                .unwrap_or_default();
            eprint!("\r\x1b[K{}{share}", progress.stage);
            // A terminal that cannot be written to is no reason to stop working.
            let _ = std::io::stderr().flush();
            self.drawn = Some(Instant::now());
        }
        if is_new {
            self.stage.clone_from(&progress.stage);
        }
    }

    /// Writes a line that stays.
    pub(crate) fn say(&mut self, text: &str) {
        self.clear();
        eprintln!("{text}");
    }

    /// Removes the changing line.
    pub(crate) fn clear(&mut self) {
        if self.interactive && self.drawn.take().is_some() {
            eprint!("\r\x1b[K");
        }
        self.stage.clear();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Parts of a file or an export need no words.
impl<T> Sink<T> for Terminal {
    fn push(&mut self, _part: T) -> Result<(), Cancelled> {
        Ok(())
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Cancelled> {
        self.show(&progress);
        Ok(())
    }
}
