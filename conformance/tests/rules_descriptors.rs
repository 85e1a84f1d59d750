//! The rules about a full table of descriptors. The limit is the process's, so they stand alone, one at a time.
#![cfg(target_os = "linux")]

mod model;

use std::sync::{Mutex, PoisonError};

use model::answer::{self, OK, fails};
use model::system::Sock;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rstest::rstest;
use usocket::raw::Socket;
use usocket_testkit::{Errno, Protocol};

/// Does it while no descriptor can be made.
fn with_none<T>(f: impl FnOnce() -> T) -> T {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 0, hard).unwrap();
    let done = f();
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    done
}

/// Plain `cargo test` would run these beside each other.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn socket_emfile() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || Socket::new(uapi::c::AF_INET, uapi::c::SOCK_STREAM, 0);
    let answer = with_none(|| answer::of(make(), |_| 0));
    assert_eq!(answer, fails(Errno::EMFILE));
    assert_eq!(answer::of(make(), |_| 0), OK);
}

#[rstest]
#[case::tcp4(Protocol::Tcp4)]
#[case::tcp6(Protocol::Tcp6)]
fn accept_emfile(#[case] over: Protocol) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let listener = Sock::listener(over, 8);
    let client = Sock::new(over);
    assert_eq!(client.connect(listener.addr()), OK);
    assert_eq!(with_none(|| listener.accept()), fails(Errno::EMFILE));
    assert_eq!(listener.accepted().peer(), client.addr(), "it was kept");
}
