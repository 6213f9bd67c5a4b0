//! A drawing process, as its owner holds it: started, told, killed, heard.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

use super::draw::Drawing;
use super::journal::Line;

/// Which one says what; `None` when it has ended.
pub(super) type Heard = (usize, Option<Line>);

/// Somebody with a board's file of their own, whose process comes and goes.
#[derive(Debug)]
pub(super) struct Drawer {
    pub(super) drawing: Drawing,
    who: usize,
    program: PathBuf,
    name: String,
    seed: u64,
    runs: u64,
    child: Option<Child>,
    ears: Option<JoinHandle<()>>,
    complaint: Option<JoinHandle<String>>,
    heard: Sender<Heard>,
}

impl Drawer {
    /// Somebody who isn't there yet.
    pub(super) fn new(who: usize, program: PathBuf, drawing: Drawing, heard: Sender<Heard>) -> Self {
        Self {
            who,
            program,
            name: drawing.name.clone(),
            seed: drawing.seed,
            drawing,
            runs: 0,
            child: None,
            ears: None,
            complaint: None,
            heard,
        }
    }

    /// Starts the process.
    pub(super) fn start(&mut self) {
        assert!(self.child.is_none(), "{} runs already", self.name);
        self.runs += 1;
        // Two runs must not give two strokes one name.
        self.drawing.name = format!("{}-{}", self.name, self.runs);
        self.drawing.seed = self.seed.wrapping_add(self.runs);
        let mut command = Command::new(&self.program);
        command.arg(&self.drawing.file).arg(self.drawing.link.to_string());
        command.args(["--name", &self.drawing.name]);
        command.args(["--seed", &self.drawing.seed.to_string()]);
        command.args(["--weight", &self.drawing.weight.to_string()]);
        if self.drawing.create {
            command.arg("--create");
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the drawing process starts");
        let out = child.stdout.take().expect("its output");
        let mut errors = child.stderr.take().expect("its errors");
        let (who, heard) = (self.who, self.heard.clone());
        self.ears = Some(std::thread::spawn(move || listen(who, out, &heard)));
        self.complaint = Some(std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).expect("its errors");
            text
        }));
        self.child = Some(child);
    }

    /// Whether its process is there.
    pub(super) fn is_there(&self) -> bool {
        self.child.is_some()
    }

    /// Tells it something. It may be gone.
    pub(super) fn tell(&mut self, word: &str) {
        if let Some(input) = self.child.as_mut().and_then(|child| child.stdin.as_mut()) {
            let _ = writeln!(input, "{word}");
        }
    }

    /// Ends it in the middle of whatever it does; everything that it said has then been heard.
    pub(super) fn kill(&mut self) {
        if let Some(child) = &mut self.child {
            let over = child.try_wait().expect("its state");
            child.kill().expect("SIGKILL");
            let (_, complaint) = self.ended();
            assert!(
                over.is_none(),
                "{} ended by itself: {over:?}, {complaint}",
                self.name
            );
        }
    }

    /// Waits for its end.
    pub(super) fn ended(&mut self) -> (ExitStatus, String) {
        let mut child = self.child.take().expect("a process");
        let status = child.wait().expect("its end");
        self.ears
            .take()
            .map(JoinHandle::join)
            .expect("ears")
            .expect("what it said");
        let complaint = self.complaint.take().map(JoinHandle::join).expect("its errors");
        (status, complaint.expect("its errors"))
    }
}

impl Drop for Drawer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Passes its lines on; the last may be cut off where it was killed.
fn listen(who: usize, out: ChildStdout, heard: &Sender<Heard>) {
    let mut out = BufReader::new(out);
    let mut text = String::new();
    while out.read_line(&mut text).expect("what it says") > 0 && text.ends_with('\n') {
        let line = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        if heard.send((who, Some(line))).is_err() {
            return;
        }
        text.clear();
    }
    // Its owner may be gone.
    let _ = heard.send((who, None));
}
