//! Small pictures for the minimap: made once of each image, one after the other, on a thread of their own.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use drawbridge_engine::client::Images;
use drawbridge_engine::images::{self, StoredImage};
use drawbridge_engine::scene::Scene;
use drawbridge_protocol::ImageHash;
use egui::Context;

/// Pixels along the longer side: more than any image has in the map.
const SIDE: u32 = 160;

/// The thread that makes them.
struct Maker {
    ask: Sender<ImageHash>,
    made: Receiver<(ImageHash, Option<StoredImage>)>,
}

/// What there is.
#[derive(Default)]
pub(super) struct Thumbs {
    maker: Option<Maker>,
    /// `None` while one is being made, and where it can't be.
    known: HashMap<ImageHash, Option<StoredImage>>,
    came: u64,
}

impl Thumbs {
    /// Asks for what is missing of a board's images, and takes up what was made.
    pub(super) fn update(&mut self, ctx: &Context, scene: &Scene, images: &Images) {
        for (_, item) in scene.pictures() {
            let Some((picture, _)) = item.picture else {
                continue;
            };
            let hash = picture.image;
            if self.known.contains_key(&hash) || !images.has(&hash) {
                continue;
            }
            let Some(maker) = start(&mut self.maker, ctx, images) else {
                return;
            };
            self.known.insert(hash, None);
            // If the thread has ended, its image stays grey.
            let _ = maker.ask.send(hash);
        }
        let made = self.maker.iter().flat_map(|maker| maker.made.try_iter());
        for (hash, small) in made {
            self.came += u64::from(small.is_some());
            self.known.insert(hash, small);
        }
    }

    /// How many have come so far.
    pub(super) fn came(&self) -> u64 {
        self.came
    }

    /// One of them.
    pub(super) fn get(&self, hash: &ImageHash) -> Option<StoredImage> {
        self.known.get(hash)?.clone()
    }
}

fn start<'a>(maker: &'a mut Option<Maker>, ctx: &Context, images: &Images) -> Option<&'a Maker> {
    if maker.is_none() {
        let (ask, asked) = channel::<ImageHash>();
        let (tell, made) = channel();
        let (ctx, images) = (ctx.clone(), images.clone());
        let work = move || {
            for hash in asked {
                let whole = images.get(&hash).ok().flatten();
                let small = whole.and_then(|whole| images::small(&whole, SIDE).ok());
                if tell.send((hash, small)).is_err() {
                    return;
                }
                ctx.request_repaint();
            }
        };
        let started = std::thread::Builder::new()
            .name("small pictures".to_owned())
            .spawn(work);
        if let Err(error) = started {
            tracing::error!(%error, "no thread for small pictures");
            return None;
        }
        *maker = Some(Maker { ask, made });
    }
    maker.as_ref()
}
