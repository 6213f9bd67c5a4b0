//! The connection's life: opening, greeting, heartbeat, closing, waiting and trying again.

use std::time::Duration;

use drawbridge_protocol::{
    ClientMessage, CloseCode, Code, Hello, Refused, Retry, Role, Stopping, VERSION, encode,
};

use super::access::Asks;
use super::outbox::Outbox;
use super::{Flaw, Output, PersonChange, Phase, Session, Timings};
use crate::client::record::{Reason, Remote};

/// However long a relay that stops asks a client to stay away, it comes back after this.
const LONGEST_AWAY: Duration = Duration::from_secs(60);

/// Where the connection stands.
#[derive(Debug, Default)]
pub(super) enum Line {
    /// Nothing is tried: no remote, or offline by choice.
    #[default]
    Idle,
    /// To be tried again.
    Retry {
        at: Duration,
        reason: String,
        code: Option<Code>,
    },
    /// The relay said no, and only the person can change that.
    Refused { code: Code, message: String },
    /// The relay can't be spoken to safely. A person has to see to it, so it is tried again rarely.
    Insecure {
        at: Duration,
        flaw: Flaw,
        message: String,
    },
    /// Asked for.
    Opening { since: Duration },
    /// The hello is sent.
    Greeting { pulse: Pulse },
    /// Welcomed.
    Up(Box<Up>),
}

/// When the other side was last heard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    heard: Duration,
    asked: Option<Duration>,
}

impl Pulse {
    fn next_timeout(self, timings: &Timings) -> Duration {
        match self.asked {
            Some(asked) => asked + timings.pong,
            None => self.heard + timings.quiet,
        }
    }
}

/// A connection that is on the board.
#[derive(Debug)]
pub(super) struct Up {
    pub(super) conn: u64,
    pub(super) role: Role,
    pub(super) since: Duration,
    /// The relay's clock at `since`.
    pub(super) relay_ms: u64,
    pub(super) pulse: Pulse,
    /// Cells that came and cells in all, until it has caught up.
    pub(super) progress: Option<(u64, u64)>,
    /// Since when it has.
    pub(super) in_step: Option<Duration>,
    /// Why the relay takes no writes at present, if it said so since it last took one.
    pub(super) held_up: Option<Reason>,
    /// The last refusal of nothing that this version knows: a close may follow it.
    pub(super) refused: Option<Refused>,
    pub(super) outbox: Outbox,
    pub(super) asks: Asks,
    /// The number of the page of the past that was asked for and hasn't come.
    pub(super) past_asked: Option<u64>,
}

impl Line {
    pub(super) fn role(&self) -> Option<Role> {
        match self {
            Self::Up(up) => Some(up.role),
            _ => None,
        }
    }

    pub(super) fn conn(&self) -> Option<u64> {
        match self {
            Self::Up(up) => Some(up.conn),
            _ => None,
        }
    }

    pub(super) fn held_up(&self) -> Option<&Reason> {
        match self {
            Self::Up(up) => up.held_up.as_ref(),
            _ => None,
        }
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(self, Self::Up(_))
    }

    fn is_open(&self) -> bool {
        matches!(self, Self::Opening { .. } | Self::Greeting { .. } | Self::Up(_))
    }

    fn pulse(&mut self) -> Option<&mut Pulse> {
        match self {
            Self::Greeting { pulse } => Some(pulse),
            Self::Up(up) => Some(&mut up.pulse),
            _ => None,
        }
    }

    pub(super) fn next_timeout(&self, timings: &Timings) -> Option<Duration> {
        match self {
            Self::Idle | Self::Refused { .. } => None,
            Self::Retry { at, .. } | Self::Insecure { at, .. } => Some(*at),
            Self::Opening { since } => Some(*since + timings.connect),
            Self::Greeting { pulse } => Some(pulse.next_timeout(timings)),
            Self::Up(up) => {
                let beat = up.pulse.next_timeout(timings);
                Some(up.outbox.next_timeout().map_or(beat, |at| at.min(beat)))
            }
        }
    }
}

impl Session {
    pub(super) fn phase(&self) -> Phase {
        if self.remote.is_none() {
            return Phase::Local;
        }
        match &self.line {
            Line::Idle => Phase::Offline {
                retry_at: None,
                reason: String::new(),
                code: None,
            },
            Line::Retry { at, reason, code } => Phase::Offline {
                retry_at: Some(*at),
                reason: reason.clone(),
                code: *code,
            },
            Line::Refused { code, message } => Phase::Refused {
                code: *code,
                message: message.clone(),
            },
            Line::Insecure { flaw, message, .. } => Phase::Insecure {
                flaw: *flaw,
                message: message.clone(),
            },
            Line::Opening { .. } | Line::Greeting { .. } => Phase::Connecting,
            Line::Up(up) => match up.progress {
                Some((done, total)) => Phase::CatchingUp { done, total },
                None => Phase::Live,
            },
        }
    }

    /// Asks for a connection, if one is wanted.
    pub(super) fn connect(&mut self) {
        let Some(remote) = self.remote.as_ref().filter(|_| self.online) else {
            self.line = Line::Idle;
            return;
        };
        let url = remote.link.socket_url();
        self.serial += 1;
        self.come_back_after = Duration::ZERO;
        self.line = Line::Opening { since: self.now.mono };
        self.outputs.push_back(Output::Open { url });
    }

    pub(super) fn on_opened(&mut self) {
        let (Line::Opening { .. }, Some(remote)) = (&self.line, &self.remote) else {
            return;
        };
        let (create, access) = self.may_create(remote);
        let hello = Hello {
            versions: vec![VERSION],
            features: Vec::new(),
            peer: self.config.peer,
            about: self.config.about.clone(),
            key: self.entry_key(remote).clone(),
            password: self.password.clone(),
            // Who holds the board may bring it back to a relay that lost it.
            create,
            access,
            cursor: self.cursor.clone(),
        };
        self.outputs
            .push_back(Output::Send(encode(&ClientMessage::Hello(hello))));
        self.line = Line::Greeting {
            pulse: self.fresh_pulse(),
        };
    }

    pub(super) fn fresh_pulse(&self) -> Pulse {
        Pulse {
            heard: self.now.mono,
            asked: None,
        }
    }

    pub(super) fn on_heard(&mut self) {
        let fresh = self.fresh_pulse();
        if let Some(pulse) = self.line.pulse() {
            *pulse = fresh;
        }
    }

    /// The relay is about to stop, and says when to come back.
    pub(super) fn on_stopping(&mut self, stopping: &Stopping) {
        self.come_back_after = Duration::from_millis(stopping.after).min(LONGEST_AWAY);
    }

    pub(super) fn on_closed(&mut self, code: Option<u16>, reason: &str) {
        if !self.line.is_open() {
            return;
        }
        let by_refusal = [CloseCode::Policy, CloseCode::TryLater].map(|code| Some(code.number()));
        if by_refusal.contains(&code)
            && let Line::Up(up) = &mut self.line
            && let Some(refused) = up.refused.take()
        {
            return self.turned_away(refused);
        }
        if CloseCode::client_retries(code) {
            self.try_again(self.come_back_after, reason);
        } else {
            let number = code.unwrap_or_default();
            let message = format!("The relay closed the connection ({number}): {reason}");
            self.leave(Line::Refused {
                code: Code::Unknown,
                message,
            });
        }
    }

    /// The way to the relay isn't safe: nothing was said on it.
    pub(super) fn on_insecure(&mut self, flaw: Flaw, message: String) {
        if !self.line.is_open() {
            return;
        }
        // Not all at the same time, when a relay that many use has a new certificate.
        let wait = self.config.timings.insecure;
        let at = self
            .now
            .mono
            .saturating_add(wait / 2)
            .saturating_add(self.random.up_to(wait / 2));
        self.attempts = 0;
        self.leave(Line::Insecure { at, flaw, message });
    }

    /// A refusal that ends the connection: tried again only if the relay says when.
    pub(super) fn on_refused_connection(&mut self, refused: Refused) {
        self.close(CloseCode::Normal);
        if self.comes_by_the_link(&refused) {
            return self.connect();
        }
        self.turned_away(refused);
    }

    fn turned_away(&mut self, refused: Refused) {
        match refused.retry {
            Retry::After(ms) => {
                self.try_again(Duration::from_millis(ms), &refused.message);
                if let Line::Retry { code, .. } = &mut self.line {
                    *code = Some(refused.code);
                }
            }
            Retry::Never | Retry::Changed => self.leave(Line::Refused {
                code: refused.code,
                message: refused.message,
            }),
        }
    }

    /// Ends a connection that doesn't work, and tries again later.
    pub(super) fn fail(&mut self, code: CloseCode, reason: &str) {
        self.close(code);
        self.try_again(Duration::ZERO, reason);
    }

    fn try_again(&mut self, at_least: Duration, reason: &str) {
        let timings = self.config.timings;
        if let Line::Up(up) = &self.line
            && self.now.mono >= up.since + timings.stable
        {
            self.attempts = 0;
        }
        // Full jitter: clients that lost the same relay come back spread over time.
        let doubled = timings.retry_base.saturating_mul(1 << self.attempts.min(16));
        let wait = self.random.up_to(doubled.min(timings.retry_cap));
        self.attempts = self.attempts.saturating_add(1);
        let at = self.now.mono.saturating_add(at_least).saturating_add(wait);
        self.leave(Line::Retry {
            at,
            reason: reason.to_owned(),
            code: None,
        });
    }

    /// Gives up what belonged to the connection. Its cells are unsettled still, and so are offered
    /// on the next one; slots that were about to end are dry by then.
    pub(super) fn leave(&mut self, next: Line) {
        if let Line::Up(up) = std::mem::replace(&mut self.line, next) {
            for slot in up.outbox.ends() {
                self.slots.remove(slot);
            }
            self.drop_asks(up.asks);
        }
        self.person(PersonChange::Reset(Vec::new()));
    }

    pub(super) fn on_set_remote(&mut self, remote: Option<Remote>) {
        if remote == self.remote {
            return;
        }
        if self.line.is_open() {
            self.close(CloseCode::Normal);
        }
        self.leave(Line::Idle);
        self.moved_to(remote.as_ref());
        self.forget_fetched();
        self.remote.clone_from(&remote);
        self.saving.set_remote(remote);
        self.unpark_all();
        self.attempts = 0;
        self.connect();
    }

    pub(super) fn on_set_online(&mut self, online: bool) {
        self.online = online;
        self.disowned = false;
        self.attempts = 0;
        self.moves = 0;
        if online && !self.line.is_open() {
            self.connect();
        } else if !online {
            if self.line.is_open() {
                self.close(CloseCode::Normal);
            }
            self.leave(Line::Idle);
        }
    }

    pub(super) fn on_network_back(&mut self) {
        if let Line::Retry { .. } | Line::Insecure { .. } = self.line {
            self.attempts = 0;
            self.connect();
            return;
        }
        // A connection over the old network may be dead without a word: ask at once.
        let now = self.now.mono;
        if let Some(pulse) = self.line.pulse()
            && pulse.asked.is_none()
        {
            pulse.asked = Some(now);
            self.outputs.push_back(Output::Ping);
        }
    }

    /// Does what its time has come for.
    pub(super) fn on_time(&mut self) {
        let now = self.now.mono;
        let timings = self.config.timings;
        match &mut self.line {
            Line::Retry { at, .. } | Line::Insecure { at, .. } if *at <= now => self.connect(),
            Line::Opening { since } if *since + timings.connect <= now => {
                self.fail(CloseCode::GoingAway, "the relay did not answer");
            }
            Line::Greeting { .. } | Line::Up(_) => self.on_beat(),
            _ => {}
        }
    }

    fn on_beat(&mut self) {
        let now = self.now.mono;
        let timings = self.config.timings;
        let Some(pulse) = self.line.pulse() else {
            return;
        };
        if pulse.next_timeout(&timings) > now {
            return;
        }
        if pulse.asked.is_some() {
            self.fail(CloseCode::GoingAway, "the relay went silent");
        } else {
            pulse.asked = Some(now);
            self.outputs.push_back(Output::Ping);
        }
    }
}
