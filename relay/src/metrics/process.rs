//! What the system knows of this process and its disk.

use std::path::Path;

/// A process, as the system sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Process {
    /// Of processors, in user and system mode.
    pub(super) cpu_s: f64,
    pub(super) resident_bytes: u64,
    pub(super) open_files: u64,
    pub(super) max_files: u64,
}

/// The space of a disk, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Space {
    pub(super) all: u64,
    /// What this process may still take.
    pub(super) free: u64,
}

/// This process. `None` where the system doesn't say.
#[cfg(target_os = "linux")]
pub(super) fn this() -> Option<Process> {
    use std::fs;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name stands in brackets and may hold anything.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let user: u64 = fields.nth(11)?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let pages: u64 = fields.nth(8)?.parse().ok()?;
    let (max_files, _) = rlimit::Resource::NOFILE.get().ok()?;
    Some(Process {
        cpu_s: (user + system) as f64 / rustix::param::clock_ticks_per_second() as f64,
        resident_bytes: pages * rustix::param::page_size() as u64,
        // The folder that is being read is one of them.
        open_files: (fs::read_dir("/proc/self/fd").ok()?.count() as u64).saturating_sub(1),
        max_files,
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn this() -> Option<Process> {
    None
}

/// The space on the disk on which `path` lies. `None` where the system doesn't say.
#[cfg(unix)]
pub(super) fn space(path: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(Space {
        all: found.f_blocks * found.f_frsize,
        free: found.f_bavail * found.f_frsize,
    })
}

#[cfg(not(unix))]
pub(super) fn space(_: &Path) -> Option<Space> {
    None
}
