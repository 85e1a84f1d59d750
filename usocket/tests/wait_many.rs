//! More sockets than `select(2)` can count, waited for in every way: in a process of its own, whose
//! limit it changes.
#![cfg(target_os = "linux")]

use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use usocket::{Cancel, Interest, Source, UnixDatagram, WaitSet, wait_for, wait_for_each};

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// More than 1,024 by far.
const SOCKETS: usize = 2500;

/// Two for each socket, and some. Limits are as long as the system's words.
const NEEDED: rlim_t = 2 * 2500 + 200;

#[test]
fn thousands_of_sockets_are_waited_for() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    assert!(
        hard >= NEEDED,
        "this test needs {NEEDED} descriptors and may have {hard}: \
         `ulimit -Hn {NEEDED}` as root, or LimitNOFILE={NEEDED}"
    );
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(NEEDED), hard).unwrap();

    let pairs: Vec<_> = (0..SOCKETS)
        .map(|_| UnixDatagram::pair().unwrap())
        .collect();
    let sources: Vec<&dyn Source> = pairs.iter().map(|(one, _)| one as _).collect();
    let each: Vec<_> = sources
        .iter()
        .map(|source| (*source, Interest::READABLE))
        .collect();
    let native = WaitSet::new().unwrap();
    let poll = WaitSet::with_poll().unwrap();
    for (key, (one, _)) in pairs.iter().enumerate() {
        native.add(one, key, Interest::READABLE).unwrap();
        poll.add(one, key, Interest::READABLE).unwrap();
    }
    let cancel = Cancel::new().unwrap();
    assert!(pairs[SOCKETS - 1].0.as_raw_fd() > 1023);

    let wait = |set: &WaitSet<'_, usize>, until| {
        let ready = set.wait(cancel.or(until)).unwrap();
        ready.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert!(wait_for(&sources, Duration::ZERO).unwrap().is_empty());
    assert!(wait(&native, Duration::ZERO).is_empty());
    assert!(wait(&poll, Duration::ZERO).is_empty());
    for place in [0, 1023, 1024, 1025, SOCKETS - 1] {
        let (one, two) = &pairs[place];
        two.send(b"x").unwrap();
        assert_eq!(wait_for(&sources, PATIENCE).unwrap(), [place]);
        assert_eq!(
            wait_for_each(&each, cancel.or(PATIENCE)).unwrap()[0].0,
            place
        );
        assert_eq!(wait(&native, PATIENCE), [place]);
        assert_eq!(wait(&poll, PATIENCE), [place]);
        one.recv(&mut [0; 1]).unwrap();
    }

    // All at once.
    for (_, two) in &pairs {
        two.send(b"x").unwrap();
    }
    assert_eq!(wait_for(&sources, PATIENCE).unwrap().len(), SOCKETS);
    assert_eq!(wait(&poll, PATIENCE).len(), SOCKETS);
    let mut seen = vec![false; SOCKETS];
    for _ in 0..SOCKETS {
        for key in wait(&native, PATIENCE) {
            seen[key] = true;
        }
        if seen.iter().all(|seen| *seen) {
            break;
        }
    }
    assert!(seen.iter().all(|seen| *seen));
}
