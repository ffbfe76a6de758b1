//! Small pictures in panels: samples, recent files, the picture that was dropped, its matte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::background::{Background, Event, Wake};

/// Longest side of a picture, pixels.
const SIDE: u32 = 320;
/// Longest side of its small version, pixels. The window does not filter what it makes smaller.
const SMALL_SIDE: u32 = 96;

/// A decoded picture in both sizes.
type Decoded = (ColorImage, ColorImage);

/// Decoded pictures by path.
#[derive(Default)]
pub struct Pictures {
    /// The bundled pictures, found at start.
    pub samples: Vec<PathBuf>,
    loaded: BTreeMap<PathBuf, Option<[TextureHandle; 2]>>,
    loading: Option<Background<(PathBuf, Option<Decoded>), ()>>,
    wanted: Vec<PathBuf>,
}

impl Pictures {
    /// Asks for pictures; they come later, those that are no pictures never.
    pub fn want(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        for path in paths {
            if !self.loaded.contains_key(&path) && !self.wanted.contains(&path) {
                self.wanted.push(path);
            }
        }
    }

    /// Asks again for a picture whose file has changed.
    pub fn renew(&mut self, path: &Path) {
        self.loaded.remove(path);
        self.want([path.to_owned()]);
    }

    /// The picture, once it is decoded.
    pub fn get(&self, path: &Path) -> Option<&TextureHandle> {
        self.loaded.get(path)?.as_ref().map(|sizes| &sizes[0])
    }

    /// Its small version, for places of less than 64 points.
    pub fn get_small(&self, path: &Path) -> Option<&TextureHandle> {
        self.loaded.get(path)?.as_ref().map(|sizes| &sizes[1])
    }

    /// Puts a picture in under a name of its own.
    pub fn insert(&mut self, ctx: &Context, path: &Path, image: &image::RgbaImage) {
        let textures = upload(ctx, path, sizes(image));
        self.loaded.insert(path.to_owned(), Some(textures));
    }

    /// Takes a picture out.
    pub fn forget(&mut self, path: &Path) {
        self.loaded.remove(path);
    }

    /// Takes what was decoded and starts what is wanted. Called outside of `ui`.
    pub fn poll(&mut self, ctx: &Context, wake: &Wake) {
        if let Some(loading) = self.loading.take() {
            let mut done = false;
            for event in loading.poll() {
                match event {
                    Event::Part((path, image)) => {
                        let textures = image.map(|image| upload(ctx, &path, image));
                        self.loaded.insert(path, textures);
                    }
                    Event::Progress(_) => {}
                    Event::Done(_) => done = true,
                }
            }
            if !done {
                self.loading = Some(loading);
            }
        }
        if self.loading.is_none() && !self.wanted.is_empty() {
            let paths = std::mem::take(&mut self.wanted);
            self.loading = Some(Background::start("pictures", wake.clone(), move |sink| {
                for path in paths {
                    let image = decode(&path);
                    sink.push((path, image))?;
                }
                Ok(())
            }));
        }
    }
}

fn upload(ctx: &Context, path: &Path, image: Decoded) -> [TextureHandle; 2] {
    let load = |image| ctx.load_texture(path.display().to_string(), image, TextureOptions::LINEAR);
    [load(image.0), load(image.1)]
}

fn decode(path: &Path) -> Option<Decoded> {
    let image = image::ImageReader::open(path)
        .ok()?
        .with_guessed_format()
        .ok()?;
    Some(sizes(
        &image
            .decode()
            .ok()?
            .thumbnail(SIDE * 2, SIDE * 2)
            .to_rgba8(),
    ))
}

fn sizes(image: &image::RgbaImage) -> Decoded {
    let fitted = |side: u32| {
        let longest = image.width().max(image.height()).max(1);
        if longest <= side {
            return color_image(image);
        }
        let scaled = |v: u32| (v * side / longest).max(1);
        let (width, height) = (scaled(image.width()), scaled(image.height()));
        let filter = image::imageops::FilterType::CatmullRom;
        color_image(&image::imageops::resize(image, width, height, filter))
    };
    (fitted(SIDE), fitted(SMALL_SIDE))
}

/// An image as the window takes it.
pub fn color_image(image: &image::RgbaImage) -> ColorImage {
    let size = [image.width() as usize, image.height() as usize];
    ColorImage::from_rgba_unmultiplied(size, image.as_raw())
}
