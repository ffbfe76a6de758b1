//! Fetches ONNX Runtime's shared library into the user's cache, and checks what came.
//!
//! The library is taken out of a wheel from the Python package index (no Python code of it runs),
//! or, as a second way, out of the npm package `onnxruntime-node`.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::shell;

const PIP_VERSION: &str = "1.31.1";
const NPM_VERSION: &str = "1.30.0";

/// One library that we know byte for byte.
struct Library {
    version: &'static str,
    /// Path inside the unpacked package.
    path: &'static str,
    sha256: &'static str,
}

/// What to fetch for one kind of machine.
struct Platform {
    os: &'static str,
    arch: &'static str,
    /// The wheel's platform tag.
    tag: &'static str,
    wheel: Library,
    npm: Library,
}

const PLATFORMS: &[Platform] = &[
    Platform {
        os: "linux",
        arch: "x86_64",
        tag: "manylinux_2_28_x86_64",
        wheel: Library {
            version: PIP_VERSION,
            path: "onnxruntime/capi/libonnxruntime.so.1.31.1",
            sha256: "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
        },
        npm: Library {
            version: NPM_VERSION,
            path: "package/bin/napi-v6/linux/x64/libonnxruntime.so.1",
            sha256: "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23",
        },
    },
    Platform {
        os: "linux",
        arch: "aarch64",
        tag: "manylinux_2_28_aarch64",
        wheel: Library {
            version: PIP_VERSION,
            path: "onnxruntime/capi/libonnxruntime.so.1.31.1",
            sha256: "8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467",
        },
        npm: Library {
            version: NPM_VERSION,
            path: "package/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
            sha256: "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76",
        },
    },
    Platform {
        os: "macos",
        arch: "aarch64",
        tag: "macosx_14_0_arm64",
        wheel: Library {
            version: PIP_VERSION,
            path: "onnxruntime/capi/libonnxruntime.1.31.1.dylib",
            sha256: "f8b06155feece624e55e49124340eea279da812529ae6fbc46a9f2be9c9cad2e",
        },
        npm: Library {
            version: NPM_VERSION,
            path: "package/bin/napi-v6/darwin/arm64/libonnxruntime.1.30.0.dylib",
            sha256: "685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d",
        },
    },
    Platform {
        os: "windows",
        arch: "x86_64",
        tag: "win_amd64",
        wheel: Library {
            version: PIP_VERSION,
            path: "onnxruntime/capi/onnxruntime.dll",
            sha256: "8482d2ee174e28504f99730fb01d6861575870283de4ed3a897ad39170d9a9b9",
        },
        npm: Library {
            version: NPM_VERSION,
            path: "package/bin/napi-v6/win32/x64/onnxruntime.dll",
            sha256: "508c362f5673483dd3a086379c392795b2e42d10d5e6f3f90ebd7ac21c97af67",
        },
    },
];

/// The library to run with: the user's own, the cached one, or one fetched now.
///
/// Never an error: the studio opens without it, and says how to get it.
pub(crate) fn provide() -> Option<PathBuf> {
    match find_or_fetch() {
        Ok(path) => {
            eprintln!("ONNX Runtime: {}", path.display());
            Some(path)
        }
        Err(error) => {
            eprintln!(
                "xtask: ONNX Runtime could not be fetched: {error:#}\n\
                 Viewing and editing work without it; turning pictures into splats does not.\n\
                 Install it yourself (pip install onnxruntime=={PIP_VERSION}) and set ORT_DYLIB_PATH \
                 to its libonnxruntime library."
            );
            None
        }
    }
}

/// Whether [`provide`] would have to go to a registry.
pub(crate) fn needs_fetching() -> bool {
    let cached = platform().and_then(|p| cached(p).ok().flatten());
    std::env::var_os("ORT_DYLIB_PATH").is_none() && cached.is_none()
}

/// A Python that can download packages.
pub(crate) fn python_with_pip() -> Option<&'static str> {
    ["python3", "/usr/bin/python3", "python", "py"]
        .into_iter()
        .find(|python| {
            shell::output(Command::new(python).args(["-m", "pip", "--version"])).is_some()
        })
}

fn find_or_fetch() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("ORT_DYLIB_PATH") {
        let path = PathBuf::from(path);
        if path.is_file() {
            return Ok(path);
        }
        bail!("ORT_DYLIB_PATH names no file: {}", path.display());
    }
    let platform = platform().with_context(|| {
        format!(
            "no prebuilt library is known for {} on {}",
            std::env::consts::OS,
            std::env::consts::ARCH
        )
    })?;
    if let Some(path) = cached(platform)? {
        return Ok(path);
    }

    shell::say("Fetching ONNX Runtime");
    match fetch_with_pip(platform) {
        Ok(path) => Ok(path),
        Err(first) => {
            eprintln!("xtask: not through pip: {first:#}; trying npm");
            fetch_with_npm(platform).with_context(|| format!("neither pip ({first:#}) nor npm"))
        }
    }
}

fn platform() -> Option<&'static Platform> {
    PLATFORMS
        .iter()
        .find(|p| p.os == std::env::consts::OS && p.arch == std::env::consts::ARCH)
}

/// `<user cache>/splatwright/onnxruntime`.
fn cache_dir() -> Result<PathBuf> {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    let base = if cfg!(target_os = "windows") {
        std::env::var_os("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home().map(|h| h.join("Library/Caches"))
    } else {
        std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
            .or_else(|| home().map(|h| h.join(".cache")))
    };
    let base = base.context("no home folder: set XDG_CACHE_HOME")?;
    Ok(base.join("splatwright").join("onnxruntime"))
}

/// Where a checked library lies: `<cache>/<version>/<file name>`.
fn place(library: &Library) -> Result<PathBuf> {
    let name = Path::new(library.path)
        .file_name()
        .context("a library path without a name")?;
    Ok(cache_dir()?.join(library.version).join(name))
}

/// A cached library, if its bytes are what they should be. A damaged one is removed.
fn cached(platform: &Platform) -> Result<Option<PathBuf>> {
    for library in [&platform.wheel, &platform.npm] {
        let path = place(library)?;
        if !path.is_file() {
            continue;
        }
        if sha256(&path)? == library.sha256 {
            return Ok(Some(path));
        }
        eprintln!("xtask: {} is damaged; fetching it again", path.display());
        fs::remove_file(&path)?;
    }
    Ok(None)
}

fn fetch_with_pip(platform: &Platform) -> Result<PathBuf> {
    let python = python_with_pip().context("no Python with pip was found")?;
    let scratch = Scratch::new()?;
    // The wheel is only unpacked, so it need not fit the Python that is installed here.
    shell::run(
        Command::new(python)
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args([
                "--no-deps",
                "--only-binary",
                ":all:",
                "--python-version",
                "3.11",
            ])
            .args(["--implementation", "cp", "--platform", platform.tag])
            .arg("--dest")
            .arg(&scratch.0)
            .arg(format!("onnxruntime=={PIP_VERSION}")),
    )?;
    let wheel = fs::read_dir(&scratch.0)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|e| e == "whl"))
        .context("pip downloaded no wheel")?;
    shell::run(
        Command::new(python)
            .args(["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg(&scratch.0),
    )?;
    install(&scratch, &platform.wheel)
}

fn fetch_with_npm(platform: &Platform) -> Result<PathBuf> {
    let npm = if cfg!(target_os = "windows") {
        "npm.cmd"
    } else {
        "npm"
    };
    let scratch = Scratch::new()?;
    let package = format!("onnxruntime-node@{NPM_VERSION}");
    shell::run(
        Command::new(npm)
            .args(["pack", "--silent", &package])
            .current_dir(&scratch.0),
    )?;
    let archive = format!("onnxruntime-node-{NPM_VERSION}.tgz");
    shell::run(
        Command::new("tar")
            .args(["-xzf", &archive, platform.npm.path])
            .current_dir(&scratch.0),
    )?;
    install(&scratch, &platform.npm)
}

/// Checks the unpacked library and moves it to its place in one step.
fn install(scratch: &Scratch, library: &Library) -> Result<PathBuf> {
    let unpacked = scratch.0.join(library.path);
    let found = sha256(&unpacked)?;
    if found != library.sha256 {
        bail!(
            "the checksum of {} is {found}, not {}; it was not installed",
            library.path,
            library.sha256
        );
    }
    let target = place(library)?;
    let folder = target.parent().context("a cache without a folder")?;
    fs::create_dir_all(folder)
        .with_context(|| format!("could not make the folder {}", folder.display()))?;
    fs::rename(&unpacked, &target)
        .with_context(|| format!("could not write {}", target.display()))?;
    Ok(target)
}

fn sha256(path: &Path) -> Result<String> {
    let mut file =
        fs::File::open(path).with_context(|| format!("could not read {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
    }
    let mut text = String::new();
    for byte in hasher.finalize() {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

/// A folder inside the cache (so that the last step is a rename), removed when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let path = cache_dir()?.join(format!("fetching-{}", std::process::id()));
        // A run that was killed may have left one with our number.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path)
            .with_context(|| format!("could not make the folder {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing more can be done about a leftover folder in a cache.
        let _ = fs::remove_dir_all(&self.0);
    }
}
