//! Wait sets that several threads share, each test with what the system has best and with what every
//! system has.

mod wait_support;

use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rstest::rstest;
#[cfg(unix)]
use usocket::UnixDatagram;
use usocket::{Cancel, Condition, Interest, Readiness, UdpSocket, WaitSet};
use wait_support::{Kind, NOW, PATIENCE, in_time, tcp, udp};

/// How often a change meets a thread that waits, or is about to.
const ROUNDS: u32 = 200;

/// One that has something to be received.
fn readable() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
    socket
}

/// Makes `change` while another thread waits, or is about to, and gives what the wait gave.
fn while_another_waits<'a>(
    set: &WaitSet<'a, u32>,
    change: impl FnOnce(&WaitSet<'a, u32>),
) -> Vec<(u32, Readiness)> {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            barrier.wait();
            in_time(set)
        });
        barrier.wait();
        change(set);
        waiting.join().unwrap()
    })
}

#[rstest]
fn one_that_is_added_is_seen_at_once(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let socket = Arc::new(readable());
    for round in 0..ROUNDS {
        // Without members as well as beside one that is idle.
        let set = kind.set();
        let idle = UdpSocket::bind("127.0.0.1:0").unwrap();
        if round % 2 == 0 {
            set.add(Arc::new(idle), u32::MAX, Interest::READABLE)
                .unwrap();
        }
        let ready = while_another_waits(&set, |set| {
            set.add(Arc::clone(&socket), round, Interest::READABLE)
                .unwrap();
        });
        assert_eq!(ready.len(), 1);
        assert_eq!(ready[0].0, round);
    }
}

#[rstest]
fn one_that_is_changed_is_seen_at_once(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let set = kind.set();
    set.add(&socket, 1, Interest::READABLE).unwrap();
    for _ in 0..ROUNDS {
        let ready = while_another_waits(&set, |set| {
            set.modify(&socket, Interest::WRITABLE).unwrap();
        });
        assert!(ready[0].1.is_writable());
        set.modify(&socket, Interest::READABLE).unwrap();
    }
}

#[rstest]
fn one_that_is_removed_is_found_ready_no_more(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let set = kind.set();
    let waker = set.waker();
    for round in 0..ROUNDS {
        let (one, two) = udp();
        let one = Arc::new(one);
        set.add(Arc::clone(&one), round, Interest::READABLE)
            .unwrap();
        let ready = while_another_waits(&set, |set| {
            assert_eq!(set.remove(&one).unwrap(), round);
            // What comes now is nobody's, be the socket open or closed.
            two.send(b"x").unwrap();
            if round % 2 == 0 {
                drop(one);
            }
            waker.wake();
        });
        assert!(ready.is_empty(), "{ready:?}");
    }
}

#[rstest]
fn one_that_is_closed_by_its_peer_or_shut_down_is_seen_at_once(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
) {
    let set = kind.set();
    for round in 0..ROUNDS / 4 {
        let (one, two) = tcp();
        let one = Arc::new(one);
        set.add(Arc::clone(&one), round, Interest::READABLE)
            .unwrap();
        let ready = while_another_waits(&set, |_| match round % 3 {
            0 => drop(two),
            1 => two.abort().unwrap(),
            // Winsock tells a wait nothing of one's own end.
            _ if cfg!(windows) => drop(two),
            _ => one.shutdown(Shutdown::Both).unwrap(),
        });
        assert_eq!(ready.len(), 1);
        assert!(ready[0].1.is_readable());
        set.remove(&one).unwrap();
    }
}

#[cfg(unix)]
#[rstest]
fn one_that_its_owner_has_dropped_stays_a_member(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let set = kind.set();
    let (one, two) = UnixDatagram::pair().unwrap();
    let one = Arc::new(one);
    set.add(Arc::clone(&one), 1, Interest::READABLE).unwrap();
    let ready = while_another_waits(&set, |_| {
        drop(one);
        two.send(b"x").unwrap();
    });
    assert_eq!(ready.len(), 1);
    // Once nobody waits, nothing but the set keeps it.
    set.clear().unwrap();
    assert_eq!(
        two.send(b"x").unwrap_err().condition(),
        Condition::ConnectionRefused
    );
}

#[rstest]
fn no_wake_is_lost(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let set = kind.set::<()>();
    let waker = set.waker();
    let given = AtomicU32::new(0);
    let (acknowledge, acknowledged) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut seen = 0;
            while seen < 10 * ROUNDS {
                assert!(in_time(&set).is_empty());
                let now = given.load(Ordering::SeqCst);
                if now > seen {
                    seen = now;
                    acknowledge.send(seen).unwrap();
                }
            }
        });
        for round in 1..=10 * ROUNDS {
            given.store(round, Ordering::SeqCst);
            waker.wake();
            // Every other one is a wake and a half.
            if round % 2 == 0 {
                waker.wake();
            }
            assert_eq!(acknowledged.recv_timeout(PATIENCE), Ok(round));
        }
    });
}

#[rstest]
fn each_wake_ends_one_wait(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    const THREADS: u32 = 4;
    let set = kind.set::<()>();
    let waker = set.waker();
    let (ended, end) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let ended = ended.clone();
            let set = &set;
            scope.spawn(move || {
                assert!(in_time(set).is_empty());
                ended.send(()).unwrap();
            });
        }
        for _ in 0..THREADS {
            waker.wake();
            end.recv_timeout(PATIENCE).unwrap();
            let another = end.recv_timeout(Duration::from_millis(5));
            assert_eq!(another, Err(RecvTimeoutError::Timeout));
        }
    });
}

#[rstest]
fn a_cancel_ends_the_waits_that_it_was_given_to(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let set = kind.set::<()>();
    let (cancel, other) = (Cancel::new().unwrap(), Cancel::new().unwrap());
    thread::scope(|scope| {
        let cancelled = [&cancel, &cancel, &other].map(|cancel| {
            let set = &set;
            scope.spawn(move || {
                let error = set.wait(cancel.or(PATIENCE)).unwrap_err();
                assert_eq!(error.condition(), Condition::Cancelled);
            })
        });
        cancel.cancel();
        let [one, two, three] = cancelled;
        one.join().unwrap();
        two.join().unwrap();
        assert!(!three.is_finished());
        other.cancel();
        three.join().unwrap();
    });
    // The set is as it was.
    set.waker().wake();
    assert!(in_time(&set).is_empty());
}

/// Everything at once: members come, change, are used and go while others wait. Each socket has one
/// message to give, and each is received.
#[rstest]
fn whatever_comes_is_received_once_while_members_come_and_go(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
) {
    // Where the set is an array, each change costs all of it; under Wine it costs the square.
    const SOCKETS: u32 = if cfg!(windows) { 40 } else { 400 };
    const WAITERS: u32 = 3;
    let set = kind.set::<u32>();
    let waker = set.waker();
    let members: Mutex<Vec<Arc<UdpSocket>>> = Mutex::default();
    let received: Vec<_> = (0..SOCKETS).map(|_| AtomicU32::new(0)).collect();
    let left = AtomicU32::new(SOCKETS);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..WAITERS {
            scope.spawn(|| {
                let mut ready = Vec::new();
                while !over.load(Ordering::SeqCst) {
                    let begin = Instant::now();
                    set.wait_into(&mut ready, PATIENCE).unwrap();
                    assert!(begin.elapsed() < PATIENCE, "nothing ended the wait");
                    for (key, readiness) in &ready {
                        if !readiness.is_readable() {
                            continue;
                        }
                        let socket = Arc::clone(&members.lock().unwrap()[*key as usize]);
                        if socket.try_recv(&mut [0; 4]).unwrap().is_none() {
                            // Another thread was faster.
                            continue;
                        }
                        assert_eq!(set.remove(&socket).unwrap(), *key);
                        received[*key as usize].fetch_add(1, Ordering::SeqCst);
                        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                            over.store(true, Ordering::SeqCst);
                        }
                    }
                    if over.load(Ordering::SeqCst) {
                        // To the next one.
                        waker.wake();
                    }
                }
            });
        }
        for key in 0..SOCKETS {
            let (one, two) = udp();
            let one = Arc::new(one);
            members.lock().unwrap().push(Arc::clone(&one));
            if key % 2 == 0 {
                two.send(b"x").unwrap();
                set.add(one, key, Interest::READABLE).unwrap();
            } else {
                set.add(Arc::clone(&one), key, Interest::READABLE).unwrap();
                set.modify(&one, Interest::WRITABLE).unwrap();
                set.modify(&one, Interest::READABLE).unwrap();
                two.send(b"x").unwrap();
            }
            if key % 16 == 0 {
                waker.wake();
            }
        }
    });
    assert!(
        received
            .iter()
            .all(|times| times.load(Ordering::SeqCst) == 1)
    );
    assert!(set.is_empty());
    assert!(set.wait(NOW).unwrap().is_empty());
}
