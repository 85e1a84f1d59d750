//! The same rules on usocket itself, which asks before each of its calls.

use std::cell::OnceCell;
use std::io;
use std::net::SocketAddr;
use std::thread;

use usocket::{Operation, seam};

use super::action::Action;
use super::matching::{Facts, Identity, SocketKind};
use super::scope::Scope;
use super::watch::is_local;
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
        .filter(|addr| !is_local(*addr));
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
