//! The thread that answers for the children of one command, until the last of them has ended.
//!
//! It never waits for one of them alone: a call that is to be late is answered when its time has come.

use std::io::IoSliceMut;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use nix::cmsg_space;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, send};

use super::super::site::Site;
use super::super::table::Row;
use super::foreign;
use super::listener::{Answer, Listener, Waiting};
use crate::errno::Errno;
use crate::exempt::exempt;
use crate::faults::action::Action;
use crate::faults::matching::Decision;
use crate::faults::scope::Scope;

/// Answers until no program can come through the door any more, and none is left.
///
/// `alone` hears that no more can come while some are left.
pub(super) fn run(scope: &'static Scope, door: Arc<OwnedFd>, alone: &Sender<()>) {
    // The test's signals are for its own threads; a call of ours that the test's filter stops needs this one.
    let mut signals = SigSet::all();
    signals.remove(Signal::SIGSYS);
    // It fails for no set.
    let _ = signals.thread_block();
    let _exempt = exempt();
    let mut supervisor = Supervisor {
        scope,
        door: Some(door),
        listeners: Vec::new(),
        late: Vec::new(),
    };
    while supervisor.is_needed() {
        let no_more = supervisor.turn(Wait::Yes);
        if no_more {
            supervisor.door = None;
            // Programs that have ended already are no reason to stay.
            supervisor.turn(Wait::No);
            if supervisor.is_needed() {
                // Nobody hears it where the thread that would has ended.
                let _ = alone.send(());
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Wait {
    Yes,
    No,
}

struct Supervisor {
    scope: &'static Scope,
    /// Where children hand over their listeners.
    door: Option<Arc<OwnedFd>>,
    listeners: Vec<Rc<Listener>>,
    late: Vec<Late>,
}

/// A call that goes on later.
struct Late {
    due: Instant,
    id: u64,
    listener: Rc<Listener>,
    decision: Decision,
}

impl Supervisor {
    fn is_needed(&self) -> bool {
        self.door.is_some() || !self.listeners.is_empty()
    }

    /// Waits until there is something to do, and does it. True where no more programs can come.
    fn turn(&mut self, wait: Wait) -> bool {
        let timeout = match wait {
            Wait::No => PollTimeout::ZERO,
            Wait::Yes => self.until_next(),
        };
        let mut polled: Vec<PollFd<'_>> = self
            .listeners
            .iter()
            .map(|listener| PollFd::new(listener.as_fd(), PollFlags::POLLIN))
            .collect();
        polled.extend(
            self.door
                .iter()
                .map(|door| PollFd::new(door.as_fd(), PollFlags::POLLIN)),
        );
        // It fails for want of memory at most, and then again.
        let _ = poll(&mut polled, timeout);
        let ready: Vec<PollFlags> = polled
            .iter()
            .map(|one| one.revents().unwrap_or(PollFlags::empty()))
            .collect();
        drop(polled);

        let listeners = self.listeners.clone();
        for (listener, events) in listeners.iter().zip(&ready) {
            let is_served = if events.contains(PollFlags::POLLIN) {
                self.serve(listener)
            } else {
                // The last program under its filter has ended.
                events.is_empty()
            };
            if !is_served {
                self.listeners.retain(|one| !Rc::ptr_eq(one, listener));
                self.late.retain(|one| !Rc::ptr_eq(&one.listener, listener));
            }
        }
        self.let_go();
        let at_the_door = ready.get(listeners.len());
        at_the_door.is_some_and(|events| !events.is_empty()) && self.open_door()
    }

    /// Milliseconds, rounded up: a delay is never shorter than it was said to be.
    fn until_next(&self) -> PollTimeout {
        let Some(due) = self.late.iter().map(|late| late.due).min() else {
            return PollTimeout::NONE;
        };
        let left = due.saturating_duration_since(Instant::now());
        let milliseconds = left.as_nanos().div_ceil(1_000_000);
        i32::try_from(milliseconds)
            .ok()
            .and_then(|milliseconds| PollTimeout::try_from(milliseconds).ok())
            .unwrap_or(PollTimeout::MAX)
    }

    /// Answers one call. False where the listener is of no use any more.
    fn serve(&mut self, listener: &Rc<Listener>) -> bool {
        let waiting = match listener.receive() {
            Ok(Some(waiting)) => waiting,
            Ok(None) => return true,
            Err(_) => return false,
        };
        let id = waiting.id;
        let Some(decision) = self.decide(listener, &waiting) else {
            listener.answer(id, Answer::GoOn);
            return true;
        };
        match decision.action {
            Action::Errno(errno) => {
                if !listener.answer(id, Answer::Fail(errno)) {
                    decision.take_back();
                }
            }
            Action::Delay(delay) => {
                // No longer than a program lives.
                let delay = delay.min(Duration::from_secs(1_000_000_000));
                self.late.push(Late {
                    due: Instant::now() + delay,
                    id,
                    listener: Rc::clone(listener),
                    decision,
                });
            }
            // Nothing else can be armed but leaving it alone.
            _ => {
                listener.answer(id, Answer::GoOn);
            }
        }
        true
    }

    fn decide(&self, listener: &Listener, waiting: &Waiting) -> Option<Decision> {
        let row = Row::of(&waiting.call)?;
        if !self.scope.cares_about(row.operations()) {
            return None;
        }
        foreign::as_ours(waiting.thread, row, waiting.call, |call| {
            // Its number could be another thread's by now, and what was read another program's.
            if !listener.is_waiting(waiting.id) {
                return None;
            }
            let site = Site::of(self.scope, row, call)?;
            self.scope.decide(site.operation, &site)
        })?
    }

    /// The calls whose time has come.
    fn let_go(&mut self) {
        let now = Instant::now();
        let (due, late) = self.late.drain(..).partition(|late: &Late| late.due <= now);
        self.late = late;
        let due: Vec<Late> = due;
        for late in due {
            if !late.listener.answer(late.id, Answer::GoOn) {
                late.decision.take_back();
            }
        }
    }

    /// Hears a child, takes its listener, and lets it go on. True where no more can come.
    fn open_door(&mut self) -> bool {
        let Some(door) = self.door.clone() else {
            return true;
        };
        let mut process = [0_u8; size_of::<u32>()];
        let mut space = cmsg_space!(RawFd);
        let mut bytes = [IoSliceMut::new(&mut process)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_DONTWAIT;
        let received = match recvmsg::<()>(door.as_raw_fd(), &mut bytes, Some(&mut space), flags) {
            Ok(received) if received.bytes > 0 => received,
            Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EINTR) => return false,
            _ => return true,
        };
        let handed = received
            .cmsgs()
            .into_iter()
            .flatten()
            .find_map(|one| match one {
                ControlMessageOwned::ScmRights(descriptors) => descriptors.first().copied(),
                _ => None,
            })
            // SAFETY: the kernel has just made it, for this message.
            .map(|descriptor| unsafe { OwnedFd::from_raw_fd(descriptor) });
        let is_short = received.flags.contains(MsgFlags::MSG_CTRUNC);
        let answer = match handed {
            Some(handed) => {
                self.listeners.push(Rc::new(Listener::new(handed)));
                Ok(())
            }
            // There was no room for it in this process.
            None if is_short => Err(Errno::EMFILE),
            // The first word of a child. What it says of itself may mean nothing in here (pid_namespaces(7)).
            None => match foreign::may_look_into(u32::from_ne_bytes(process)) {
                Err(errno) if errno != Errno::from_raw(libc::ESRCH) => Err(errno),
                _ => Ok(()),
            },
        };
        let answer = answer.err().map_or(0, Errno::raw).to_ne_bytes();
        // It fails where the child has been ended.
        let _ = send(
            door.as_raw_fd(),
            &answer,
            MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT,
        );
        false
    }
}
