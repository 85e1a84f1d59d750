//! Whose calls a rule sees: those of one thread and of those that it starts, and exactly those.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod faults_support;

use std::io::Write;
use std::net::{TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;

use usocket_testkit::faults::{Action, RefusalKind};
use usocket_testkit::{Errno, Faults, Operation};

use faults_support::{WATCHDOG, errno, faults, listener, udp};

#[test]
fn threads_started_later_are_in_it_and_others_are_not() {
    let (_server, addr) = listener();
    let (begin, begun) = mpsc::channel::<()>();
    let earlier = thread::spawn(move || {
        begun.recv_timeout(WATCHDOG).unwrap();
        TcpStream::connect(addr).map(drop)
    });
    let faults = faults();
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .errno(Errno::EHOSTDOWN);
    let later = thread::spawn(move || {
        thread::spawn(move || errno(TcpStream::connect(addr)))
            .join()
            .unwrap()
    });
    assert_eq!(later.join().unwrap(), Errno::EHOSTDOWN);
    begin.send(()).unwrap();
    earlier.join().unwrap().unwrap();
    assert_eq!(rule.hits(), 1);
}

/// Tests of one process at the same time: each with a rule of its own on the same address.
#[test]
fn neighbours_never_see_each_others_rules() {
    const THREADS: i32 = 16;
    let (_server, addr) = listener();
    let all = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for number in 0..THREADS {
            let all = &all;
            scope.spawn(move || {
                let faults = faults();
                // Nobody gives a meaning to these numbers.
                let own = Errno::from_raw(1000 + number);
                let rule = faults.on(Operation::Connect).to(addr).errno(own);
                all.wait();
                for _ in 0..50 {
                    let from_child = thread::spawn(move || errno(TcpStream::connect(addr)));
                    assert_eq!(errno(TcpStream::connect(addr)), own);
                    assert_eq!(from_child.join().unwrap(), own);
                }
                assert_eq!(rule.hits(), 100);
            });
        }
    });
}

/// A thread that was started by one with rules has its own inside those: they are asked first, and reach nobody else.
#[test]
fn a_scope_in_a_scope_is_asked_first_and_ends_alone() {
    let (_server, addr) = listener();
    let outer = faults();
    let both = outer
        .on(Operation::Connect)
        .to(addr)
        .errno(Errno::EHOSTDOWN);
    thread::spawn(move || {
        let inner = faults();
        let rule = inner.on(Operation::Connect).times(1).errno(Errno::ENETDOWN);
        assert_eq!(errno(TcpStream::connect(addr)), Errno::ENETDOWN);
        assert_eq!(errno(TcpStream::connect(addr)), Errno::EHOSTDOWN);
        assert_eq!(rule.hits(), 1);
        drop(inner);
        assert_eq!(errno(TcpStream::connect(addr)), Errno::EHOSTDOWN);
    })
    .join()
    .unwrap();
    assert_eq!(both.hits(), 2);
}

#[test]
fn rules_end_with_their_guard_or_with_what_made_them() {
    let (_server, addr) = listener();
    let one = faults();
    let two = faults();
    let rule = one.on(Operation::Connect).errno(Errno::EHOSTDOWN);
    let kept = two.on(Operation::Connect).errno(Errno::ENETDOWN);
    assert_eq!(
        errno(TcpStream::connect(addr)),
        Errno::ENETDOWN,
        "the newest"
    );
    drop(two);
    assert_eq!(errno(TcpStream::connect(addr)), Errno::EHOSTDOWN);
    drop(rule);
    TcpStream::connect(addr).unwrap();
    assert_eq!(kept.hits(), 1);
}

/// Each thread has one filter, however often it makes `Faults`: the kernel would refuse after some hundreds.
#[test]
fn a_thread_makes_and_drops_them_as_often_as_it_likes() {
    let (_server, addr) = listener();
    for _ in 0..2000 {
        let faults = faults();
        let rule = faults.on(Operation::Connect).times(1).errno(Errno::EIO);
        assert_eq!(errno(TcpStream::connect(addr)), Errno::EIO);
        assert_eq!(rule.hits(), 1);
    }
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let filters = status
        .lines()
        .find_map(|line| line.strip_prefix("Seccomp_filters:"));
    // Not every kernel says it. A test harness or a container may have its own.
    if let Some(filters) = filters {
        assert!(filters.trim().parse::<u32>().unwrap() < 10, "{filters}");
    }
}

#[test]
fn sixteen_threads_make_ten_thousand_calls_and_each_counts_once() {
    const THREADS: u64 = 16;
    const CALLS: u64 = 625;
    const SKIPPED: u64 = 1000;
    const FAILED: u64 = 5000;
    let faults = faults();
    let (socket, addr) = udp();
    let rule = faults
        .on(Operation::SendTo)
        .descriptor(&socket)
        .skip(SKIPPED)
        .times(FAILED)
        .errno(Errno::ENOBUFS);
    let failed: u64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let failed = (0..CALLS).filter(|_| socket.send_to(b"", addr).is_err());
                    u64::try_from(failed.count()).unwrap()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!((failed, rule.hits()), (FAILED, FAILED));
}

/// Signals interrupt the calls that a handler makes in the program's place: each call counts once all the same, and
/// a handler that makes calls itself neither waits for a lock nor upsets the counts of other sockets.
#[test]
fn hits_are_exact_under_signals() {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
    use std::os::fd::AsRawFd;
    use std::sync::OnceLock;
    use std::sync::atomic::AtomicU64;

    static INTERRUPTIONS: AtomicU64 = AtomicU64::new(0);
    static OTHER: OnceLock<UdpSocket> = OnceLock::new();

    extern "C" fn on_signal(_: i32) {
        INTERRUPTIONS.fetch_add(1, Ordering::SeqCst);
        if let Some(socket) = OTHER.get() {
            // As runtimes do: a byte for the one that waits. It may fail.
            let _ = nix::sys::socket::send(
                socket.as_raw_fd(),
                b"!",
                nix::sys::socket::MsgFlags::MSG_DONTWAIT,
            );
        }
    }

    let faults = faults();
    let (other, other_addr) = udp();
    other.connect(other_addr).unwrap();
    let others = faults
        .on(Operation::Send)
        .descriptor(&other)
        .errno(Errno::ENOBUFS);
    OTHER.set(other).unwrap();
    let action = SigAction::new(
        SigHandler::Handler(on_signal),
        SaFlags::empty(),
        SigSet::empty(),
    );
    #[allow(unsafe_code)]
    // SAFETY: the handler counts and sends, which signal-safety(7) allows.
    unsafe { sigaction(Signal::SIGUSR1, &action) }.unwrap();

    let (socket, addr) = udp();
    let rule = faults
        .on(Operation::SendTo)
        .descriptor(&socket)
        .sequence((0..4000).map(|n| {
            if n % 2 == 0 {
                Action::Errno(Errno::ENOBUFS)
            } else {
                Action::Delay(std::time::Duration::from_micros(50))
            }
        }));
    let done = AtomicBool::new(false);
    let (process, thread) = (std::process::id(), nix::unistd::gettid().as_raw());
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                #[allow(unsafe_code)]
                // SAFETY: the call has numbers only.
                let sent =
                    unsafe { libc::syscall(libc::SYS_tgkill, process, thread, libc::SIGUSR1) };
                assert_eq!(sent, 0);
                thread::sleep(std::time::Duration::from_micros(100));
            }
        });
        for n in 0..4000 {
            let sent = socket.send_to(b"", addr);
            assert_eq!(sent.is_err(), n % 2 == 0, "call {n}: {sent:?}");
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(rule.hits(), 4000);
    let interruptions = INTERRUPTIONS.load(Ordering::SeqCst);
    assert!(interruptions > 100, "{interruptions}");
    assert!(others.hits() <= interruptions);
    assert!(others.hits() > 0);
}

#[test]
fn a_rule_that_makes_no_sense_is_refused() {
    let faults = faults();
    let rows = [
        (Operation::Listen, Action::Eof, "receive"),
        (Operation::Close, Action::Errno(Errno::EIO), "errno_after"),
        (Operation::Send, Action::Short(0), "eof"),
        (Operation::Lookup, Action::Errno(Errno::EIO), "port (53)"),
    ];
    for (operation, action, words) in rows {
        let refusal = faults.on(operation).arm(action).unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::Unfit);
        assert!(refusal.to_string().contains(words), "{refusal}");
    }
    let addr = ([127, 0, 0, 1], 9);
    let file = std::fs::File::open("/dev/null").unwrap();
    let misfits = [
        faults.on(Operation::Socket).to(addr),
        faults.on(Operation::Wait).to_port(9),
        faults.on(Operation::Wait).streams(),
        faults.on(Operation::Send).descriptor(&file),
    ];
    for misfit in misfits {
        let refusal = misfit.arm(Action::Errno(Errno::EIO)).unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::Unfit);
    }
}

#[test]
fn a_rule_that_must_be_hit_says_so_when_it_was_not() {
    let faults = faults();
    let (_server, addr) = listener();
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .skip(1)
        .errno(Errno::EIO)
        .must_hit();
    TcpStream::connect(addr).unwrap();
    let said = std::panic::catch_unwind(move || drop(rule)).unwrap_err();
    let said = said.downcast_ref::<String>().unwrap();
    assert!(
        said.contains("1 calls of the operation were seen, 1 of them matched, 0 were hit"),
        "{said}"
    );

    // A test that fails already has enough to say: a second panic would end the process.
    let faults = Faults::here().unwrap();
    let said = std::panic::catch_unwind(move || {
        let _rule = faults.on(Operation::Listen).errno(Errno::EIO).must_hit();
        panic!("the test's own");
    });
    assert_eq!(
        *said.unwrap_err().downcast_ref::<&str>().unwrap(),
        "the test's own"
    );
}

#[test]
fn printing_is_not_a_send() {
    let faults = faults();
    let rule = faults.on(Operation::Send).errno(Errno::EIO);
    println!("this line is written to no socket");
    std::io::stdout().flush().unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"nor is this").unwrap();
    assert_eq!(rule.hits(), 0);
}
