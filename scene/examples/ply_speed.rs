//! Times loading and saving of a PLY file: `ply_speed <file>`.

use std::time::Instant;

use scene::{SplatLayer, Transform, io};

fn main() {
    let Some(path) = std::env::args_os().nth(1).map(std::path::PathBuf::from) else {
        println!("usage: ply_speed <file.ply>");
        return;
    };
    for _ in 0..5 {
        let start = Instant::now();
        match io::load_all(&path) {
            Err(error) => return println!("{error}"),
            Ok((cloud, loaded)) => {
                let load_secs = start.elapsed().as_secs_f64();
                let mut layer = SplatLayer::new(cloud, "");
                layer.layout = loaded.layout;
                let out = path.with_extension("saved.ply");
                let start = Instant::now();
                let report = io::save(
                    &out,
                    &[(&layer, &Transform::IDENTITY)],
                    &io::SaveOptions::default(),
                );
                let save_secs = start.elapsed().as_secs_f64();
                println!(
                    "{} splats: load {:.0} ms, save {:.0} ms, {report:?}",
                    layer.cloud.len(),
                    load_secs * 1e3,
                    save_secs * 1e3
                );
            }
        }
    }
}
