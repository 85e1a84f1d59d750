//! The same rules on usocket itself, which asks before each of its calls.

use std::cell::OnceCell;
use std::io;
use std::net::SocketAddr;
use std::thread;

use usocket::{Operation, seam};

use super::action::Action;
use super::hermetic;
use super::matching::{Facts, Filter, Identity, SocketKind};
use super::scope::Scope;
use crate::errno::Errno;
use crate::protocol::Protocol;

thread_local! {
    static HERE: OnceCell<(&'static Scope, seam::Guard)> = const { OnceCell::new() };
}

/// The calling thread's scope, which it has from now on.
pub(super) fn enter() -> &'static Scope {
    HERE.with(|here| {
        let (scope, _) = here.get_or_init(|| {
            let scope = Scope::new(None);
            (scope, seam::install(move |call| answer(scope, call)))
        });
        *scope
    })
}

/// Whether the seam can do it: it sees a call before it is made, and can give an error in its place.
pub(super) fn fits(action: &Action, filter: &Filter) -> Result<(), String> {
    if filter.socket.is_some() || filter.protocol.is_some() || filter.kind.is_some() {
        return Err("the seam knows a call by its operation and address alone".into());
    }
    match action {
        Action::Pass | Action::Errno(_) | Action::Delay(_) => Ok(()),
        _ => Err(
            "the seam can fail a call of usocket or delay it, and nothing else; the rest needs system-call rules (Linux)"
                .into(),
        ),
    }
}

fn answer(scope: &'static Scope, call: &seam::Call) -> Option<io::Error> {
    let site = Site(*call);
    let decision = scope.decide(call.operation(), &site);
    match decision.map(|decision| decision.action) {
        Some(Action::Errno(errno)) => return Some(errno.into()),
        Some(Action::Delay(delay)) => thread::sleep(delay),
        _ => {}
    }
    let leaves = call
        .address()
        .filter(|_| matches!(call.operation(), Operation::Connect | Operation::SendTo))
        .filter(|addr| !hermetic::is_local(*addr));
    let to = leaves?;
    let watches = scope.watches();
    for watch in &watches {
        let thread = thread::current();
        watch.refuse(call.operation().name(), to, thread.name().unwrap_or("?"));
    }
    #[cfg(not(windows))]
    let denied = Errno::EPERM;
    #[cfg(windows)]
    let denied = Errno::EACCES;
    (!watches.is_empty()).then(|| denied.into())
}

/// A call that usocket is about to make.
struct Site(seam::Call);

impl Facts for Site {
    fn address(&self) -> Option<SocketAddr> {
        self.0.address()
    }

    fn is_on(&self, _: Identity) -> bool {
        false
    }

    fn speaks(&self, _: Protocol) -> bool {
        false
    }

    fn has(&self, _: SocketKind) -> bool {
        false
    }

    fn may_block(&self) -> bool {
        true
    }
}
