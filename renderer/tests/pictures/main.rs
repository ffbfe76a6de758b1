//! Whole pictures through the public interface: one binary, so that it links once.
#![allow(
    clippy::expect_used,
    reason = "helpers of tests fail as loudly as tests"
)]

mod backends;
mod caching;
mod cameras;
mod common;
mod compact;
mod detail;
mod exact;
mod goldens;
mod grades;
mod images;
mod pages;
mod picks;
mod poison;
mod reference;
mod stream;
mod tiers;
