//! No descriptor left: in a process of its own, whose limit it changes.
#![cfg(target_os = "linux")]

mod server_support;

use std::fs::File;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use server_support::{PATIENCE, accepted, connect, echoes, ends, events};
use usocket::{Condition, Server, ServerEvent, TcpStream};

#[test]
fn a_server_without_descriptors_pauses_and_recovers_by_itself() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(callback)
        .spawn(Server::echo)
        .unwrap();
    let first = connect(server.local_addr());
    echoes(&first, "x");
    events.wait_for(accepted);

    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 64.min(hard), hard).unwrap();
    // All but one, which the client needs.
    let mut taken: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    drop(taken.pop());
    let second = connect(server.local_addr());

    let failure = |event: &ServerEvent| match event {
        ServerEvent::AcceptFailed { error, retry } => Some((error.condition(), retry.unwrap())),
        _ => None,
    };
    let mut pauses = Vec::new();
    for _ in 0..5 {
        let (condition, pause) = events.wait_for(failure);
        assert_eq!(condition, Condition::TooManyOpenFiles);
        pauses.push(pause.as_millis());
    }
    assert_eq!(pauses, [5, 10, 20, 40, 80], "it does not spin");
    // Those who are in are served.
    echoes(&first, "y");
    assert!(server.is_running());

    drop(taken);
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    echoes(&second, "at last");
    let all = events.rest();
    assert!(all.iter().filter_map(failure).count() <= 5, "{all:?}");
    assert!(server.stop(PATIENCE).is_clean());

    // Nor does it panic where it cannot even begin.
    setrlimit(Resource::RLIMIT_NOFILE, 64.min(hard), hard).unwrap();
    let bound = || Server::bind("127.0.0.1:0").unwrap();
    let servers = [bound(), bound()];
    let taken: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    let [threads, pool] = servers;
    let wait = |_: &TcpStream| Ok::<_, usocket::Error>(usocket::Next::Wait);
    let errors = [
        threads.spawn(Server::echo).map(drop).unwrap_err(),
        pool.spawn_pool(2, move |_| wait).map(drop).unwrap_err(),
    ];
    drop(taken);
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    for error in errors {
        assert_eq!(error.condition(), Condition::TooManyOpenFiles);
    }
    ends(&second);
}
