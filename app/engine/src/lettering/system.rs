//! The system's fonts, for letters that no bundled font has. They are looked for when first such a letter comes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use fontdb::{Database, ID, Source, Style};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

use super::faces::{Face, is_unseen};

/// A font file larger than this isn't taken, in bytes: it is read whole.
const LARGEST: u64 = 64 << 20;
/// So many of the system's fonts are taken at most: they stay in memory.
const MOST: usize = 24;
/// So many answers are remembered.
const ANSWERS: usize = 16_384;

/// The system's fonts as far as they are known.
#[derive(Default)]
struct Fonts {
    /// Those that may be taken, the plainest first; `None` as long as nobody asked.
    all: Option<(Database, Vec<ID>)>,
    taken: HashMap<ID, Option<&'static Face>>,
    answers: HashMap<Box<str>, Option<&'static Face>>,
}

static FONTS: Mutex<Option<Fonts>> = Mutex::new(None);

/// The plainest of the system's fonts that has all that is to be seen of some characters that belong together.
pub(super) fn face_for(together: &str) -> Option<&'static Face> {
    // What is seen of none, none need have.
    if together.chars().all(is_unseen) {
        return None;
    }
    let mut fonts = FONTS.lock().unwrap_or_else(PoisonError::into_inner);
    fonts.get_or_insert_default().face_for(together)
}

impl Fonts {
    fn face_for(&mut self, together: &str) -> Option<&'static Face> {
        if let Some(&answer) = self.answers.get(together) {
            return answer;
        }
        let answer = self.look_for(together);
        if self.answers.len() >= ANSWERS {
            self.answers.clear();
        }
        self.answers.insert(together.into(), answer);
        answer
    }

    fn look_for(&mut self, together: &str) -> Option<&'static Face> {
        let (database, plainest) = self.all.get_or_insert_with(find);
        let seen: Vec<char> = together.chars().filter(|&c| !is_unseen(c)).collect();
        let has = |id: &&ID| {
            let look = |bytes: &[u8], index: u32| {
                let font = FontRef::from_index(bytes, index).ok()?;
                let map = font.charmap();
                let has = |&c: &char| map.map(c).is_some_and(|glyph| glyph != GlyphId::NOTDEF);
                // A font of pictures has no outlines to draw.
                let first = seen.first().and_then(|&c| map.map(c))?;
                Some(seen.iter().all(has) && font.outline_glyphs().get(first).is_some())
            };
            database.with_face_data(**id, look).flatten() == Some(true)
        };
        let &id = plainest.iter().find(has)?;
        if let Some(&face) = self.taken.get(&id) {
            return face;
        }
        if self.taken.len() >= MOST {
            return None;
        }
        let face = take(database, id);
        self.taken.insert(id, face);
        face
    }
}

fn find() -> (Database, Vec<ID>) {
    let mut database = Database::new();
    database.load_system_fonts();
    let mut faces: Vec<_> = database.faces().collect();
    // By more than the order of the files on the disk, so that the same fonts give the same letters.
    faces.sort_by_key(|face| {
        let slanted = face.style != Style::Normal;
        (
            slanted,
            face.weight.0.abs_diff(400),
            face.stretch.to_number().abs_diff(5),
            face.post_script_name.clone(),
        )
    });
    let ids = faces.iter().map(|face| face.id).collect();
    (database, ids)
}

/// Reads a font for the rest of the process's life.
fn take(database: &Database, id: ID) -> Option<&'static Face> {
    let info = database.face(id)?;
    let bytes = match &info.source {
        Source::File(path) => {
            let size = std::fs::metadata(path).ok()?.len();
            if size > LARGEST {
                return None;
            }
            std::fs::read(path).ok()?
        }
        Source::Binary(bytes) => bytes.as_ref().as_ref().to_vec(),
        Source::SharedFile(_, bytes) => bytes.as_ref().as_ref().to_vec(),
    };
    let face = Face::new(Box::leak(bytes.into_boxed_slice()), info.index)?;
    Some(Box::leak(Box::new(face)))
}
