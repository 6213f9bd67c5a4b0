//! What the desktop is told: installing and removing it in a folder of the test's own, and that the files of packages for all
//! systems name the same scheme, kind of file and ending as the program.

use std::fs;
use std::path::{Path, PathBuf};

use drawbridge::desktop::{Desktop, EXTENSION, MIME, SCHEME};
use drawbridge::nearby::SERVICE;
use drawbridge_engine::images;
use drawbridge_protocol::{BoardId, Key, Link};

fn packages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packages")
}

fn read(name: &str) -> String {
    fs::read_to_string(packages().join(name)).expect(name)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let name = path.strip_prefix(folder).expect("below");
            found.extend(files(&path).into_iter().map(|below| name.join(below)));
        } else {
            found.push(path.strip_prefix(folder).expect("below").to_owned());
        }
    }
    found.sort();
    found
}

#[test]
fn installing_twice_is_installing_once_and_removing_takes_just_that_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("my data");
    let config = folder.path().join("config");
    fs::create_dir_all(data.join("applications")).expect("a folder");
    fs::create_dir_all(&config).expect("a folder");
    fs::write(data.join("applications/other.desktop"), "[Desktop Entry]\n").expect("written");
    let list = "[Default Applications]\ntext/html=web.desktop\n";
    fs::write(config.join("mimeapps.list"), list).expect("written");
    let desktop = Desktop {
        data: data.clone(),
        config: config.clone(),
        program: PathBuf::from("/opt/my programs/drawbridge"),
    };
    assert_eq!(
        desktop.remove().expect("nothing to do"),
        "nothing was installed\n"
    );

    let told = desktop.install().expect("installed");
    assert!(
        told.contains("wrote") && !told.contains("there already"),
        "{told}"
    );
    let entry = fs::read_to_string(data.join("applications/drawbridge.desktop")).expect("a desktop file");
    assert!(
        entry.contains("\nExec=\"/opt/my programs/drawbridge\" %u\n"),
        "{entry}"
    );
    assert!(data.join("mime/packages/drawbridge.xml").exists());
    assert!(data.join("icons/hicolor/scalable/apps/drawbridge.svg").exists());
    let told = desktop.install().expect("installed again");
    assert!(
        !told.contains("wrote") && told.contains("there already"),
        "{told}"
    );

    let moved = Desktop {
        program: PathBuf::from("/usr/bin/drawbridge"),
        ..desktop
    };
    let told = moved.install().expect("installed from elsewhere");
    assert!(told.contains("wrote"), "{told}");
    moved.remove().expect("removed");
    let left = files(&data);
    // Lists that the desktop's own programs make stay, with nothing of ours in them.
    for path in &left {
        let text = fs::read(data.join(path)).expect("a file");
        let ours = text.windows(10).any(|part| part == b"drawbridge");
        assert!(!ours, "{}", path.display());
    }
    assert!(left.contains(&PathBuf::from("applications/other.desktop")));
    assert_eq!(
        fs::read_to_string(config.join("mimeapps.list"))
            .expect("a list")
            .trim_end(),
        list.trim_end()
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::write(&data, "in the way").expect("written");
    let desktop = Desktop {
        data: data.clone(),
        config: folder.path().to_owned(),
        program: PathBuf::from("/usr/bin/drawbridge"),
    };
    let error = desktop.install().expect_err("a file is in the way").to_string();
    assert!(error.contains(&data.display().to_string()), "{error}");
}

#[test]
fn packages_name_what_the_program_names() {
    let link = Link {
        secure: false,
        relay: "draw.example:7411".to_owned(),
        board: BoardId::new("b").expect("a name"),
        key: Key::new("0123456789abcdef").expect("a key"),
    };
    assert!(link.app_url().starts_with(&format!("{SCHEME}://")));

    let handler = format!("x-scheme-handler/{SCHEME}");
    let entry = read("linux/drawbridge.desktop");
    assert!(entry.contains(&format!("MimeType={handler};{MIME};\n")));
    let kind = read("linux/drawbridge.xml");
    assert!(kind.contains(&format!("type=\"{MIME}\"")) && kind.contains(&format!("\"*.{EXTENSION}\"")));
    let metainfo = read("linux/io.github.drawbridge.Drawbridge.metainfo.xml");
    for provided in [MIME, &handler] {
        assert!(metainfo.contains(&format!("<mediatype>{provided}</mediatype>")));
    }

    let installer = read("windows/drawbridge.iss");
    for line in [
        format!("#define Scheme \"{SCHEME}\"\n"),
        format!("#define Extension \".{EXTENSION}\"\n"),
        format!("#define Mime \"{MIME}\"\n"),
    ] {
        assert!(installer.contains(&line), "{line}");
    }

    let plist = read("macos/Info.plist");
    for text in [SCHEME, EXTENSION, MIME, SERVICE.trim_end_matches(".local.")] {
        assert!(plist.contains(&format!("<string>{text}</string>")), "{text}");
    }
    let version = env!("CARGO_PKG_VERSION");
    assert!(installer.contains(&format!("#define Version \"{version}\"")));
    assert!(plist.contains(&format!("<string>{version}</string>")));
    assert!(metainfo.contains(&format!("version=\"{version}\"")));
}

#[test]
fn the_icon_of_the_window_is_a_picture_of_the_one_in_packages() {
    let svg = images::take(read("drawbridge.svg").as_bytes()).expect("a picture");
    let png = fs::read(packages().join("drawbridge.png")).expect("a picture");
    let png = images::take(&png).expect("a picture");
    let pixels =
        |taken: &images::Taken| tiny_skia::Pixmap::decode_png(&taken.image.bytes).expect("a picture");
    let (svg, png) = (pixels(&svg), pixels(&png));
    let at = |picture: &tiny_skia::Pixmap, x: u32, y: u32| {
        let (x, y) = (x * picture.width() / 64, y * picture.height() / 64);
        let color = picture.pixel(x, y).expect("inside").demultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
    };
    let far = |a: [u8; 4], b: [u8; 4]| a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > 60);
    let all = (0..64).flat_map(|y| (0..64).map(move |x| (x, y)));
    let apart = all
        .filter(|(x, y)| far(at(&svg, *x, *y), at(&png, *x, *y)))
        .count();
    assert!(apart < 64 * 64 / 50, "{apart} of 4096 points differ");
}
