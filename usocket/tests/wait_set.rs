//! Wait sets, each test with what the system has best and with what every system has.

mod wait_support;

use std::io::Read;
use std::net::Shutdown;
#[cfg(unix)]
use std::os::fd::AsRawFd;
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rstest::rstest;
use usocket::{
    Cancel, Condition, Deadline, Error, Interest, Operation, Readiness, TcpListener, TcpStream,
    UdpSocket, WaitSet, Waker, wait_for,
};
#[cfg(unix)]
use usocket::{UnixDatagram, UnixStream};
use wait_support::{Kind, NOW, PATIENCE, SOON, in_time, tcp};

fn both() -> Interest {
    Interest::READABLE | Interest::WRITABLE
}

fn keys<K: Clone + Ord>(set: &WaitSet<'_, K>, until: Duration) -> Vec<K> {
    let ready = set.wait(until).unwrap();
    let mut keys: Vec<_> = ready.into_iter().map(|(key, _)| key).collect();
    keys.sort();
    keys
}

/// What the only member is ready for, if for anything.
fn readiness(set: &WaitSet<'_, ()>, until: Duration) -> Option<Readiness> {
    assert_eq!(set.len(), 1);
    set.wait(until).unwrap().first().map(|((), ready)| *ready)
}

fn is_invalid(error: &Error, text: &str) {
    assert_eq!(error.condition(), Condition::InvalidArgument);
    assert_eq!(error.operation(), Operation::Wait);
    let source = std::error::Error::source(error).unwrap().to_string();
    assert!(source.contains(text), "{source}");
}

#[rstest]
fn the_ready_members_come_under_their_keys(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let set = kind.set();
    set.add(&one, String::from("one"), Interest::READABLE)
        .unwrap();
    set.add(&listener, String::from("listener"), Interest::READABLE)
        .unwrap();
    set.add(&udp, String::from("udp"), Interest::READABLE)
        .unwrap();
    assert_eq!(set.len(), 3);
    assert!(keys(&set, NOW).is_empty());

    two.send(b"x").unwrap();
    assert_eq!(keys(&set, PATIENCE), ["one"]);
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert_eq!(keys(&set, PATIENCE), ["listener", "one"]);
    udp.send_to(b"x", udp.local_addr().unwrap()).unwrap();
    assert_eq!(keys(&set, PATIENCE), ["listener", "one", "udp"]);
    assert_eq!(set.remove(&one).unwrap(), "one");
    assert_eq!(keys(&set, PATIENCE), ["listener", "udp"]);
}

#[rstest]
fn it_is_told_at_every_wait_until_all_is_taken(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, (), Interest::READABLE).unwrap();
    two.send(b"ab").unwrap();
    for _ in 0..3 {
        assert!(readiness(&set, PATIENCE).unwrap().is_readable());
    }
    (&one).read_exact(&mut [0]).unwrap();
    // What was there before it became a member counts too.
    set.remove(&one).unwrap();
    set.add(&one, (), Interest::READABLE).unwrap();
    assert!(readiness(&set, PATIENCE).unwrap().is_readable());
    (&one).read_exact(&mut [0]).unwrap();
    assert_eq!(readiness(&set, NOW), None);
}

#[rstest]
fn the_interest_decides_and_can_be_changed(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, (), Interest::READABLE).unwrap();
    assert_eq!(readiness(&set, NOW), None);
    set.modify(&one, both()).unwrap();
    let writable = readiness(&set, PATIENCE).unwrap();
    assert!(writable.is_writable() && !writable.is_readable());
    two.send(b"x").unwrap();
    set.modify(&one, Interest::READABLE).unwrap();
    let readable = readiness(&set, PATIENCE).unwrap();
    assert!(readable.is_readable() && !readable.is_writable());
    set.modify(&one, both()).unwrap();
    let ready = readiness(&set, PATIENCE).unwrap();
    assert!(ready.is_readable() && ready.is_writable());
    assert!(!ready.is_error() && !ready.is_hung_up());
    set.modify(&one, Interest::WRITABLE).unwrap();
    assert_eq!(readiness(&set, PATIENCE), Some(writable));
}

#[cfg(unix)]
#[rstest]
fn whoever_waits_for_either_learns_of_the_end(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(Interest::READABLE, Interest::WRITABLE)] interest: Interest,
) {
    let is_as_asked = |readiness: Readiness| {
        assert_eq!(readiness.is_readable(), interest == Interest::READABLE);
        assert_eq!(readiness.is_writable(), interest == Interest::WRITABLE);
    };
    // A reset,
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, (), interest).unwrap();
    two.abort().unwrap();
    let mut reset = readiness(&set, PATIENCE).unwrap();
    while !reset.is_error() {
        // It was writable before, and may be for a moment.
        reset = readiness(&set, PATIENCE).unwrap();
    }
    is_as_asked(reset);

    // a hang-up that comes alone, `POLLHUP` without `POLLIN`,
    let (pipe, other) = nix::unistd::pipe().unwrap();
    let set = kind.set();
    set.add(&pipe, (), interest).unwrap();
    assert_eq!(readiness(&set, NOW), None);
    drop(other);
    let hung_up = readiness(&set, PATIENCE).unwrap();
    assert!(hung_up.is_hung_up());
    is_as_asked(hung_up);

    // an error that comes alone, `POLLERR` without `POLLIN`,
    let (other, pipe) = nix::unistd::pipe().unwrap();
    let set = kind.set();
    set.add(&pipe, (), interest).unwrap();
    drop(other);
    let failed = readiness(&set, PATIENCE).unwrap();
    assert!(failed.is_error());
    is_as_asked(failed);

    // and the other end's close.
    let (one, two) = UnixStream::pair().unwrap();
    let set = kind.set();
    set.add(&one, (), interest).unwrap();
    drop(two);
    is_as_asked(readiness(&set, PATIENCE).unwrap());
    assert_eq!(one.recv(&mut [0; 1]).unwrap(), 0);
}

#[rstest]
fn half_a_close_is_readable(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, (), Interest::READABLE).unwrap();
    two.shutdown(Shutdown::Write).unwrap();
    let half = readiness(&set, PATIENCE).unwrap();
    assert!(half.is_readable() && !half.is_hung_up() && !half.is_error());
    // One's own end of it is told in the same way.
    one.shutdown(Shutdown::Both).unwrap();
    assert!(readiness(&set, PATIENCE).unwrap().is_readable());
}

#[rstest]
fn a_member_is_a_member_once(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, 1, Interest::READABLE).unwrap();
    is_invalid(&set.add(&one, 2, both()).unwrap_err(), "already");
    is_invalid(&set.modify(&two, both()).unwrap_err(), "no member");
    is_invalid(&set.remove(&two).unwrap_err(), "no member");
    // The failures have changed nothing.
    assert!(keys(&set, NOW).is_empty());
    two.send(b"x").unwrap();
    assert_eq!(keys(&set, PATIENCE), [1]);

    // A clone is another member of the same connection.
    let clone = one.try_clone().unwrap();
    set.add(Arc::new(clone), 2, Interest::READABLE).unwrap();
    assert_eq!(keys(&set, PATIENCE), [1, 2]);
    assert_eq!(set.remove(&one).unwrap(), 1);
    assert_eq!(keys(&set, PATIENCE), [2]);
    is_invalid(&set.remove(&one).unwrap_err(), "no member");
    set.add(&one, 3, Interest::READABLE).unwrap();
    assert_eq!(keys(&set, PATIENCE), [2, 3]);
}

#[rstest]
fn a_socket_may_be_in_several_sets(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let (set, other) = (kind.set(), Kind::Native.set());
    set.add(&one, 1, Interest::READABLE).unwrap();
    other.add(&one, 2, Interest::READABLE).unwrap();
    two.send(b"x").unwrap();
    assert_eq!(keys(&set, PATIENCE), [1]);
    assert_eq!(keys(&other, PATIENCE), [2]);
    drop(set);
    assert_eq!(keys(&other, PATIENCE), [2]);
}

#[rstest]
fn a_cleared_set_is_a_new_one(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let pairs: Vec<_> = (0..10).map(|_| tcp()).collect();
    let set = kind.set();
    for round in 0..3 {
        for (place, (one, two)) in pairs.iter().enumerate() {
            set.add(one, place + round, Interest::READABLE).unwrap();
            if round == 0 {
                two.send(b"x").unwrap();
            }
        }
        assert_eq!(set.len(), 10);
        let (mut seen, begin) = (vec![], Instant::now());
        while seen.len() < 10 {
            assert!(begin.elapsed() < PATIENCE);
            seen = keys(&set, PATIENCE);
        }
        assert_eq!(seen, (round..round + 10).collect::<Vec<_>>());
        set.clear().unwrap();
        assert!(set.is_empty());
        assert!(keys(&set, NOW).is_empty());
    }
    assert_eq!(format!("{set:?}"), "WaitSet { members: 0, .. }");
}

#[rstest]
fn a_shared_member_stays_open_until_it_is_removed(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let one = Arc::new(one);
    let set = kind.set();
    set.add(Arc::clone(&one), "shared", Interest::READABLE)
        .unwrap();
    let handle = Arc::downgrade(&one);
    drop(one);
    two.send(b"x").unwrap();
    assert_eq!(keys(&set, PATIENCE), ["shared"]);

    let one = handle.upgrade().unwrap();
    assert_eq!(set.remove(&one).unwrap(), "shared");
    assert_eq!(Arc::strong_count(&one), 1);
    drop(one);
    // Closed with something unread in it.
    let error = two.recv_deadline(&mut [0; 1], PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionReset);

    let (one, two) = tcp();
    set.add(Arc::new(one), "dropped", Interest::READABLE)
        .unwrap();
    drop(set);
    assert_eq!(two.recv_deadline(&mut [0; 1], PATIENCE).unwrap(), 0);
}

#[cfg(unix)]
#[rstest]
fn a_number_that_is_used_again_is_another_member(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(false, true)] clone_stays_open: bool,
) {
    let set = kind.set();
    let mut reused = 0;
    for key in 0..20 {
        let (one, two) = UnixDatagram::pair().unwrap();
        two.send(b"x").unwrap();
        let number = one.as_raw_fd();
        // With a clone the system does not forget the socket when its descriptor is closed.
        let clone = clone_stays_open.then(|| one.try_clone().unwrap());
        let one = Arc::new(one);
        set.add(Arc::clone(&one), 2 * key, Interest::READABLE)
            .unwrap();
        assert_eq!(keys(&set, PATIENCE), [2 * key]);
        set.remove(&one).unwrap();
        drop(one);
        let (next, other) = UnixDatagram::pair().unwrap();
        let next = Arc::new(next);
        set.add(Arc::clone(&next), 2 * key + 1, Interest::READABLE)
            .unwrap();
        reused += u32::from(next.as_raw_fd() == number);
        assert!(keys(&set, NOW).is_empty(), "the old one's event");
        other.send(b"x").unwrap();
        assert_eq!(keys(&set, PATIENCE), [2 * key + 1]);
        set.remove(&next).unwrap();
        drop(clone);
    }
    assert!(reused > 0, "another thread took every number");
}

/// A descriptor for a path alone is closed as far as any call of a socket can tell.
#[cfg(target_os = "linux")]
#[rstest]
fn one_that_is_closed_cannot_become_a_member(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    use nix::fcntl::{OFlag, open};

    let closed: OwnedFd = open("/", OFlag::O_PATH, nix::sys::stat::Mode::empty()).unwrap();
    let (one, _two) = tcp();
    let set = kind.set();
    let error = set.add(&closed, (), both()).unwrap_err();
    assert_eq!(error.condition(), Condition::BadFileDescriptor);
    assert_eq!(error.operation(), Operation::Wait);
    assert!(set.is_empty());
    set.add(&one, (), Interest::WRITABLE).unwrap();
    assert!(readiness(&set, PATIENCE).unwrap().is_writable());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_on_a_disk_is_none_that_epoll_can_watch() {
    let file = OwnedFd::from(tempfile::tempfile().unwrap());
    let error = Kind::Native.set().add(&file, (), both()).unwrap_err();
    assert_eq!(error.condition(), Condition::OperationNotPermitted);
    let set = Kind::Poll.set();
    set.add(&file, (), Interest::READABLE).unwrap();
    assert!(readiness(&set, PATIENCE).unwrap().is_readable());
}

#[rstest]
fn at_the_deadline_there_is_none_and_not_before(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(false, true)] empty: bool,
) {
    let (one, _two) = tcp();
    let set = kind.set();
    if !empty {
        set.add(&one, 1, Interest::READABLE).unwrap();
    }
    let begin = Instant::now();
    assert!(set.wait(SOON).unwrap().is_empty());
    assert!(set.wait(Deadline::from(SOON)).unwrap().is_empty());
    assert!(begin.elapsed() >= 2 * SOON);
    let never = Cancel::new().unwrap();
    let begin = Instant::now();
    assert!(set.wait(never.or(SOON)).unwrap().is_empty());
    assert!(begin.elapsed() >= SOON);
}

#[rstest]
fn a_deadline_that_has_passed_means_to_look_once(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(false, true)] with_cancel: bool,
) {
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, (), Interest::READABLE).unwrap();
    let (past, cancel) = (Instant::now(), Cancel::new().unwrap());
    let wait = || {
        if with_cancel {
            set.wait(cancel.or(past)).unwrap()
        } else {
            set.wait(past).unwrap()
        }
    };
    assert!(wait().is_empty());
    two.send(b"x").unwrap();
    set.wait(PATIENCE).unwrap();
    assert_eq!(wait().len(), 1);
    assert_eq!(set.wait(NOW).unwrap().len(), 1);
}

#[rstest]
fn a_deadline_may_be_far_away(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(30, 36_500, u64::MAX)] days: u64,
) {
    let far = Duration::from_secs(days.saturating_mul(24 * 60 * 60));
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, (), Interest::READABLE).unwrap();
    let cancel = Cancel::new().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| two.send(b"x").unwrap());
        assert_eq!(set.wait(far).unwrap().len(), 1);
        assert_eq!(set.wait(cancel.or(far)).unwrap().len(), 1);
        assert_eq!(wait_for(&[&one], far).unwrap(), [0]);
    });
}

#[rstest]
fn a_cancel_ends_it_but_not_before_what_is_ready(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
    #[values(false, true)] empty: bool,
) {
    let (one, two) = tcp();
    let set = kind.set();
    if !empty {
        set.add(&one, 1, Interest::READABLE).unwrap();
    }
    let cancel = Cancel::new().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| cancel.cancel());
        let error = set.wait(&cancel).unwrap_err();
        assert_eq!(error.condition(), Condition::Cancelled);
        assert_eq!(error.operation(), Operation::Wait);
    });
    let mut ready = vec![(9, set_readiness())];
    set.wait_into(&mut ready, cancel.or(NOW)).unwrap_err();
    assert!(ready.is_empty());
    if !empty {
        two.send(b"x").unwrap();
        set.wait(PATIENCE).unwrap();
        assert_eq!(set.wait(&cancel).unwrap().len(), 1);
    }
    // It is the cancel that is thrown, not the set.
    set.waker().wake();
    in_time(&set);
}

/// Any readiness.
fn set_readiness() -> Readiness {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let set = Kind::Native.set();
    set.add(&socket, (), Interest::WRITABLE).unwrap();
    readiness(&set, PATIENCE).unwrap()
}

#[rstest]
fn wakes_before_a_wait_are_one_wake(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let (one, two) = tcp();
    let set = kind.set();
    set.add(&one, (), Interest::READABLE).unwrap();
    let waker = set.waker();
    for wakes in [1, 2, 100] {
        (0..wakes).for_each(|_| waker.clone().wake());
        assert!(in_time(&set).is_empty());
        // It is used up: the next one waits as long as it should.
        let begin = Instant::now();
        assert!(set.wait(SOON).unwrap().is_empty());
        assert!(begin.elapsed() >= SOON);
    }
    // What is ready is given with it.
    two.send(b"x").unwrap();
    set.wait(PATIENCE).unwrap();
    waker.wake();
    assert!(readiness(&set, PATIENCE).unwrap().is_readable());
    (&one).read_exact(&mut [0]).unwrap();
    let begin = Instant::now();
    assert!(set.wait(SOON).unwrap().is_empty());
    assert!(begin.elapsed() >= SOON);
}

#[rstest]
fn a_waker_may_outlive_its_set(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    let waker: Waker = kind.set::<()>().waker();
    let others: Vec<WaitSet<'_, ()>> = (0..3).map(|_| kind.set()).collect();
    waker.wake();
    for set in &others {
        let begin = Instant::now();
        assert!(set.wait(SOON).unwrap().is_empty());
        assert!(begin.elapsed() >= SOON, "it was another's");
    }
}

#[rstest]
fn of_more_than_one_call_gives_each_has_its_turn(#[values(Kind::Native, Kind::Poll)] kind: Kind) {
    const MEMBERS: usize = 600;
    let sockets: Vec<_> = (0..MEMBERS)
        .map(|_| UdpSocket::bind("127.0.0.1:0").unwrap())
        .collect();
    let set = kind.set();
    for (key, socket) in sockets.iter().enumerate() {
        set.add(socket, key, Interest::WRITABLE).unwrap();
    }
    for _ in 0..3 {
        // All are ready, always. In as many waits as it takes, each comes.
        let mut turns = vec![0_u32; MEMBERS];
        let mut ready = Vec::new();
        for _ in 0..MEMBERS {
            set.wait_into(&mut ready, PATIENCE).unwrap();
            for (key, readiness) in &ready {
                assert!(readiness.is_writable());
                turns[*key] += 1;
            }
            if turns.iter().all(|turns| *turns > 0) {
                break;
            }
        }
        let (least, most) = (turns.iter().min().unwrap(), turns.iter().max().unwrap());
        assert!(*least > 0 && most - least <= 1, "{least} to {most} turns");
    }
    // The waker has its turn too.
    set.waker().wake();
    set.clear().unwrap();
    assert!(in_time(&set).is_empty());
}

#[rstest]
fn a_wait_with_a_buffer_that_was_used_allocates_nothing(
    #[values(Kind::Native, Kind::Poll)] kind: Kind,
) {
    let pairs: Vec<_> = (0..20).map(|_| tcp()).collect();
    let set = kind.set();
    for (key, (one, two)) in pairs.iter().enumerate() {
        set.add(one, key, Interest::READABLE).unwrap();
        if key % 2 == 0 {
            two.send(b"x").unwrap();
        }
    }
    let cancel = Cancel::new().unwrap();
    let mut ready = Vec::new();
    let begin = Instant::now();
    while ready.len() < 10 {
        assert!(begin.elapsed() < PATIENCE);
        set.wait_into(&mut ready, PATIENCE).unwrap();
        // The first one with another end makes room for it.
        set.wait_into(&mut ready, cancel.or(PATIENCE)).unwrap();
    }
    let late = Deadline::from(PATIENCE);
    let counted = allocation_counter::measure(|| {
        for _ in 0..3 {
            set.wait_into(&mut ready, late).unwrap();
            set.wait_into(&mut ready, Deadline::NEVER).unwrap();
            set.wait_into(&mut ready, cancel.or(late)).unwrap();
        }
        for (one, _) in pairs.iter().step_by(2) {
            one.recv(&mut [0]).unwrap();
        }
        set.wait_into(&mut ready, NOW).unwrap();
        set.wait_into(&mut ready, cancel.or(NOW)).unwrap();
        set.waker().wake();
        set.wait_into(&mut ready, late).unwrap();
    });
    assert!(ready.is_empty());
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn it_can_be_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<WaitSet<'static, u64>>();
    shared::<WaitSet<'_, String>>();
    shared::<Waker>();
    shared::<Interest>();
    shared::<Readiness>();
}
