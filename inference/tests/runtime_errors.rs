//! ONNX Runtime missing, broken or too old: one clear message each, no panic.
//!
//! Nothing here loads the real library, because one that is loaded stays loaded.

#![allow(
    clippy::expect_used,
    reason = "the helpers of tests may panic like the tests"
)]

use std::path::Path;
use std::process::Command;

use inference::{Runtime, RuntimeError};

#[test]
fn a_missing_library_is_named_with_what_to_do() {
    let path = Path::new("/nowhere/libonnxruntime.so");
    let error = Runtime::load(Some(path)).expect_err("it is not there");
    assert!(matches!(error, RuntimeError::Missing { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("ORT_DYLIB_PATH"), "what to do: {text}");
    assert!(text.contains("/nowhere/"), "which file: {text}");
}

#[test]
fn garbage_is_no_library() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in [("empty.so", &b""[..]), ("text.so", b"not a library at all")] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        let error = Runtime::load(Some(&path)).expect_err("garbage");
        assert!(
            matches!(error, RuntimeError::NotALibrary { .. }),
            "{name}: {error}"
        );
    }
    let error = Runtime::load(Some(folder.path())).expect_err("a folder");
    assert!(matches!(error, RuntimeError::Missing { .. }), "{error}");
}

/// A shared library with the given C source, or `None` (with a line) where there is no C compiler.
fn library(folder: &Path, name: &str, source: &str) -> Option<std::path::PathBuf> {
    let code = folder.join(format!("{name}.c"));
    let library = folder.join(format!("lib{name}.so"));
    std::fs::write(&code, source).expect("a file");
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &code])
        .status();
    if status.is_ok_and(|s| s.success()) {
        Some(library)
    } else {
        eprintln!("skipped: no C compiler for the library {name}");
        None
    }
}

#[test]
fn another_library_is_not_onnx_runtime() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = "int answer(void) { return 42; }";
    let Some(path) = library(folder.path(), "other", source) else {
        return;
    };
    let error = Runtime::load(Some(&path)).expect_err("another library");
    assert!(error.to_string().contains("OrtGetApiBase"), "{error}");
}

#[test]
fn an_old_onnx_runtime_is_told_by_its_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = r#"
        typedef struct { const void *(*api)(unsigned); const char *(*version)(void); } Base;
        static const void *api(unsigned v) { return 0; }
        static const char *version(void) { return "1.8.2"; }
        static const Base base = { api, version };
        const Base *OrtGetApiBase(void) { return &base; }
    "#;
    let Some(path) = library(folder.path(), "old", source) else {
        return;
    };
    match Runtime::load(Some(&path)) {
        Err(RuntimeError::WrongVersion {
            found,
            needed_minor,
            ..
        }) => {
            assert_eq!(found, "1.8.2", "the version found");
            assert!(needed_minor >= 17, "the version needed");
        }
        other => panic!("{other:?}"),
    }
}
