//! Whole pictures through the public interface: one binary, so that it links once.
#![allow(
    clippy::expect_used,
    reason = "helpers of tests fail as loudly as tests"
)]

mod cameras;
mod common;
mod goldens;
mod images;
mod picks;
mod reference;
