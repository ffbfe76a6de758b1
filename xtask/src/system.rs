//! What the operating system must bring: compilers, a Vulkan driver, window libraries.
//!
//! Only what is missing is installed, and only on Debian and its children, where the names are known.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// What a command is going to do on this machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Build and run without a window.
    Headless,
    /// Build and open the window.
    Window,
    /// Drive the window under a virtual display, on software Vulkan.
    Test,
}

struct Need {
    what: &'static str,
    package: &'static str,
    /// Nice to have: goes on without.
    optional: bool,
    missing: fn(&Machine) -> bool,
}

struct Machine {
    libraries: String,
}

impl Machine {
    fn look() -> Self {
        let libraries = ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"]
            .iter()
            .find_map(|program| shell::output(Command::new(program).arg("-p")))
            .unwrap_or_default();
        Self { libraries }
    }

    fn lacks_library(&self, name: &str) -> bool {
        !self.libraries.contains(name)
    }
}

const BUILD: &[Need] = &[
    Need {
        what: "a C++ compiler, for the H.264 encoder",
        package: "g++",
        optional: false,
        missing: |_| !shell::has_program("c++") && !shell::has_program("g++"),
    },
    Need {
        what: "an assembler, which makes the H.264 encoder several times faster",
        package: "nasm",
        optional: true,
        missing: |_| !shell::has_program("nasm"),
    },
    Need {
        what: "the Vulkan loader",
        package: "libvulkan1",
        optional: true,
        missing: |m| m.lacks_library("libvulkan.so.1"),
    },
    Need {
        what: "a Vulkan driver",
        package: "mesa-vulkan-drivers",
        optional: true,
        missing: |_| vulkan_drivers().is_empty(),
    },
    Need {
        what: "Python's package installer, to fetch ONNX Runtime",
        package: "python3-pip",
        optional: true,
        missing: |_| {
            crate::onnx_runtime::needs_fetching()
                && crate::onnx_runtime::python_with_pip().is_none()
        },
    },
];

const WINDOW: &[Need] = &[
    Need {
        what: "the X11 client library",
        package: "libx11-6",
        optional: false,
        missing: |m| m.lacks_library("libX11.so.6"),
    },
    Need {
        what: "X11 over XCB",
        package: "libx11-xcb1",
        optional: false,
        missing: |m| m.lacks_library("libX11-xcb.so.1"),
    },
    Need {
        what: "X11 cursors",
        package: "libxcursor1",
        optional: false,
        missing: |m| m.lacks_library("libXcursor.so.1"),
    },
    Need {
        what: "X11 input",
        package: "libxi6",
        optional: false,
        missing: |m| m.lacks_library("libXi.so.6"),
    },
    Need {
        what: "X11 screen layout",
        package: "libxrandr2",
        optional: false,
        missing: |m| m.lacks_library("libXrandr.so.2"),
    },
    Need {
        what: "keyboard layouts on X11",
        package: "libxkbcommon-x11-0",
        optional: false,
        missing: |m| m.lacks_library("libxkbcommon-x11.so.0"),
    },
    Need {
        what: "keyboard layouts",
        package: "libxkbcommon0",
        optional: false,
        missing: |m| m.lacks_library("libxkbcommon.so.0"),
    },
    Need {
        what: "the Wayland client library",
        package: "libwayland-client0",
        optional: false,
        missing: |m| m.lacks_library("libwayland-client.so.0"),
    },
];

const TEST: &[Need] = &[
    Need {
        what: "a software Vulkan driver",
        package: "mesa-vulkan-drivers",
        optional: false,
        missing: |_| software_vulkan().is_none(),
    },
    Need {
        what: "a virtual display",
        package: "xvfb",
        optional: false,
        missing: |_| !shell::has_program("Xvfb"),
    },
    Need {
        what: "a hand for the mouse and the keyboard",
        package: "xdotool",
        optional: false,
        missing: |_| !shell::has_program("xdotool"),
    },
];

/// Installs what is missing for `purpose`, or says what to install.
pub(crate) fn prepare(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        say_for_other_systems(purpose);
        return Ok(());
    }

    let groups: &[&[Need]] = match purpose {
        Purpose::Headless => &[BUILD],
        Purpose::Window => &[BUILD, WINDOW],
        Purpose::Test => &[BUILD, WINDOW, TEST],
    };
    let machine = Machine::look();
    let missing: Vec<&Need> = groups
        .iter()
        .flat_map(|group| group.iter())
        .filter(|need| (need.missing)(&machine))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }

    shell::say("Missing on this machine");
    for need in &missing {
        eprintln!("  {:<22} {}", need.package, need.what);
    }
    if !shell::has_program("apt-get") {
        say_for_other_linux();
        return give_up_without_the_needed(&missing);
    }
    install(&missing)
}

/// The folder entries that describe Vulkan drivers.
fn vulkan_drivers() -> Vec<std::path::PathBuf> {
    ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
        .iter()
        .filter_map(|dir| std::fs::read_dir(dir).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect()
}

/// The description of Mesa's software Vulkan driver, where it is installed.
pub(crate) fn software_vulkan() -> Option<std::path::PathBuf> {
    vulkan_drivers().into_iter().find(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("lvp_icd"))
    })
}

fn install(missing: &[&Need]) -> Result<()> {
    let mut packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    packages.sort_unstable();
    packages.dedup();

    let is_root = shell::output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !is_root && !shell::has_program("sudo") {
        eprintln!(
            "\nRun this as root, then try again:\n\n    apt-get update && apt-get install -y {}\n",
            packages.join(" ")
        );
        return give_up_without_the_needed(missing);
    }

    let apt = |arguments: &[&str]| {
        let mut command = if is_root {
            shell::command("apt-get", arguments)
        } else {
            let mut command = shell::command("sudo", &["apt-get"]);
            command.args(arguments);
            command
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        shell::run(&mut command)
    };
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(&packages);
    if let Err(error) = apt(&arguments) {
        eprintln!("xtask: {error:#}");
        let machine = Machine::look();
        let still: Vec<&Need> = missing
            .iter()
            .copied()
            .filter(|need| (need.missing)(&machine))
            .collect();
        return give_up_without_the_needed(&still);
    }
    Ok(())
}

fn give_up_without_the_needed(missing: &[&Need]) -> Result<()> {
    let needed: Vec<&str> = missing
        .iter()
        .filter(|need| !need.optional)
        .map(|need| need.package)
        .collect();
    if needed.is_empty() {
        eprintln!("Going on without what is missing.");
        return Ok(());
    }
    bail!(
        "these are needed and not here: {}; install them and run the command again",
        needed.join(", ")
    )
}

fn say_for_other_linux() {
    let known = [
        (
            "dnf",
            "sudo dnf install gcc-c++ nasm vulkan-loader mesa-vulkan-drivers libX11 libX11-xcb \
             libXcursor libXi libXrandr libxkbcommon libxkbcommon-x11 libwayland-client python3-pip",
        ),
        (
            "pacman",
            "sudo pacman -S --needed gcc nasm vulkan-icd-loader vulkan-swrast libx11 libxcursor \
             libxi libxrandr libxkbcommon libxkbcommon-x11 wayland python-pip",
        ),
        (
            "zypper",
            "sudo zypper install gcc-c++ nasm libvulkan1 Mesa-libVulkan-lavapipe libX11-6 \
             libX11-xcb1 libXcursor1 libXi6 libXrandr2 libxkbcommon0 libxkbcommon-x11-0 \
             libwayland-client0 python3-pip",
        ),
    ];
    match known
        .iter()
        .find(|(program, _)| shell::has_program(program))
    {
        Some((_, line)) => eprintln!("\nInstall them with\n\n    {line}\n"),
        None => {
            eprintln!("\nInstall them with your system's package manager (names are Debian's).")
        }
    }
}

fn say_for_other_systems(purpose: Purpose) {
    if purpose == Purpose::Test {
        eprintln!(
            "The window is driven under Xvfb, which this system does not have: those tests skip themselves."
        );
    }
    let has_compiler = if cfg!(target_os = "macos") {
        Path::new("/usr/bin/c++").exists()
    } else {
        true
    };
    if !has_compiler {
        eprintln!("A C++ compiler is missing. Run: xcode-select --install");
    }
    if !shell::has_program("nasm") && cfg!(target_arch = "x86_64") {
        eprintln!("nasm is not installed: the H.264 encoder will be slower. It is optional.");
    }
}
