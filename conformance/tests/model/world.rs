//! TCP sockets of one machine that talk to each other over loopback: what may a call answer, and what is then?
//!
//! Every socket of a world does not block, ports are the system's to choose, and what is sent has arrived before the
//! next call. A step gives each answer that some system may give, with the rule that allows it, who says so, and the
//! world that follows.

use std::collections::{BTreeMap, VecDeque};

use usocket_testkit::Errno;

use super::answer::{Answer, Done, OK, fails};

/// A socket's name in a world.
pub(crate) type Id = usize;

/// How many bytes a send offers, and how many a receive has room for.
pub(crate) const SENT: usize = 5;
pub(crate) const RECEIVED: usize = 3;

/// The most connections that wait in a listener's queue here.
pub(crate) const QUEUE: usize = 6;

/// A call on one socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// To a port that the system chooses.
    Bind,
    Listen,
    /// To this listener, whose queue has room.
    Connect(Id),
    /// To where nobody listens.
    ConnectNowhere,
    Accept,
    Send,
    Receive,
    ShutRead,
    ShutWrite,
    TakeError,
    PeerName,
    Close,
    /// Close with a reset.
    Abort,
}

/// Who says that an answer is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// POSIX.1-2024; where it leaves a thing open, everything is allowed that Linux does.
    Posix,
    /// What Linux does.
    Linux,
}

/// What may happen.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) answer: Answer,
    /// The rule's id.
    pub(crate) rule: &'static str,
    pub(crate) profiles: &'static [Profile],
    pub(crate) then: World,
    /// The socket that an accept gives.
    pub(crate) child: Option<Id>,
}

const BOTH: &[Profile] = &[Profile::Posix, Profile::Linux];
const LINUX: &[Profile] = &[Profile::Linux];
const POSIX: &[Profile] = &[Profile::Posix];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Fresh,
    Listening,
    Connected,
    /// A connect has failed, and perhaps nobody has heard of it.
    Failed,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "so has the system")]
struct Socket {
    phase: Phase,
    /// What `SO_ERROR` holds.
    error: Option<Errno>,
    shut_read: bool,
    shut_write: bool,
    bound: bool,
    peer: Option<Id>,
    own_fin: bool,
    peer_fin: bool,
    /// Bytes that have come.
    queued: usize,
    /// Connections that wait to be accepted.
    waiting: VecDeque<Id>,
    /// Connected without waiting, and nobody has asked yet.
    unasked: bool,
    /// After a reset, or after both ends' last word.
    dead: bool,
    /// The end of the stream came before the reset.
    ended: bool,
    /// It never connects again.
    spoilt: bool,
    /// Nobody has it any more.
    closed: bool,
}

impl Socket {
    fn both_fins(&self) -> bool {
        self.own_fin && self.peer_fin
    }

    /// Connected, and not at its end.
    fn alive(&self) -> bool {
        self.phase == Phase::Connected && !self.dead && !self.both_fins()
    }

    /// A failure of its connection; a port that the system chose is given back.
    fn die(&mut self, error: Errno) {
        self.dead = true;
        self.error = Some(error);
        self.shut_read = true;
        self.shut_write = true;
        self.bound = false;
    }

    /// Fresh again, but for its port.
    fn afresh(&mut self) {
        *self = Self {
            bound: self.bound,
            ..Self::default()
        };
    }
}

/// Some sockets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct World {
    sockets: BTreeMap<Id, Socket>,
    next: Id,
}

impl World {
    /// One more socket.
    pub(crate) fn socket(&mut self) -> Id {
        let id = self.next;
        self.next += 1;
        self.sockets.insert(id, Socket::default());
        id
    }

    /// The listeners with room in their queues.
    pub(crate) fn listeners(&self) -> impl Iterator<Item = Id> {
        self.sockets
            .iter()
            .filter(|(_, socket)| {
                socket.phase == Phase::Listening && !socket.closed && socket.waiting.len() < QUEUE
            })
            .map(|(id, _)| *id)
    }

    pub(crate) fn is_fresh(&self, id: Id) -> bool {
        self.sockets[&id].phase == Phase::Fresh
    }

    /// Everything that may happen; never nothing.
    pub(crate) fn step(&self, id: Id, call: Call) -> Vec<Step> {
        let mut steps = Steps {
            before: self,
            all: Vec::new(),
        };
        match call {
            Call::Bind => steps.bind(id),
            Call::Listen => steps.listen(id),
            Call::Connect(listener) => steps.connect(id, Some(listener)),
            Call::ConnectNowhere => steps.connect(id, None),
            Call::Accept => steps.accept(id),
            Call::Send => steps.send(id),
            Call::Receive => steps.receive(id),
            Call::ShutRead => steps.shutdown(id, true),
            Call::ShutWrite => steps.shutdown(id, false),
            Call::TakeError => steps.take_error(id),
            Call::PeerName => steps.peer_name(id),
            Call::Close => steps.close(id, false),
            Call::Abort => steps.close(id, true),
        }
        steps.all
    }

    fn at(&mut self, id: Id) -> &mut Socket {
        self.sockets.entry(id).or_default()
    }

    /// A reset reaches it.
    fn reset(&mut self, id: Option<Id>) {
        let Some(id) = id else { return };
        let socket = self.at(id);
        if socket.dead || socket.closed || socket.phase != Phase::Connected {
            return;
        }
        if socket.both_fins() {
            socket.dead = true;
        } else if socket.peer_fin {
            socket.ended = true;
            socket.die(Errno::EPIPE);
        } else {
            socket.die(Errno::ECONNRESET);
        }
    }

    /// It says its last word.
    fn send_fin(&mut self, id: Id) {
        let socket = self.at(id);
        if socket.own_fin || socket.dead {
            return;
        }
        socket.own_fin = true;
        if socket.both_fins() {
            socket.bound = false;
        }
        let Some(peer) = socket.peer else { return };
        let peer = self.at(peer);
        if !peer.dead && peer.phase == Phase::Connected {
            peer.peer_fin = true;
            if peer.both_fins() {
                peer.bound = false;
            }
        }
    }

    /// A listener's queue is given up: who waits in it is reset.
    fn abandon(&mut self, listener: Id) {
        for child in std::mem::take(&mut self.at(listener).waiting) {
            let client = self.at(child).peer;
            self.reset(client);
            self.at(child).closed = true;
        }
    }

    /// What is sent to `to` arrives there.
    fn arrive(&mut self, from: Id, to: Id, bytes: usize) {
        let socket = self.at(to);
        if socket.closed || socket.dead {
            self.reset(Some(from));
        } else if socket.shut_read && socket.own_fin {
            // Nobody can read it, and nobody will answer (RFC 1122 4.2.2.13).
            socket.die(Errno::ECONNRESET);
            self.reset(Some(from));
        } else {
            socket.queued += bytes;
        }
    }
}

/// The steps of one call, as they are found.
struct Steps<'world> {
    before: &'world World,
    all: Vec<Step>,
}

impl Steps<'_> {
    fn may(
        &mut self,
        profiles: &'static [Profile],
        answer: Answer,
        rule: &'static str,
        change: impl FnOnce(&mut World),
    ) {
        let mut then = self.before.clone();
        change(&mut then);
        self.all.push(Step {
            answer,
            rule,
            profiles,
            then,
            child: None,
        });
    }

    /// It fails, and nothing changes.
    fn fails(&mut self, profiles: &'static [Profile], errno: Errno, rule: &'static str) {
        self.may(profiles, fails(errno), rule, |_| ());
    }

    /// The pending error is told, and then there is none.
    fn tell(&mut self, id: Id, errno: Errno, rule: &'static str) {
        self.may(BOTH, fails(errno), rule, |world| world.at(id).error = None);
    }

    fn bind(&mut self, id: Id) {
        let socket = &self.before.sockets[&id];
        if socket.bound || socket.phase == Phase::Listening || socket.alive() {
            self.fails(BOTH, Errno::EINVAL, "bind.twice");
        } else {
            self.may(BOTH, OK, "bind.ephemeral", |world| {
                world.at(id).bound = true;
            });
        }
    }

    fn listen(&mut self, id: Id) {
        match self.before.sockets[&id].phase {
            Phase::Fresh => self.may(BOTH, OK, "listen.autobind", |world| {
                let socket = world.at(id);
                socket.phase = Phase::Listening;
                socket.bound = true;
            }),
            Phase::Listening => self.may(BOTH, OK, "listen.again", |_| ()),
            Phase::Connected | Phase::Failed => {
                self.fails(BOTH, Errno::EINVAL, "listen.connected");
            }
        }
    }

    fn connect(&mut self, id: Id, listener: Option<Id>) {
        let socket = &self.before.sockets[&id];
        match socket.phase {
            Phase::Listening => {
                self.fails(LINUX, Errno::EISCONN, "connect.listener");
                self.fails(POSIX, Errno::EOPNOTSUPP, "connect.listener");
            }
            _ if socket.spoilt => self.fails(BOTH, Errno::EINVAL, "trap.x2"),
            Phase::Connected if !socket.unasked => {
                self.fails(BOTH, Errno::EISCONN, "connect.isconn");
            }
            Phase::Connected if socket.dead || socket.both_fins() => self.late(id),
            Phase::Connected => {
                self.may(LINUX, OK, "connect.second-ok", |world| {
                    world.at(id).unasked = false;
                });
                self.fails(POSIX, Errno::EISCONN, "connect.second-ok");
            }
            Phase::Failed => self.late(id),
            Phase::Fresh => {
                self.may(
                    BOTH,
                    fails(Errno::EINPROGRESS),
                    "connect.inprogress",
                    |world| {
                        if let Some(listener) = listener {
                            join(world, id, listener);
                        } else {
                            let socket = world.at(id);
                            socket.phase = Phase::Failed;
                            socket.error = Some(Errno::ECONNREFUSED);
                            socket.bound = false;
                            socket.shut_read = true;
                            socket.shut_write = true;
                        }
                    },
                );
            }
        }
    }

    /// A connect that tells how the one before it has ended.
    fn late(&mut self, id: Id) {
        let error = self.before.sockets[&id].error;
        let (errno, rule) = match error {
            Some(error) => (error, "connect.once"),
            None => (Errno::ECONNABORTED, "connect.aborted"),
        };
        self.may(BOTH, fails(errno), rule, |world| world.at(id).afresh());
    }

    fn accept(&mut self, id: Id) {
        let socket = &self.before.sockets[&id];
        if socket.phase != Phase::Listening {
            self.fails(BOTH, Errno::EINVAL, "accept.notlistening");
            return;
        }
        let Some(child) = socket.waiting.front().copied() else {
            self.fails(BOTH, Errno::EAGAIN, "accept.empty");
            return;
        };
        let take = |world: &mut World| {
            world.at(id).waiting.pop_front();
        };
        let dead = self.before.sockets[&child].dead;
        let rule = if dead {
            "accept.dead-child"
        } else {
            "accept.fifo"
        };
        self.may(if dead { LINUX } else { BOTH }, OK, rule, take);
        if let Some(step) = self.all.last_mut() {
            step.child = Some(child);
        }
        if dead {
            self.may(POSIX, fails(Errno::ECONNABORTED), rule, |world| {
                take(world);
                world.at(child).closed = true;
            });
        }
    }

    fn send(&mut self, id: Id) {
        let socket = &self.before.sockets[&id];
        if let Some(error) = socket.error {
            self.tell(id, error, "reset.once");
            return;
        }
        match socket.phase {
            Phase::Fresh | Phase::Listening | Phase::Failed => {
                let rule = match socket.phase {
                    Phase::Listening => "listener.io",
                    _ => "send.unconnected",
                };
                self.fails(LINUX, Errno::EPIPE, rule);
                self.fails(POSIX, Errno::ENOTCONN, rule);
            }
            Phase::Connected if socket.shut_write || socket.dead => {
                self.fails(BOTH, Errno::EPIPE, "send.shutdown");
            }
            Phase::Connected => {
                let peer = socket.peer;
                // It may take less than it is given.
                for taken in (1..=SENT).rev() {
                    self.may(BOTH, Done(taken), "send.full", |world| {
                        if let Some(peer) = peer {
                            world.arrive(id, peer, taken);
                        }
                    });
                }
            }
        }
    }

    fn receive(&mut self, id: Id) {
        let socket = &self.before.sockets[&id];
        let connected = socket.phase == Phase::Connected;
        if connected && socket.queued > 0 {
            // Fewer than there are is allowed too.
            for got in (1..=socket.queued.min(RECEIVED)).rev() {
                self.may(BOTH, Done(got), "reset.data", |world| {
                    world.at(id).queued -= got;
                });
            }
        } else if connected && (socket.ended || socket.peer_fin) {
            self.may(BOTH, OK, "recv.eof", |_| ());
        } else if let Some(error) = socket.error {
            self.tell(id, error, "reset.once");
        } else if socket.phase == Phase::Listening {
            self.fails(BOTH, Errno::ENOTCONN, "listener.io");
        } else if socket.shut_read || socket.dead {
            self.may(BOTH, OK, "recv.shutdown-rd", |_| ());
        } else if connected {
            self.fails(BOTH, Errno::EAGAIN, "recv.empty");
        } else {
            self.fails(BOTH, Errno::ENOTCONN, "recv.unconnected");
        }
    }

    fn shutdown(&mut self, id: Id, read: bool) {
        let socket = &self.before.sockets[&id];
        if socket.phase == Phase::Listening {
            self.may(LINUX, OK, "listener.shutdown", |world| {
                if read {
                    world.abandon(id);
                    *world.at(id) = Socket::default();
                }
            });
            self.fails(POSIX, Errno::ENOTCONN, "listener.shutdown");
            return;
        }
        let gone = !socket.alive();
        let answer = if gone { fails(Errno::ENOTCONN) } else { OK };
        let rule = match (gone, socket.phase) {
            (true, Phase::Connected) => "shutdown.again",
            (true, _) => "trap.x1",
            _ => "halfclose",
        };
        self.may(BOTH, answer, rule, |world| {
            let socket = world.at(id);
            if socket.phase == Phase::Failed || socket.unasked {
                socket.spoilt |= gone;
                socket.unasked = false;
            }
            if read {
                socket.shut_read = true;
            } else {
                socket.shut_write = true;
                if !gone {
                    world.send_fin(id);
                }
            }
        });
    }

    fn take_error(&mut self, id: Id) {
        match self.before.sockets[&id].error {
            Some(error) => self.tell(id, error, "opt.error-clears"),
            None => self.may(BOTH, OK, "opt.error-clears", |_| ()),
        }
    }

    fn peer_name(&mut self, id: Id) {
        if self.before.sockets[&id].alive() {
            self.may(BOTH, OK, "names.after-fin", |_| ());
        } else {
            self.fails(BOTH, Errno::ENOTCONN, "names.unbound");
        }
    }

    fn close(&mut self, id: Id, reset: bool) {
        let rule = match self.before.sockets[&id] {
            Socket {
                phase: Phase::Listening,
                ..
            } => "listener.close-resets",
            Socket { queued: 1.., .. } => "close.unread",
            _ => "recv.eof",
        };
        self.may(BOTH, OK, rule, |world| {
            let socket = world.at(id).clone();
            match socket.phase {
                Phase::Listening => world.abandon(id),
                Phase::Connected if !socket.dead => {
                    if reset || socket.queued > 0 {
                        world.at(id).dead = true;
                        if !socket.both_fins() {
                            world.reset(socket.peer);
                        }
                    } else {
                        world.send_fin(id);
                    }
                }
                _ => {}
            }
            world.at(id).closed = true;
        });
    }
}

/// A connection comes about, and waits in the listener's queue.
fn join(world: &mut World, client: Id, listener: Id) {
    let child = world.socket();
    let parent = world.at(listener);
    parent.waiting.push_back(child);
    // What was shut down before it listened is shut down in everything that it accepts.
    let (shut_read, shut_write) = (parent.shut_read, parent.shut_write);
    *world.at(child) = Socket {
        phase: Phase::Connected,
        bound: true,
        peer: Some(client),
        shut_read,
        shut_write,
        ..Socket::default()
    };
    let socket = world.at(client);
    socket.phase = Phase::Connected;
    socket.unasked = true;
    socket.bound = true;
    socket.peer = Some(child);
    if shut_write {
        world.send_fin(child);
    }
}
