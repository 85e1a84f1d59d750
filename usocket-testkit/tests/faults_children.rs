//! Programs that a test starts are left alone, and nothing that this process does on the way there ends it.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]
// What runs between fork and exec is unsafe to say.
#![allow(unsafe_code)]

mod child;
mod faults_support;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;

use nix::sys::signal::{SigSet, SigmaskHow, Signal, pthread_sigmask};
use usocket_testkit::faults::RefusalKind;
use usocket_testkit::{Errno, Faults, Operation};

use child::{Child, say, task};
use faults_support::{errno, faults, listener};

/// Trap 4: children inherit the filter, and would end by SIGSYS at their first watched call. They are let through by
/// where their instructions are: with a range that covers all addresses, this fails.
#[test]
fn twenty_children_are_left_alone() {
    if let Some(port) = task() {
        TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
        say("connected");
        return;
    }
    let faults = faults();
    let (server, addr) = listener();
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .errno(Errno::EHOSTDOWN);
    assert_eq!(errno(TcpStream::connect(addr)), Errno::EHOSTDOWN);
    for _ in 0..20 {
        let port = addr.port().to_string();
        let mut child = Child::of_test("twenty_children_are_left_alone", &port);
        assert_eq!(child.hear(), "connected");
        server.accept().unwrap();
        child.ends_well();
    }
    assert_eq!(rule.hits(), 1);
}

/// Both ways in which std starts programs, and the one by which they fail to start, with rules on all that is done
/// between fork and exec.
#[test]
fn starting_programs_works_under_any_rules() {
    let faults = faults();
    let _rules: Vec<_> = [
        Operation::Duplicate,
        Operation::Send,
        Operation::Receive,
        Operation::SetOption,
    ]
    .into_iter()
    .map(|operation| faults.on(operation).errno(Errno::EIO))
    .collect();
    let cat = || {
        let mut command = Command::new("cat");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    };
    let plain = cat();
    let mut forked = cat();
    // SAFETY: the closure does nothing.
    unsafe { forked.pre_exec(|| Ok(())) };
    for mut command in [plain, forked] {
        for _ in 0..10 {
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(b"hello").unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.stdout, b"hello");
            assert!(output.status.success());
        }
    }
    // musl's child reports it by a write, which its reset of all handlers does not survive.
    if cfg!(target_env = "gnu") {
        let error = Command::new("/no/such/program").spawn().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}

/// A child by fork must not wait for a lock that another thread had when it was made. Without the look at the
/// process's number, one of these children waits for ever: the other threads take the locks all the time.
#[test]
fn a_fork_waits_for_no_lock() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let faults = faults();
    let (_server, addr) = listener();
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .errno(Errno::EHOSTDOWN);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    drop(faults.on(Operation::Listen).errno(Errno::EIO));
                    let _ = TcpStream::connect(addr);
                }
            });
        }
        for _ in 0..50 {
            let mut command = Command::new("true");
            // SAFETY: the child makes a socket and connects it, without memory or locks of the parent's.
            unsafe {
                command.pre_exec(move || {
                    use nix::sys::socket::{
                        AddressFamily, SockFlag, SockType, SockaddrIn, connect, socket,
                    };
                    let std::net::SocketAddr::V4(addr) = addr else {
                        unreachable!()
                    };
                    let made = socket(
                        AddressFamily::Inet,
                        SockType::Stream,
                        SockFlag::empty(),
                        None,
                    )?;
                    // Not the parent's rules: it connects.
                    Ok(connect(made.as_raw_fd(), &SockaddrIn::from(addr))?)
                });
            }
            assert!(command.status().unwrap().success());
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(rule.hits() > 0);
}

/// Trap 5: a call that stops while SIGSYS is blocked ends the process. What blocks more signals is watched, and
/// leaves this one out. Without that row of the table the child ends by SIGSYS.
#[test]
fn a_thread_that_blocks_every_signal_goes_on() {
    if task().is_some() {
        let faults = faults();
        let (_server, addr) = listener();
        let _rule = faults
            .on(Operation::Connect)
            .to(addr)
            .errno(Errno::EHOSTDOWN);
        SigSet::all().thread_block().unwrap();
        assert_eq!(errno(TcpStream::connect(addr)), Errno::EHOSTDOWN);
        let blocked = SigSet::thread_get_mask().unwrap();
        assert!(blocked.contains(Signal::SIGUSR1) && !blocked.contains(Signal::SIGSYS));
        say("alive");
        return;
    }
    let mut child = Child::of_test("a_thread_that_blocks_every_signal_goes_on", "block");
    assert_eq!(child.hear(), "alive");
    child.ends_well();
}

#[test]
fn a_thread_that_has_blocked_it_before_is_refused() {
    thread::spawn(|| {
        let mut sigsys = SigSet::empty();
        sigsys.add(Signal::SIGSYS);
        pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&sigsys), None).unwrap();
        let refusal = Faults::here().unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::SignalTaken, "{refusal}");
        pthread_sigmask(SigmaskHow::SIG_UNBLOCK, Some(&sigsys), None).unwrap();
        Faults::here().map(drop).unwrap();
    })
    .join()
    .unwrap();
}

/// Trap 4 again: without random addresses a child cannot be told from its parent, so there are no rules.
#[test]
fn without_random_addresses_there_are_no_rules() {
    if task().is_some() {
        let refusal = Faults::here().unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::NoRandomization);
        assert!(refusal.to_string().contains("setarch"), "{refusal}");
        say("refused");
        return;
    }
    let mut child = Child::of_test_with(
        "without_random_addresses_there_are_no_rules",
        "fixed",
        |command| {
            // SAFETY: the call has a number only.
            unsafe {
                command.pre_exec(|| {
                    let set = libc::personality(libc::ADDR_NO_RANDOMIZE as _);
                    if set == -1 {
                        return Err(io::Error::last_os_error());
                    }
                    Ok(())
                });
            }
        },
    );
    assert_eq!(child.hear(), "refused");
    child.ends_well();
}

/// Trap 9 and containers: a filter that forbids filters is a refusal, not silence.
#[test]
fn a_filter_that_forbids_filters_is_named() {
    if task().is_some() {
        let refusal = Faults::here().unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::Forbidden);
        assert!(refusal.to_string().contains("docker run"), "{refusal}");
        assert!(refusal.to_string().contains("USOCKET_TESTKIT_SKIP=faults"));
        say("refused");
        return;
    }
    let forbid = |command: &mut Command| {
        // SAFETY: the closure makes system calls and nothing else.
        unsafe { command.pre_exec(forbid_filters) };
    };
    let mut child = Child::of_test_with("a_filter_that_forbids_filters_is_named", "forbid", forbid);
    assert_eq!(child.hear(), "refused");
    child.ends_well();
}

/// Trap 9 again: an emulator of another processor knows no filters, and a kernel may be built without them. Both say so
/// by ENOSYS or EINVAL, and that is a refusal too.
#[test]
fn filters_that_there_are_none_of_are_named() {
    if task().is_some() {
        let refusal = Faults::here().unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::NotOffered);
        assert!(refusal.to_string().contains("an emulator"), "{refusal}");
        assert!(refusal.to_string().contains("USOCKET_TESTKIT_SKIP=faults"));
        // The process goes on as it was.
        let (_server, addr) = listener();
        TcpStream::connect(addr).unwrap();
        say("refused");
        return;
    }
    for errno in [libc::ENOSYS, libc::EINVAL] {
        let none = |command: &mut Command| {
            // SAFETY: the closure makes system calls and nothing else.
            unsafe { command.pre_exec(move || answer_filters(errno)) };
        };
        let name = "filters_that_there_are_none_of_are_named";
        let mut child = Child::of_test_with(name, "none", none);
        assert_eq!(child.hear(), "refused");
        child.ends_well();
    }
}

/// The same with a skip that is allowed: nextest sees success, and plain `cargo test` a failure that says so.
#[test]
fn a_skip_that_is_allowed_ends_the_test_as_passed() {
    if task().is_some() {
        drop(faults());
        say("not skipped");
        return;
    }
    // A copy in a target folder of its own: the real one's record is read by people.
    let target = tempfile::tempdir().unwrap();
    let program = target.path().join("debug/deps/faults_children");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::write(target.path().join("CACHEDIR.TAG"), "").unwrap();
    // By another process: a test beside this one that starts a program would hold what this one writes to open in it, and
    // a file that is open for writing cannot be run (ETXTBSY).
    let copied = Command::new("cp")
        .arg(env::current_exe().unwrap())
        .arg(&program)
        .status();
    assert!(copied.unwrap().success());
    let child = |mode: &'static str| {
        Child::of_program(
            &program,
            "a_skip_that_is_allowed_ends_the_test_as_passed",
            "skip",
            move |command| {
                command
                    .env("USOCKET_TESTKIT_SKIP", "lab,faults")
                    .env("NEXTEST_EXECUTION_MODE", mode)
                    .stderr(Stdio::null());
                // SAFETY: as above.
                unsafe { command.pre_exec(forbid_filters) };
            },
        )
    };
    child("process-per-test").ends_well();
    let record = fs::read_to_string(target.path().join("usocket-testkit-skips.txt")).unwrap();
    assert!(record.contains("faults: "), "{record}");
    assert!(!child("none").ends().success());
}

/// Trap 7: no program that such a thread starts gains rights.
#[test]
fn no_new_privileges_are_to_be_had() {
    let has = || {
        let status = fs::read_to_string("/proc/thread-self/status").unwrap();
        status.contains("NoNewPrivs:\t1")
    };
    let faults = faults();
    assert!(has());
    drop(faults);
    assert!(has());
}

/// Somebody else's handler of SIGSYS, and signals that are none of ours.
#[test]
fn another_owner_of_the_signal_gets_what_is_its_own() {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, raise, sigaction};
    use std::sync::atomic::{AtomicU32, Ordering};

    static THEIRS: AtomicU32 = AtomicU32::new(0);

    extern "C" fn theirs(_: i32) {
        THEIRS.fetch_add(1, Ordering::SeqCst);
    }

    if task().is_some() {
        let action = SigAction::new(
            SigHandler::Handler(theirs),
            SaFlags::empty(),
            SigSet::empty(),
        );
        // SAFETY: the handler counts.
        unsafe { sigaction(Signal::SIGSYS, &action) }.unwrap();
        let made = faults();
        let rule = made.on(Operation::Listen).errno(Errno::EIO);
        raise(Signal::SIGSYS).unwrap();
        assert_eq!(THEIRS.load(Ordering::SeqCst), 1);
        assert_eq!(
            errno(std::net::TcpListener::bind("127.0.0.1:0")),
            Errno::EIO
        );
        assert_eq!((rule.hits(), THEIRS.load(Ordering::SeqCst)), (1, 1));
        // Taken away afterwards, there can be no more.
        // SAFETY: as above.
        unsafe { sigaction(Signal::SIGSYS, &action) }.unwrap();
        let refusal = Faults::here().unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::SignalTaken, "{refusal}");
        say("well");
        return;
    }
    let mut child = Child::of_test("another_owner_of_the_signal_gets_what_is_its_own", "theirs");
    assert_eq!(child.hear(), "well");
    child.ends_well();
}

/// Rings would get past the rules.
#[test]
fn there_are_no_rings() {
    let _faults = faults();
    // SAFETY: the null pointer is the kernel's to refuse.
    let ring = unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, std::ptr::null_mut::<u8>()) };
    assert_eq!(ring, -1);
    assert_eq!(
        io::Error::last_os_error().raw_os_error(),
        Some(libc::ENOSYS)
    );
}

/// A bad address is the call's error, as without rules, and not the end of the process. (musl reads such addresses
/// itself.)
#[cfg(target_env = "gnu")]
#[test]
fn bad_addresses_are_the_calls_own_error() {
    let faults = faults();
    let (near, _far) = faults_support::pair();
    let _rules = [
        faults
            .on(Operation::Connect)
            .to(([127, 0, 0, 1], 9))
            .errno(Errno::EIO),
        faults
            .on(Operation::Send)
            .to(([127, 0, 0, 1], 9))
            .errno(Errno::EIO),
        faults.on(Operation::Receive).short(1),
        faults
            .on(Operation::Wait)
            .descriptor(&near)
            .errno(Errno::EIO),
    ];
    let recording = faults.record();
    let bad = 8 as *mut libc::c_void;
    let socket = near.as_raw_fd();
    // SAFETY: the addresses are bad, and the kernel's to refuse.
    let answers = unsafe {
        [
            libc::connect(socket, bad.cast(), 16) as isize,
            libc::sendmsg(socket, bad.cast(), 0),
            libc::recvmsg(socket, bad.cast(), 0),
            libc::readv(socket, bad.cast(), 1),
            libc::getpeername(socket, bad.cast(), bad.cast()) as isize,
            libc::poll(bad.cast(), 1, 0) as isize,
        ]
    };
    assert_eq!(answers, [-1; 6]);
    assert!(
        recording
            .records()
            .iter()
            .all(|one| one.outcome() == Err(Errno::EFAULT)),
        "{recording}"
    );
}

/// What a container does that lets nobody set filters: EPERM from seccomp(2).
fn forbid_filters() -> io::Result<()> {
    answer_filters(libc::EPERM)
}

/// Has the kernel answer seccomp(2) so from now on.
fn answer_filters(errno: i32) -> io::Result<()> {
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut program = [
        step(0x20, 0, 0, 0), // the call's number
        step(0x15, 0, 1, u32::try_from(libc::SYS_seccomp).unwrap_or(0)),
        step(0x06, 0, 0, libc::SECCOMP_RET_ERRNO | errno.unsigned_abs()),
        step(0x06, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog {
        len: 4,
        filter: program.as_mut_ptr(),
    };
    // SAFETY: numbers, and a filter that lives until the kernel has read it.
    let set = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(
                libc::PR_SET_SECCOMP,
                libc::SECCOMP_MODE_FILTER,
                &raw const filter,
            ) == 0
    };
    if set {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
