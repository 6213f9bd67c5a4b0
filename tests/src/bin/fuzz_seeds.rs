//! Writes each fuzz target's seeds where libFuzzer starts from: `fuzz-seeds FOLDER`, one folder a target in it.

use std::path::PathBuf;

use drawbridge_tests::fuzzing::TARGETS;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    for target in TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (n, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{n:03}")), seed)?;
        }
    }
    Ok(())
}
