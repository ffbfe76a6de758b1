//! Slow work on its own named thread, heard through a bounded channel.
//!
//! The window polls [`Background::poll`] once a frame. Dropping the handle cancels the work; a panic
//! in the work arrives as an error and nothing else is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, SendTimeoutError, Sender, bounded};
use scene::{Cancelled, Progress, Sink};

/// Parts that may wait before the worker is held back.
const WAITING: usize = 8;
/// How often a held-back worker looks whether it should stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// What work on a thread reports.
#[derive(Debug)]
pub enum Event<T, R> {
    /// How far it is.
    Progress(Progress),
    /// A part of the result.
    Part(T),
    /// The end.
    Done(anyhow::Result<R>),
}

/// Wakes the window when there is something to hear.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Work on a thread. Dropping it cancels.
#[derive(Debug)]
pub struct Background<T, R> {
    events: Receiver<Event<T, R>>,
    cancelled: Arc<AtomicBool>,
}

impl<T: Send + 'static, R: Send + 'static> Background<T, R> {
    /// Starts `work` on a thread called `name`.
    pub fn start(
        name: &str,
        wake: Wake,
        work: impl FnOnce(&mut dyn Sink<T>) -> anyhow::Result<R> + Send + 'static,
    ) -> Self {
        let (sender, events) = bounded(WAITING);
        let cancelled = Arc::new(AtomicBool::new(false));
        let mut port = Port {
            sender: sender.clone(),
            cancelled: Arc::clone(&cancelled),
            wake: Arc::clone(&wake),
        };
        let run = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut port)));
            let result = outcome.unwrap_or_else(|panic| Err(panic_error(&*panic)));
            drop(port.sender.send(Event::Done(result)));
            (port.wake)();
        };
        if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(run) {
            let failed = anyhow::Error::new(error).context("the system gives no more threads");
            drop(sender.try_send(Event::Done(Err(failed))));
            wake();
        }
        Self { events, cancelled }
    }

    /// What has arrived since the last call.
    pub fn poll(&self) -> impl Iterator<Item = Event<T, R>> + '_ {
        self.events.try_iter()
    }

    /// The end, where it has come; parts and progress before it are skipped.
    pub fn result(&self) -> Option<anyhow::Result<R>> {
        self.poll().find_map(|event| match event {
            Event::Done(result) => Some(result),
            Event::Progress(_) | Event::Part(_) => None,
        })
    }

    /// Asks the work to stop at its next report.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl<T, R> Drop for Background<T, R> {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

fn panic_error(panic: &(dyn std::any::Any + Send)) -> anyhow::Error {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| String::from("no further words"));
    anyhow::anyhow!(
        "this stopped by a programming error ({text}); your scene is unchanged, please report it"
    )
}

struct Port<T, R> {
    sender: Sender<Event<T, R>>,
    cancelled: Arc<AtomicBool>,
    wake: Wake,
}

impl<T, R> Port<T, R> {
    fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Ordering::Relaxed) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }
}

impl<T, R> Sink<T> for Port<T, R> {
    fn push(&mut self, part: T) -> Result<(), Cancelled> {
        let mut event = Event::Part(part);
        loop {
            self.check()?;
            match self.sender.send_timeout(event, PATIENCE) {
                Ok(()) => {
                    (self.wake)();
                    return Ok(());
                }
                Err(SendTimeoutError::Timeout(unsent)) => event = unsent,
                Err(SendTimeoutError::Disconnected(_)) => return Err(Cancelled),
            }
        }
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Cancelled> {
        self.check()?;
        // A full channel means that the window is behind; it will hear the next report.
        if self.sender.try_send(Event::Progress(progress)).is_ok() {
            (self.wake)();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent() -> Wake {
        Arc::new(|| {})
    }

    fn wait<T: Send + 'static, R: Send + 'static>(job: &Background<T, R>) -> anyhow::Result<R> {
        loop {
            if let Some(result) = job.result() {
                return result;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn parts_arrive_in_order_before_the_end() {
        let job = Background::<u32, &str>::start("test", silent(), |sink| {
            for i in 0..100 {
                sink.push(i)?;
            }
            Ok("done")
        });
        let mut parts = Vec::new();
        let end = loop {
            let mut end = None;
            for event in job.poll() {
                match event {
                    Event::Part(part) => parts.push(part),
                    Event::Done(result) => end = Some(result),
                    Event::Progress(_) => {}
                }
            }
            if let Some(end) = end {
                break end;
            }
        };
        assert_eq!(parts, (0..100).collect::<Vec<u32>>(), "all parts, in order");
        assert_eq!(end.unwrap(), "done", "the result");
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let job = Background::<(), ()>::start("test", silent(), |_| {
            let nothing: Option<u32> = None;
            assert!(nothing.is_some(), "broken on purpose");
            Ok(())
        });
        let error = wait(&job).unwrap_err().to_string();
        assert!(error.contains("broken on purpose"), "{error}");
    }

    #[test]
    fn cancelling_stops_work_that_is_held_back() {
        let job = Background::<u32, ()>::start("test", silent(), |sink| {
            for i in 0.. {
                sink.push(i)?;
            }
            Ok(())
        });
        job.cancel();
        let error = wait(&job).unwrap_err();
        assert!(error.is::<Cancelled>(), "{error}");
    }
}
