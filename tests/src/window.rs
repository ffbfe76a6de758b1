//! The real window on a virtual display, moved by real pointer and key events (xdotool).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::RgbImage;
use serde_json::Value;

use crate::display::Display;
use crate::studio::{self, wait_for};

/// How long anything may take on a slow machine in a debug build.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// A running window; ended when dropped.
#[derive(Debug)]
pub struct Window {
    process: Child,
    /// The screen that it fills.
    pub display: Display,
    /// Where a driven window keeps its settings, and tests their files.
    pub folder: tempfile::TempDir,
    id: String,
    started: Instant,
}

impl Window {
    /// Opens the window with files on its command line, or says in one line why the test skips.
    pub fn open(size: [u32; 2], files: &[&Path]) -> Option<Self> {
        Self::open_with(size, files, &Value::Null)
    }

    /// The same with settings as the window remembers them; see `app::persist::Settings`.
    ///
    /// # Panics
    /// When it does not appear.
    pub fn open_with(size: [u32; 2], files: &[&Path], settings: &Value) -> Option<Self> {
        Self::open_in(studio::settings(), size, files, settings)
    }

    /// Opens the potted plant of 113 648 splats and waits until it rests; says in one line why the test skips.
    ///
    /// # Panics
    /// When it does not appear.
    pub fn open_plant(size: [u32; 2], settings: &Value) -> Option<Self> {
        let plant = crate::shared_data("splats/derived/plant_113k_sh0.ply")?;
        let mut window = Self::open_with(size, &[&plant], settings)?;
        window.wait("the plant", |state| {
            state["splats"] == 113_648 && state["jobs"].as_array().is_some_and(Vec::is_empty)
        });
        window.wait_until_still();
        Some(window)
    }

    /// The same in a settings folder that an earlier window left.
    ///
    /// # Panics
    /// When it does not appear.
    pub fn open_in(
        folder: tempfile::TempDir,
        size: [u32; 2],
        files: &[&Path],
        settings: &Value,
    ) -> Option<Self> {
        if Command::new("xdotool").arg("version").output().is_err() {
            eprintln!(
                "skipped: there is no xdotool on this machine (cargo xtask test installs it)"
            );
            return None;
        }
        let display = Display::start(size[0], size[1])?;
        // What an earlier window said last must not be taken for news.
        let _ = std::fs::remove_file(folder.path().join("status.json"));
        let mut settings = settings.as_object().cloned().unwrap_or_default();
        let place = serde_json::json!({ "size": size, "maximized": false });
        settings.insert(String::from("window"), place);
        let settings_file = folder.path().join("settings.json");
        let written = std::fs::write(&settings_file, Value::Object(settings).to_string());
        assert!(written.is_ok(), "no settings: {}", settings_file.display());
        let log = std::fs::File::create(folder.path().join("log.txt"));
        let started = Instant::now();
        let process = studio::command(folder.path())
            .args(files)
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("SPLATWRIGHT_STATUS", folder.path().join("status.json"))
            .env(
                "SPLATWRIGHT_SOFTWARE",
                std::env::var_os("SPLATWRIGHT_SOFTWARE").unwrap_or_default(),
            )
            .stderr(log.map_or_else(|_| Stdio::null(), Stdio::from))
            .spawn();
        let process = match process {
            Ok(process) => process,
            Err(error) => panic!("{}: {error}", studio::binary().display()),
        };
        let mut window = Self {
            process,
            display,
            folder,
            id: String::new(),
            started,
        };
        window.id = window.find();
        // Without a window manager nobody hands out the keyboard.
        window.xdotool(&["windowmove", &window.id, "0", "0"]);
        window.xdotool(&["windowfocus", &window.id]);
        window.wait("the first frame", |state| state["first_frame_ms"].is_u64());
        Some(window)
    }

    fn find(&mut self) -> String {
        let pid = self.process.id().to_string();
        let found = wait_for(PATIENCE, || {
            self.assert_alive();
            let ids = self.xdotool(&["search", "--onlyvisible", "--pid", &pid]);
            ids.lines().last().map(str::to_owned)
        });
        match found {
            Some(id) => id,
            None => panic!("no window appeared:\n{}", self.log()),
        }
    }

    /// Milliseconds since the process was started.
    pub fn age_ms(&self) -> u128 {
        self.started.elapsed().as_millis()
    }

    /// What the window wrote about itself.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log.txt")).unwrap_or_default()
    }

    /// A path in the test's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The state last reported (see `app::probe`).
    pub fn state(&self) -> Value {
        std::fs::read(self.folder.path().join("status.json"))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or(Value::Null)
    }

    /// Waits until the state is as wanted, and returns it.
    ///
    /// # Panics
    /// When that does not happen in time, or the window ends.
    pub fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let found = wait_for(PATIENCE, || {
            self.assert_alive();
            let state = self.state();
            wanted(&state).then_some(state)
        });
        match found {
            Some(state) => state,
            None => panic!(
                "{what} did not come; the state is {}\n{}",
                self.state(),
                self.log()
            ),
        }
    }

    /// Waits until nothing runs and the screen has stopped changing; what it shows then.
    ///
    /// # Panics
    /// When it never comes to rest.
    pub fn wait_until_still(&mut self) -> RgbImage {
        self.wait("an idle window", |state| {
            state["jobs"].as_array().is_some_and(Vec::is_empty)
        });
        let mut last = self.picture();
        let mut rests = 0;
        let still = wait_for(PATIENCE, || {
            self.assert_alive();
            let now = self.picture();
            rests = if now == last && self.sleeps() {
                rests + 1
            } else {
                0
            };
            last = now;
            (rests >= 8).then_some(())
        });
        assert!(still.is_some(), "the screen never rests");
        last
    }

    /// Whether no thread of the window runs or wants to: a slow frame on a busy machine is not rest.
    fn sleeps(&self) -> bool {
        let Ok(threads) = std::fs::read_dir(format!("/proc/{}/task", self.process.id())) else {
            return true;
        };
        threads.flatten().all(|thread| {
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            // The state is the letter behind the name, which stands in parentheses.
            let state = stat
                .rsplit_once(')')
                .map_or("", |(_, rest)| rest.trim_start());
            !state.starts_with(['R', 'D'])
        })
    }

    /// Waits for a file to appear and be whole.
    ///
    /// # Panics
    /// When it does not appear in time.
    pub fn wait_for_file(&mut self, path: &Path) {
        let found = wait_for(PATIENCE, || {
            self.assert_alive();
            path.exists().then_some(())
        });
        assert!(
            found.is_some(),
            "{} was not written; the state is {}\n{}",
            path.display(),
            self.state(),
            self.log()
        );
    }

    /// Moves the pointer, in pixels of the window.
    pub fn point(&self, x: i32, y: i32) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
        pause(60);
    }

    /// Clicks with the left button.
    pub fn click(&self, x: i32, y: i32) {
        self.point(x, y);
        self.xdotool(&["click", "1"]);
        pause(200);
    }

    /// Clicks with the left button while Alt is held.
    pub fn alt_click(&self, x: i32, y: i32) {
        self.point(x, y);
        self.xdotool(&["keydown", "alt"]);
        pause(100);
        self.xdotool(&["click", "1"]);
        pause(200);
        self.xdotool(&["keyup", "alt"]);
        pause(100);
    }

    /// Clicks twice with the left button.
    pub fn double_click(&self, x: i32, y: i32) {
        self.point(x, y);
        self.xdotool(&["click", "--repeat", "2", "--delay", "80", "1"]);
        pause(200);
    }

    /// Drags with a button in ten steps.
    pub fn drag(&self, button: u32, from: [i32; 2], to: [i32; 2]) {
        let button = button.to_string();
        self.point(from[0], from[1]);
        self.xdotool(&["mousedown", &button]);
        for step in 1..=10 {
            let at = |axis: usize| from[axis] + (to[axis] - from[axis]) * step / 10;
            self.xdotool(&["mousemove", &at(0).to_string(), &at(1).to_string()]);
            pause(30);
        }
        self.xdotool(&["mouseup", &button]);
        pause(200);
    }

    /// Presses the left button and keeps it down.
    pub fn hold(&self, x: i32, y: i32) {
        self.point(x, y);
        self.xdotool(&["mousedown", "1"]);
    }

    /// Lets the left button go.
    pub fn release(&self) {
        self.xdotool(&["mouseup", "1"]);
        pause(200);
    }

    /// Draws around the corners with the left button, back to the first.
    pub fn lasso(&self, corners: &[[i32; 2]]) {
        let Some(first) = corners.first() else {
            return;
        };
        self.point(first[0], first[1]);
        self.xdotool(&["mousedown", "1"]);
        for pair in corners
            .windows(2)
            .chain([[corners[corners.len() - 1], *first].as_slice()])
        {
            for step in 1..=6 {
                let at = |axis: usize| pair[0][axis] + (pair[1][axis] - pair[0][axis]) * step / 6;
                self.xdotool(&["mousemove", &at(0).to_string(), &at(1).to_string()]);
                pause(20);
            }
        }
        self.xdotool(&["mouseup", "1"]);
        pause(200);
    }

    /// Turns the wheel: negative is away from the hand.
    pub fn wheel(&self, steps: i32) {
        let button = if steps < 0 { "4" } else { "5" };
        let count = steps.unsigned_abs().to_string();
        self.xdotool(&["click", "--repeat", &count, "--delay", "60", button]);
        pause(200);
    }

    /// Presses keys as xdotool names them: `ctrl+z`.
    pub fn key(&self, keys: &str) {
        self.xdotool(&["key", keys]);
        pause(200);
    }

    /// Types a text.
    pub fn type_text(&self, text: &str) {
        self.xdotool(&["type", "--delay", "12", "--", text]);
        pause(200);
    }

    /// Runs a command through the palette: what a new user would do.
    ///
    /// # Panics
    /// When the palette does not open.
    pub fn command(&mut self, name: &str) {
        self.key("ctrl+k");
        self.wait("the palette", |state| state["card_name"] == "palette");
        pause(300);
        self.type_text(name);
        pause(300);
        self.key("Return");
        self.wait("its end", |state| state["card_name"] != "palette");
    }

    /// What the screen shows now.
    pub fn picture(&self) -> RgbImage {
        self.display.picture()
    }

    /// Clicks the button of a card that is filled or outlined in this color, until the card is gone: a
    /// click on a window that has not drawn for a while may find nothing yet.
    ///
    /// # Panics
    /// When none is seen in time, or clicks do nothing.
    pub fn press(&mut self, color: [u8; 3]) {
        const CLICKS: usize = 5;
        let before = self.state()["card_name"].clone();
        for _ in 0..CLICKS {
            let [x, y] = self.find_still_button(color);
            self.click(x, y);
            let gone = wait_for(Duration::from_secs(4), || {
                let ended = matches!(self.process.try_wait(), Ok(Some(_)));
                (ended || self.state()["card_name"] != before).then_some(())
            });
            if gone.is_some() {
                return;
            }
        }
        panic!("the button does nothing: {}\n{}", self.state(), self.log());
    }

    /// A card may still be sliding in: its button counts once it stays where it is.
    fn find_still_button(&mut self, color: [u8; 3]) -> [i32; 2] {
        let mut last = None;
        let found = wait_for(PATIENCE, || {
            self.assert_alive();
            let now = find_button(&self.picture(), color);
            let stays = now.filter(|_| now == last);
            last = now;
            if stays.is_none() {
                pause(150);
            }
            stays
        });
        match found {
            Some(place) => place,
            None => panic!("there is no button of color {color:?}\n{}", self.log()),
        }
    }

    /// Types a path into the file dialog that is about to open and confirms it. On a busy machine the
    /// dialog may be late, and keys that come before it would go to the scene.
    ///
    /// # Panics
    /// When no dialog opens.
    pub fn choose_file(&mut self, path: &Path) {
        self.wait("the file dialog", |state| state["card_name"] == "chooser");
        pause(500);
        self.key("ctrl+a");
        self.type_text(&path.display().to_string());
        self.key("Return");
        self.wait("its answer", |state| state["card_name"] != "chooser");
    }

    /// Waits for the process to end; its exit code.
    pub fn wait_for_end(&mut self, limit: Duration) -> Option<i32> {
        wait_for(limit, || self.process.try_wait().ok().flatten()).and_then(|status| status.code())
    }

    /// Ends the process as a crash would, and hands over its settings folder.
    ///
    /// # Panics
    /// When the system has no place for temporary files.
    pub fn crash(mut self) -> tempfile::TempDir {
        let _ = self.process.kill();
        let _ = self.process.wait();
        std::mem::replace(&mut self.folder, studio::settings())
    }

    fn assert_alive(&mut self) {
        if let Ok(Some(status)) = self.process.try_wait() {
            panic!("the window ended ({status}):\n{}", self.log());
        }
    }

    /// Errors of xdotool are answers too ("no such window yet"), so they are only silence.
    fn xdotool(&self, arguments: &[&str]) -> String {
        Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.display.name)
            .stderr(Stdio::null())
            .output()
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The primary button's fill and the dangerous button's outline in the dark theme.
pub const PRIMARY: [u8; 3] = [255, 176, 64];
/// See [`PRIMARY`].
pub const DANGER: [u8; 3] = [213, 94, 0];

/// The middle of the rows in which one color runs on for at least forty pixels.
fn find_button(picture: &RgbImage, color: [u8; 3]) -> Option<[i32; 2]> {
    const SHORTEST: u32 = 40;
    const TALLEST: u32 = 40;
    let mut runs = Vec::new();
    for y in 0..picture.height() {
        let mut length = 0;
        for x in 0..picture.width() {
            if picture.get_pixel(x, y).0 == color {
                length += 1;
            } else {
                length = 0;
            }
            if length == SHORTEST {
                runs.push([x - SHORTEST / 2, y]);
            }
        }
    }
    // Rows no farther apart than an outlined button is high; a bar of the same color elsewhere is none.
    let blocks = runs.chunk_by(|above, below| below[1] <= above[1] + TALLEST);
    let button = blocks.max_by_key(|rows| rows.len())?;
    let (first, last) = (button.first()?, button.last()?);
    let middle = [first[0], (first[1] + last[1]) / 2];
    Some(middle.map(|v| i32::try_from(v).unwrap_or(0)))
}

/// Lets the window draw what it was told.
pub fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}
