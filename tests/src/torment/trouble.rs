//! What happens to a world: kills, restarts, disks that are swapped, faults of its lines; and what is asked for at the
//! end of each process.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use drawbridge_protocol::CellSet;

use super::CLOSE;
use super::check::{left_in, relay_left};
use super::plan::{Action, Folder, Plan};
use super::world::{BOARD, NAMES, PATIENCE, World};
use crate::process::RelayProcess;
use crate::proxy::Fault;
use crate::scratch::copy_folder;

impl World {
    /// A plan that follows from the world's seed.
    #[must_use]
    pub fn plan(&mut self, loses: bool) -> Plan {
        Plan::round(&mut self.rng, loses)
    }

    /// Lets everything of a plan happen while people draw; then all faults end, and all must agree.
    pub fn round(&mut self, plan: Plan) {
        let mut actions = VecDeque::from(plan.actions);
        while let Some(action) = actions.pop_front() {
            if action == Action::KillRelay(Folder::Restored) && self.copy.is_none() {
                actions.push_back(action);
                continue;
            }
            self.work(plan.pause);
            self.fade();
            self.play(action);
        }
        self.work(plan.pause);
        self.agree();
        self.table.count("rounds at whose end all agreed");
    }

    /// Somebody's disk is lost, and they start over with their link. Only while all agree.
    pub fn lose_disk(&mut self) {
        let who = self.somebody();
        self.kill_client(who);
        self.journal.lost_disk(who);
        let home = self.people[who]
            .drawing
            .file
            .parent()
            .expect("a folder")
            .to_owned();
        remove(&home);
        fs::create_dir(&home).expect("a folder");
        self.table.count("clients that lost their disk");
        self.people[who].start();
    }

    /// Ends faults whose time is over.
    pub(super) fn fade(&mut self) {
        for (proxy, lasts) in self.proxies.iter().zip(&mut self.lasts) {
            *lasts = lasts.saturating_sub(1);
            if *lasts == 0 {
                proxy.set(Fault::None);
            }
        }
    }

    fn somebody(&mut self) -> usize {
        self.rng.usize(..self.people.len())
    }

    fn play(&mut self, action: Action) {
        match action {
            Action::KillRelay(folder) => {
                self.kill_relay();
                self.swap(folder);
                self.start_relay();
            }
            Action::KillRelayTwice => {
                self.kill_relay();
                let after = Duration::from_micros(self.rng.u64(..40_000));
                RelayProcess::start_and_kill(&self.program, &self.data, after);
                self.table.count("kills of the relay");
                self.check_relay();
                self.start_relay();
            }
            Action::StopRelay => {
                self.stop_relay();
                self.start_relay();
            }
            Action::KillClient => {
                let who = self.somebody();
                self.kill_client(who);
                self.work(Duration::from_millis(200));
                self.people[who].start();
            }
            Action::KillClientTwice => {
                let who = self.somebody();
                self.kill_client(who);
                self.people[who].start();
                self.work(Duration::from_millis(60));
                self.kill_client(who);
                self.people[who].start();
            }
            Action::CloseClient => {
                let who = self.somebody();
                self.close_client(who);
                self.people[who].start();
            }
            Action::Cut(how) => {
                let who = self.somebody();
                self.proxies[who].cut(how);
            }
            Action::Fault(fault) => {
                let who = self.somebody();
                self.proxies[who].set(fault);
                self.lasts[who] = self.rng.u8(2..5);
            }
        }
    }

    pub(super) fn start_relay(&mut self) {
        let relay = RelayProcess::start(&self.program, &self.data);
        self.aim(relay);
    }

    /// Starts the relay, if it starts.
    pub(super) fn try_start_relay(&mut self) -> Result<(), String> {
        RelayProcess::try_start(&self.program, &self.data).map(|relay| self.aim(relay))
    }

    fn aim(&mut self, relay: RelayProcess) {
        self.proxies
            .iter()
            .for_each(|proxy| proxy.set_target(relay.address()));
        self.relay = Some(relay);
    }

    pub(super) fn kill_relay(&mut self) {
        self.catch_up();
        self.relay.take().expect("a relay").kill();
        self.table.count("kills of the relay");
        self.check_relay();
    }

    pub(super) fn stop_relay(&mut self) {
        let (status, log) = self.relay.take().expect("a relay").terminate();
        assert!(status.success() || cfg!(not(unix)), "{status}: {log:?}");
        self.table.count("stops of the relay");
        self.check_relay();
    }

    /// What the relay left: whole, nothing that nobody wrote, and whatever it acknowledged.
    pub(super) fn check_relay(&mut self) {
        let left = relay_left(&self.data, BOARD).unwrap_or_default();
        // What somebody wrote is announced before, but perhaps not heard yet.
        let until = Instant::now() + PATIENCE;
        while !self.journal.strange(&left).is_empty() && self.hear_until(until) {}
        assert_eq!(self.journal.strange(&left), [], "nobody wrote that");
        if self.kept {
            self.catch_up();
            let lost = self.journal.unkept(&left);
            assert_eq!(lost, [], "the relay acknowledged and lost");
            self.table
                .count("ends of the relay at which all it had acknowledged was asked for");
        }
    }

    /// Does to the relay's folder what happens to it while it is down.
    fn swap(&mut self, folder: Folder) {
        let copy = self.data.with_file_name("copy");
        match folder {
            Folder::Stays => {}
            Folder::Copied => {
                remove(&copy);
                copy_folder(&self.data, &copy);
                self.copy = Some(copy);
            }
            Folder::Restored => {
                remove(&self.data);
                copy_folder(&copy, &self.data);
                self.kept = false;
                self.table.count("relays restored from an older copy");
            }
            Folder::Emptied => {
                remove(&self.data);
                self.kept = false;
                self.table.count("relays emptied");
            }
        }
    }

    pub(super) fn kill_client(&mut self, who: usize) {
        self.people[who].kill();
        self.table.count("kills of clients");
        self.check_client(who);
    }

    /// What somebody's process left: whole, whatever it had called saved, no half write, every stroke under way.
    pub(super) fn check_client(&mut self, who: usize) {
        self.catch_up();
        let name = NAMES[who];
        let Some(left) = left_in(&self.people[who].drawing.file, BOARD) else {
            let lost = self.journal.unsaved(who, &CellSet::default());
            return assert_eq!(lost, [], "{name} has no file");
        };
        assert_eq!(
            self.journal.unsaved(who, &left.board),
            [],
            "saved by {name} and lost"
        );
        assert!(
            self.journal.torn(who, &left.board).is_empty(),
            "half of a write of {name}"
        );
        let undrafted = self.journal.undrafted(who, &left.drafts, &left.board);
        assert!(undrafted.is_empty(), "{name} had kept {undrafted:?}");
        let until = Instant::now() + PATIENCE;
        while !self.journal.strange(&left.board).is_empty() && self.hear_until(until) {}
        assert_eq!(self.journal.strange(&left.board), [], "nobody wrote that");
    }

    pub(super) fn close_client(&mut self, who: usize) {
        self.people[who].tell(CLOSE);
        let (status, complaint) = self.people[who].ended();
        assert!(status.success(), "{} closed: {status}, {complaint}", NAMES[who]);
        self.table.count("clients closed");
        self.check_client(who);
    }
}

fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("removed");
    }
}
