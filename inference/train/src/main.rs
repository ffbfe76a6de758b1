//! Trains the networks of our own packages: `cargo run --release -p train -- city`.
mod adam;
mod mlp;
mod onnx;
mod random;

fn main() {}
