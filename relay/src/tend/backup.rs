//! `backup`: everything in the data folder, as it is at one moment, to a dated folder. A relay that runs isn't kept from its
//! work: the copy is read on a connection of its own, in small steps with rests between.
//!
//! A backup gets its name last, when it is on the disk and has been read again. So what has a name is whole, and an older
//! one goes only after that.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{Place, TendError, say, times};
use crate::clock::wall_ms;
use crate::store::{ImageFiles, ImageRow, Look, copy_file, file_in};

/// What a backup's name begins with; behind it stands its time.
const PREFIX: &str = "drawbridge-";
/// What stands before the name of one that isn't whole.
const PARTIAL: &str = ".partial-";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where backups are: each gets a folder with its time in its name
    folder: PathBuf,
    /// Keep so many, and remove older ones afterwards
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
}

/// Makes a backup.
pub(super) fn run(args: &Args, place: &Place) -> Result<(), TendError> {
    let root = &args.folder;
    fs::create_dir_all(root).map_err(|error| TendError::file(root, &error))?;
    let _only = only(root)?;
    for entry in names(root, PARTIAL)? {
        // Of one that was killed.
        remove(&root.join(entry))?;
    }
    let name = fresh_name(root)?;
    let partial = root.join(format!("{PARTIAL}{name}"));
    let made = make(&partial, root, place).and_then(|made| {
        let whole = root.join(&name);
        fs::rename(&partial, &whole).map_err(|error| TendError::file(&whole, &error))?;
        sync(root)?;
        Ok((made, whole))
    });
    let (made, whole) = match made {
        Ok(made) => made,
        Err(error) => {
            // What is left of it goes with the next one, too.
            let _ = fs::remove_dir_all(&partial);
            return Err(error);
        }
    };
    say(format_args!(
        "{}: {}, {} images ({} copied, {} shared with what is there){}",
        whole.display(),
        times::size(made.bytes),
        made.copied + made.linked,
        made.copied,
        made.linked,
        match made.lost {
            0 => String::new(),
            lost => format!("; {lost} images are lost in the data folder itself, see doctor"),
        }
    ));
    match args.keep {
        Some(keep) => prune(root, keep as usize),
        None => Ok(()),
    }
}

/// What came of it.
#[derive(Debug, Default)]
struct Made {
    bytes: u64,
    copied: u64,
    linked: u64,
    lost: u64,
}

fn make(partial: &Path, root: &Path, place: &Place) -> Result<Made, TendError> {
    let files = ImageFiles::of(&place.data);
    let images = partial.join("images");
    fs::create_dir_all(&images).map_err(|error| TendError::file(&images, &error))?;
    private(partial)?;
    // From the snapshot on no image of it may go.
    let _keep = files.keep_all();
    let look = Look::open_any(&place.data)?;
    let path = file_in(partial);
    copy_file(look.db(), &path, true)?;
    let mut made = Made {
        bytes: fs::metadata(&path)
            .map_err(|error| TendError::file(&path, &error))?
            .len(),
        ..Made::default()
    };
    let before = names(root, PREFIX)?
        .pop()
        .map(|name| root.join(name).join("images"));
    for image in look.all_images()? {
        copy_image(&image, &files, before.as_deref(), &images, &mut made)?;
    }
    sync(&images)?;
    sync(partial)?;
    Ok(made)
}

/// An image never changes, so a second name for the same bytes will do where the disk is the same; else one beside the last
/// backup's, else a copy.
fn copy_image(
    image: &ImageRow,
    files: &ImageFiles,
    before: Option<&Path>,
    to: &Path,
    made: &mut Made,
) -> Result<(), TendError> {
    let name = image.hash.to_string();
    let (from, to) = (files.path(&image.hash), to.join(&name));
    let Some(mut open) = files.open_image(image) else {
        made.lost += 1;
        return Ok(());
    };
    let earlier = before.map(|before| before.join(&name));
    let earlier = earlier.filter(|path| fs::metadata(path).is_ok_and(|meta| meta.len() == image.bytes));
    if fs::hard_link(&from, &to).is_ok() || earlier.is_some_and(|path| fs::hard_link(path, &to).is_ok()) {
        made.linked += 1;
        return Ok(());
    }
    let failed = |error: std::io::Error| TendError::file(&to, &error);
    let mut copy = File::create(&to).map_err(failed)?;
    std::io::copy(&mut open, &mut copy).map_err(failed)?;
    copy.sync_all().map_err(failed)?;
    (made.copied, made.bytes) = (made.copied + 1, made.bytes + image.bytes);
    Ok(())
}

fn prune(root: &Path, keep: usize) -> Result<(), TendError> {
    let names = names(root, PREFIX)?;
    for name in &names[..names.len().saturating_sub(keep)] {
        // It loses its name before it loses anything else.
        let partial = root.join(format!("{PARTIAL}{name}"));
        fs::rename(root.join(name), &partial).map_err(|error| TendError::file(&partial, &error))?;
        remove(&partial)?;
        say(format_args!("removed {name}"));
    }
    Ok(())
}

/// The newest backup in a folder of backups.
pub(super) fn newest(root: &Path) -> Result<Option<PathBuf>, TendError> {
    Ok(names(root, PREFIX)?.pop().map(|name| root.join(name)))
}

/// The folders in `root` whose name begins so, oldest first.
fn names(root: &Path, prefix: &str) -> Result<Vec<String>, TendError> {
    let failed = |error: std::io::Error| TendError::file(root, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if let Ok(name) = entry.file_name().into_string()
            && name.starts_with(prefix)
            && entry.file_type().map_err(failed)?.is_dir()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn fresh_name(root: &Path) -> Result<String, TendError> {
    let name = format!("{PREFIX}{}", times::name(wall_ms()));
    let path = root.join(&name);
    match path.try_exists() {
        Ok(false) => Ok(name),
        Ok(true) => Err(TendError::Other(format!(
            "{} was made this very second",
            path.display()
        ))),
        Err(error) => Err(TendError::file(&path, &error)),
    }
}

/// Two at once in one folder would take each other's for left over.
fn only(root: &Path) -> Result<File, TendError> {
    let path = root.join(".drawbridge-backup.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = file.map_err(|error| TendError::file(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(TendError::Other(format!(
            "another backup to {} is under way",
            root.display()
        ))),
        Err(fs::TryLockError::Error(error)) => Err(TendError::file(&path, &error)),
    }
}

/// What lies in it says who may open boards, if only by hashes.
pub(super) fn private(folder: &Path) -> Result<(), TendError> {
    #[cfg(unix)]
    {
        let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(folder, only_owner).map_err(|error| TendError::file(folder, &error))?;
    }
    Ok(())
}

pub(super) fn sync(folder: &Path) -> Result<(), TendError> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| TendError::file(folder, &error))?;
    Ok(())
}

fn remove(folder: &Path) -> Result<(), TendError> {
    fs::remove_dir_all(folder).map_err(|error| TendError::file(folder, &error))
}
