//! Files that the system drops on a window.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use drawbridge::window::Window;
use egui::{DroppedFile, DroppedFileHandle};
use egui_kittest::Harness;

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Drops files, all at once.
pub(crate) fn drop_on<P: AsRef<Path>>(window: &mut Harness<'static, Window>, files: &[P]) {
    let dropped = files
        .iter()
        .map(|path| Arc::new(Dropped(path.as_ref().to_owned())) as DroppedFileHandle);
    let dropped: Vec<_> = dropped.collect();
    window.input_mut().dropped_files.extend(dropped);
    window.step();
}
