//! What of a file isn't as one might expect, in words for people.

use super::file::Exported;
use super::wanted::{Format, SCALES, Wanted};

impl Exported {
    /// A sentence for each thing that isn't as it was wanted.
    #[must_use]
    pub fn notes(&self, wanted: &Wanted) -> Vec<String> {
        let mut notes = Vec::new();
        match self.absent.len() {
            0 => {}
            1 => notes.push("1 picture isn't on this computer yet: in place of it there is grey.".to_owned()),
            count => notes.push(format!(
                "{count} pictures aren't on this computer yet: in place of them there is grey."
            )),
        }
        let scale = wanted.scale.clamp(*SCALES.start(), *SCALES.end());
        if wanted.format == Format::Png && self.scale < scale {
            notes.push(format!(
                "There is no room for so many pixels: it has {:.2} a board unit in place of {scale}.",
                self.scale
            ));
        }
        if wanted.opens_again() && !self.opens_again {
            notes.push("There is too much on it to open again as a board.".to_owned());
        } else if !self.no_room.is_empty() {
            notes.push(format!(
                "When it is opened again, {} will be missing: there was no room.",
                match self.no_room.len() {
                    1 => "1 picture".to_owned(),
                    count => format!("{count} pictures"),
                }
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use drawbridge_protocol::ImageHash;

    use super::*;

    #[test]
    fn what_is_otherwise_is_said_and_nothing_else() {
        let wanted = Wanted::new(Format::Png);
        let mut exported = Exported {
            files: Vec::new(),
            scale: wanted.scale,
            opens_again: true,
            absent: BTreeSet::new(),
            no_room: BTreeSet::new(),
        };
        assert_eq!(exported.notes(&wanted), Vec::<String>::new());
        exported.scale = 0.5;
        exported.absent = BTreeSet::from([ImageHash::from_bytes([1; 32])]);
        exported.no_room = BTreeSet::from([2, 3].map(|byte| ImageHash::from_bytes([byte; 32])));
        let said = exported.notes(&wanted);
        assert!(
            said[0].starts_with("1 picture isn't on this computer"),
            "{said:?}"
        );
        assert!(
            said[1].contains("it has 0.50 a board unit in place of 2"),
            "{said:?}"
        );
        assert!(said[2].contains("2 pictures will be missing"), "{said:?}");
        exported.opens_again = false;
        let scene = exported.notes(&Wanted::new(Format::Excalidraw));
        assert!(scene[1].contains("too much on it"), "{scene:?}");
        let said = exported.notes(&wanted);
        assert!(said.len() == 3 && said[2].contains("too much on it"), "{said:?}");
        // A page has no pixels, and isn't opened again.
        assert_eq!(exported.notes(&Wanted::new(Format::Pdf)).len(), 2);
    }
}
