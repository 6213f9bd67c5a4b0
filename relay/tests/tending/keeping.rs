//! `backup` and `restore`.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::json;

use crate::rig::{Guest, Host, dump, hash, head_image, program, put_image};

/// The backups in a folder, oldest first.
fn backups(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.file_name()
                .expect("a name")
                .to_string_lossy()
                .starts_with("drawbridge-")
        })
        .collect();
    found.sort();
    found
}

fn is_whole(backup: &Path) -> bool {
    let db = Connection::open(backup.join("relay.sqlite")).expect("it opens");
    let verdict: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("a verdict");
    verdict == "ok"
}

#[test]
fn a_backup_of_a_relay_that_runs_is_a_moment_of_it() {
    let host = Host::running();
    let root = host.folder.path().join("backups");
    let mut ann = Guest::join(host.address(), "plan", 'a');
    let png = b"a picture of something";
    put_image(host.address(), "plan", &hash(png), png);
    ann.write(&[("first", "base", json!(1))]);
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writing = std::thread::spawn({
        let stop = std::sync::Arc::clone(&stop);
        move || {
            let mut n = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                n += 1;
                let (a, b) = (format!("a{n}"), format!("b{n}"));
                ann.write(&[(&a, "base", json!("x".repeat(2000))), (&b, "base", json!(1))]);
            }
            n
        }
    });
    let said = host.tool(&["backup", &host.path("backups")]).fine();
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(writing.join().expect("she wrote") > 0);
    assert!(said.contains("1 images"), "{said}");
    let made = backups(&root);
    assert!(made.len() == 1 && is_whole(&made[0]));
    let cells = dump(&made[0], "plan");
    assert!(cells.iter().any(|cell| cell.element.as_str() == "first"));
    let count = |letter: char| {
        cells
            .iter()
            .filter(|cell| cell.element.as_str().starts_with(letter))
            .count()
    };
    assert_eq!(count('a'), count('b'), "no write is cut in two");
    assert_eq!(
        std::fs::read(made[0].join("images").join(hash(png))).expect("the image"),
        png
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&made[0])
            .expect("a folder")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[test]
fn old_backups_make_room_for_good_ones_only() {
    let mut host = Host::running();
    drop(Guest::join(host.address(), "plan", 'a'));
    host.stop();
    let root = host.folder.path().join("backups");
    for old in [
        "drawbridge-20200101T000000Z",
        "drawbridge-20210101T000000Z",
        ".partial-drawbridge-20220101T000000Z",
    ] {
        std::fs::create_dir_all(root.join(old)).expect("a folder");
    }
    std::fs::create_dir(root.join("somebody's own")).expect("a folder");
    // One that fails leaves them all.
    let store = host.data().join("relay.sqlite");
    let whole = std::fs::read(&store).expect("the store");
    std::fs::write(&store, b"damaged").expect("written");
    host.tool(&["backup", &host.path("backups"), "--keep", "1"])
        .refused();
    assert_eq!(backups(&root).len(), 2);
    assert!(
        !root.join(".partial-drawbridge-20220101T000000Z").exists(),
        "what was left over is gone"
    );
    std::fs::write(&store, whole).expect("written");
    host.tool(&["backup", &host.path("backups"), "--keep", "2"])
        .fine();
    let names = backups(&root);
    assert_eq!(names.len(), 2);
    assert!(names[0].ends_with("drawbridge-20210101T000000Z"), "{names:?}");
    assert!(root.join("somebody's own").exists());
    assert_eq!(
        host.tool(&["backup", &host.path("backups"), "--keep", "0"]).code,
        Some(2)
    );
}

/// A stopped host with some megabytes.
fn heavy() -> Host {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    for n in 0..40 {
        let (a, b) = (format!("a{n}"), format!("b{n}"));
        let value = json!("x".repeat(100_000));
        ann.write(&[(&a, "base", value.clone()), (&b, "base", value)]);
    }
    drop(ann);
    host.stop();
    host
}

#[test]
fn a_backup_that_is_killed_leaves_no_half_one() {
    let host = heavy();
    let root = host.folder.path().join("backups");
    let mut killed = 0;
    for after in [0, 5, 10, 20, 30, 40, 60, 80, 120] {
        let mut child = program()
            .arg("backup")
            .arg(&root)
            .arg("--data")
            .arg(host.data())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("started");
        // Wherever it is by then.
        std::thread::sleep(std::time::Duration::from_millis(after));
        killed += u32::from(child.try_wait().expect("known").is_none());
        child.kill().expect("killed");
        child.wait().expect("its end");
        for backup in backups(&root) {
            assert!(
                is_whole(&backup) && dump(&backup, "plan").len() == 80,
                "killed after {after} ms"
            );
        }
    }
    assert!(killed > 0, "none was under way any more");
    backups(&root)
        .iter()
        .for_each(|made| std::fs::remove_dir_all(made).expect("removed"));
    host.tool(&["backup", &root.display().to_string()]).fine();
    let left = std::fs::read_dir(&root).expect("a folder").filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().starts_with(".partial")
    });
    assert_eq!((backups(&root).len(), left.count()), (1, 0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_backup_for_which_there_is_no_room_says_so_and_leaves_nothing() {
    let host = heavy();
    let root = host.folder.path().join("backups");
    // As on a full disk, no file can grow beyond a megabyte.
    let script = r#"trap '' XFSZ; ulimit -f 1024; exec "$0" backup "$1" --data "$2""#;
    let output = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_drawbridge-relay")])
        .arg(&root)
        .arg(host.data())
        .output()
        .expect("run");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(".partial-drawbridge-"), "{said}");
    let left: Vec<_> = std::fs::read_dir(&root)
        .expect("a folder")
        .map(|entry| entry.expect("one").file_name())
        .collect();
    assert_eq!(left, [".drawbridge-backup.lock"]);
}

#[test]
fn a_backup_takes_the_place_of_what_was_there() {
    let mut host = Host::running();
    let png = b"a picture of old";
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[("old", "base", json!(1))]);
    put_image(host.address(), "plan", &hash(png), png);
    host.tool(&["backup", &host.path("backups")]).fine();
    ann.write(&[("new", "base", json!(1))]);
    let refused = host.tool(&["restore", &host.path("backups")]).refused();
    assert!(refused.contains("stop it first"), "{refused}");
    drop(ann);
    host.stop();
    let said = host.tool(&["restore", &host.path("backups")]).fine();
    assert!(said.contains("replaced-"), "{said}");
    assert_eq!(host.cells("plan").len(), 1);
    let entries = std::fs::read_dir(host.data()).expect("the folder");
    let mut names = entries.map(|entry| entry.expect("one").path());
    let aside = names.find(|path| {
        path.file_name()
            .expect("a name")
            .to_string_lossy()
            .starts_with("replaced-")
    });
    assert_eq!(
        dump(&aside.expect("put aside"), "plan").len(),
        2,
        "nothing is lost"
    );
    host.start();
    assert_eq!(head_image(host.address(), "plan", &hash(png)), 200);
    host.stop();
    // A lost disk.
    std::fs::remove_dir_all(host.data()).expect("lost");
    host.tool(&["restore", &host.path("backups")]).fine();
    host.start();
    drop(Guest::join(host.address(), "plan", 'a'));
    assert_eq!(host.cells("plan").len(), 1);
}

#[test]
fn a_bad_backup_is_not_put_in_the_place_of_anything() {
    let mut host = Host::running();
    let png = b"a picture that goes bad";
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[("old", "base", json!(1))]);
    put_image(host.address(), "plan", &hash(png), png);
    drop(ann);
    host.tool(&["backup", &host.path("backups")]).fine();
    host.stop();
    let made = backups(&host.folder.path().join("backups")).remove(0);
    let image = made.join("images").join(hash(png));
    // Another file of the same length, since the image may be the very file that the relay has.
    std::fs::remove_file(&image).expect("removed");
    std::fs::write(&image, b"a picture that went bad").expect("written");
    let refused = host.tool(&["restore", &made.display().to_string()]).refused();
    assert!(
        refused.contains("damaged") && refused.contains(&hash(png)),
        "{refused}"
    );
    let store = made.join("relay.sqlite");
    let mut bytes = std::fs::read(&store).expect("the store");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2000].fill(0x55);
    std::fs::write(&store, bytes).expect("written");
    let refused = host.tool(&["restore", &made.display().to_string()]).refused();
    assert!(refused.contains("damaged"), "{refused}");
    let none = host.tool(&["restore", &host.path("nowhere")]).refused();
    assert!(none.contains("no backup"), "{none}");
    assert_eq!(host.cells("plan").len(), 1, "what is there is as it was");
    host.start();
}

#[test]
fn a_restore_that_broke_off_keeps_the_relay_from_starting_on_half_of_it() {
    let mut host = Host::running();
    drop(Guest::join(host.address(), "plan", 'a'));
    host.tool(&["backup", &host.path("backups")]).fine();
    host.stop();
    std::fs::create_dir(host.data().join("restoring")).expect("a folder");
    let said = host.tool(&["boards", "lock", "plan"]).refused();
    assert!(said.contains("restore` again"), "{said}");
    host.tool(&["restore", &host.path("backups")]).fine();
    host.start();
}
