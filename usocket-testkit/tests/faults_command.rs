//! Rules for other programs: those that a command starts, and theirs. The program is this test binary.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]
// What runs between fork and exec is unsafe to say.
#![allow(unsafe_code)]

mod child;
mod faults_support;

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::socket::{MsgFlags, SockaddrIn, sendmsg};
use usocket_testkit::faults::{Action, RefusalKind, Rule, Schedule};
use usocket_testkit::{Errno, Faults, Operation, Protocol, Way};

use child::{Child, say, task, wait_for_parent};
use faults_support::{WATCHDOG, errno, faults, listener, udp};

/// The test's own program under rules of its own.
fn ruled(test: &str, task: &str) -> (Child, Faults) {
    let mut faults = None;
    let child = Child::of_test_with(test, task, |command| {
        faults = Some(Faults::for_command(command).unwrap_or_else(|refusal| panic!("{refusal}")));
    });
    (child, faults.unwrap())
}

/// In the child: how often it connects, and what came of it.
fn connect(addr: SocketAddr) {
    match TcpStream::connect(addr) {
        Ok(_) => say("connected"),
        Err(error) => say(&error.to_string()),
    }
}

/// In the child: as many connects as the parent wants, and where to.
fn connects(task: &str) {
    for addr in task.split(' ') {
        connect(addr.parse().unwrap());
    }
}

/// In the child: the same, once the parent has made its rules.
fn connects_when_told(task: &str) {
    say("ready");
    wait_for_word();
    connects(task);
}

/// In the child: one byte of the parent's.
fn wait_for_word() {
    io::stdin().read_exact(&mut [0]).unwrap();
}

/// Until a call waits for its answer.
fn wait_for_hit(rule: &Rule) {
    let start = Instant::now();
    while rule.hits() == 0 {
        assert!(start.elapsed() < WATCHDOG);
        std::thread::yield_now();
    }
}

#[test]
fn a_host_is_down_once() {
    if let Some(task) = task() {
        return connects(&task);
    }
    let (_server, addr) = listener();
    let (_other, elsewhere) = listener();
    let mut rule = None;
    let mut faults = None;
    let task = format!("{elsewhere} {addr} {addr} {elsewhere}");
    let mut child = Child::of_test_with("a_host_is_down_once", &task, |command| {
        let made = Faults::for_command(command).unwrap();
        let down = made.on(Operation::Connect).to(addr).times(1);
        rule = Some(down.errno(Errno::EHOSTDOWN));
        faults = Some(made);
    });
    let heard: Vec<_> = (0..4).map(|_| child.hear()).collect();
    let expected = [
        "connected",
        "Host is down (os error 112)",
        "connected",
        "connected",
    ];
    assert_eq!(heard, expected);
    child.ends_well();
    assert_eq!(rule.unwrap().hits(), 1);

    let faults = faults.unwrap();
    assert_eq!(faults.backend().way(), Way::SystemCallRule);
    let text = faults.backend().to_string();
    assert!(
        text.contains("user notification, because children were asked for"),
        "{text}"
    );
    // Not this one.
    TcpStream::connect(addr).unwrap();
}

/// A program of a program, and another beside it that has no rules.
#[test]
fn grandchildren_too_and_nobody_else() {
    const NAME: &str = "grandchildren_too_and_nobody_else";
    if let Some(task) = task() {
        let Some(addr) = task.strip_prefix("parent of ") else {
            return connects_when_told(&task);
        };
        let mut child = Child::of_test(NAME, addr);
        say(&child.hear());
        wait_for_word();
        child.word();
        say(&child.hear());
        child.ends_well();
        return;
    }
    let (_server, addr) = listener();
    let (mut ruled, faults) = ruled(NAME, &format!("parent of {addr}"));
    let rule = faults.on(Operation::Connect).errno(Errno::EHOSTDOWN);
    let mut free = Child::of_test(NAME, &addr.to_string());
    for child in [&mut ruled, &mut free] {
        assert_eq!(child.hear(), "ready");
        child.word();
    }
    assert_eq!(ruled.hear(), "Host is down (os error 112)");
    assert_eq!(free.hear(), "connected");
    ruled.ends_well();
    free.ends_well();
    assert_eq!(rule.hits(), 1);
}

/// What the same engine decides, and what it knows of a socket that is another program's.
#[test]
fn calls_are_told_apart_as_for_oneself() {
    if let Some(task) = task() {
        let addr: SocketAddr = task.parse().unwrap();
        say("ready");
        wait_for_word();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut outcomes = Vec::new();
        for _ in 0..4 {
            outcomes.push(socket.send_to(b"hello", addr).map_err(|e| Errno::of(&e)));
        }
        say(&format!("{outcomes:?}"));
        // By sendmsg, with the address in a structure in a structure.
        let SocketAddr::V4(v4) = addr else {
            unreachable!()
        };
        let message = [io::IoSlice::new(b"hello")];
        let sent = sendmsg(
            socket.as_raw_fd(),
            &message,
            &[],
            MsgFlags::empty(),
            Some(&SockaddrIn::from(v4)),
        );
        say(&format!("{sent:?}"));
        socket.connect(addr).unwrap();
        // The peer's address is the socket's, not the call's.
        say(&format!(
            "{:?}",
            socket.send(b"hello").map_err(|e| Errno::of(&e))
        ));
        // A file is none of its business, and neither is a pair of std's.
        std::fs::write("/dev/null", b"hello").unwrap();
        return;
    }
    let (socket, addr) = udp();
    let (mut child, faults) = ruled("calls_are_told_apart_as_for_oneself", &addr.to_string());
    assert_eq!(child.hear(), "ready");
    let sends = || faults.on(Operation::SendTo).over(Protocol::Udp4).to(addr);
    let rule = sends().skip(1).sequence([
        Action::Errno(Errno::ENOBUFS),
        Action::Pass,
        Action::Errno(Errno::EPERM),
        Action::Errno(Errno::EIO),
    ]);
    let streams = faults.on(Operation::Send).streams().errno(Errno::EIO);
    let peer = faults.on(Operation::Send).datagrams().to_port(addr.port());
    let peer = peer.random(1, Schedule::pass(0).or(1, Action::Errno(Errno::ENONET)));
    let other = faults
        .on(Operation::SendTo)
        .to(([127, 0, 0, 1], 9))
        .errno(Errno::EIO);
    child.word();
    let outcomes = child.hear();
    let expected = [
        Ok(5),
        Err(Some(Errno::ENOBUFS)),
        Ok(5),
        Err(Some(Errno::EPERM)),
    ];
    assert_eq!(
        outcomes,
        format!("{:?}", expected.map(|one: Result<usize, _>| one))
    );
    assert_eq!(child.hear(), "Err(EIO)");
    assert_eq!(
        child.hear(),
        format!("{:?}", Err::<usize, _>(Some(Errno::ENONET)))
    );
    child.ends_well();
    let hits = [&rule, &streams, &peer, &other].map(Rule::hits);
    assert_eq!(hits, [3, 0, 1, 0]);
    let arrived = (0..2).all(|_| socket.recv(&mut [0; 16]).is_ok());
    assert!(arrived);
}

/// A delay holds up its own call, and no other of the same program.
#[test]
fn one_call_is_late_and_the_others_are_not() {
    const NAME: &str = "one_call_is_late_and_the_others_are_not";
    const LATE: Duration = Duration::from_millis(50);
    if let Some(task) = task() {
        let [held, late] = [0, 1].map(|n| task.split(' ').nth(n).unwrap().parse().unwrap());
        say("ready");
        wait_for_word();
        std::thread::spawn(move || connect(held));
        wait_for_word();
        drop(UdpSocket::bind("127.0.0.1:0").unwrap());
        let start = Instant::now();
        connect(late);
        assert!(start.elapsed() >= LATE);
        return;
    }
    let (_server, held) = listener();
    let (_other, late) = listener();
    let (mut child, faults) = ruled(NAME, &format!("{held} {late}"));
    assert_eq!(child.hear(), "ready");
    let never = faults.on(Operation::Connect).to(held).delay(Duration::MAX);
    let later = faults.on(Operation::Connect).to(late).delay(LATE);
    child.word();
    wait_for_hit(&never);
    child.word();
    assert_eq!(child.hear(), "connected");
    assert_eq!(later.hits(), 1);
    child.ends_well();
}

/// Each verb of the API, the first time that it is called.
#[test]
fn every_operation_can_fail() {
    const NAME: &str = "every_operation_can_fail";
    if let Some(task) = task() {
        let addr: SocketAddr = task.parse().unwrap();
        let tell = |name: &str, error: Option<io::Error>| {
            say(&format!(
                "{name}: {:?}",
                error.and_then(|error| Errno::of(&error))
            ));
        };
        say("ready");
        wait_for_word();
        for _ in 0..4 {
            tell("bind", TcpListener::bind("127.0.0.1:0").err());
        }
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        server.set_nonblocking(true).unwrap();
        tell("accept", server.accept().err());
        tell("accept", server.accept().err());
        let second = Duration::from_secs(1);
        tell("wait", TcpStream::connect_timeout(&addr, second).err());
        let stream = TcpStream::connect(addr).unwrap();
        tell("local", stream.local_addr().err());
        tell("peer", stream.peer_addr().err());
        tell("option", stream.nodelay().err());
        tell("clone", stream.try_clone().err());
        tell("write", (&stream).write(b"hello").err());
        tell("read", (&stream).read(&mut [0]).err());
        tell("shutdown", stream.shutdown(Shutdown::Both).err());
        // Once each.
        tell("shutdown", stream.shutdown(Shutdown::Both).err());
        return;
    }
    let (_server, addr) = listener();
    let (mut child, faults) = ruled(NAME, &addr.to_string());
    assert_eq!(child.hear(), "ready");
    let rows = [
        (Operation::Socket, Errno::ENFILE, "bind"),
        (Operation::SetOption, Errno::ENOPROTOOPT, "bind"),
        (Operation::Bind, Errno::EACCES, "bind"),
        (Operation::Listen, Errno::EADDRINUSE, "bind"),
        (Operation::Accept, Errno::ECONNABORTED, "accept"),
        (Operation::Wait, Errno::ENOMEM, "wait"),
        (Operation::LocalName, Errno::ENOBUFS, "local"),
        (Operation::PeerName, Errno::ENOTCONN, "peer"),
        (Operation::GetOption, Errno::EINVAL, "option"),
        (Operation::Duplicate, Errno::EMFILE, "clone"),
        (Operation::Send, Errno::EPIPE, "write"),
        (Operation::Receive, Errno::ECONNRESET, "read"),
        (Operation::Shutdown, Errno::ENETDOWN, "shutdown"),
    ];
    let rules = rows.map(|(operation, errno, _)| faults.on(operation).times(1).errno(errno));
    child.word();
    for (operation, errno, name) in rows {
        assert_eq!(child.hear(), format!("{name}: {:?}", Some(errno)));
        if operation == Operation::Accept {
            assert_eq!(child.hear(), format!("accept: {:?}", Some(Errno::EAGAIN)));
        }
    }
    assert_eq!(child.hear(), "shutdown: None");
    child.ends_well();
    assert!(rules.iter().all(|rule| rule.hits() == 1), "{rules:?}");
}

/// A socket that two programs have is one socket.
#[test]
fn a_socket_that_is_handed_on_is_known() {
    if let Some(task) = task() {
        let own = UdpSocket::bind("127.0.0.1:0").unwrap();
        own.connect(task).unwrap();
        for descriptor in [own.as_raw_fd(), 0] {
            let sent = nix::sys::socket::send(descriptor, b"hello", MsgFlags::empty());
            say(&format!("{sent:?}"));
        }
        return;
    }
    let (_receiver, addr) = udp();
    let (socket, _) = udp();
    socket.connect(addr).unwrap();
    let mut made = None;
    let test = "a_socket_that_is_handed_on_is_known";
    let mut child = Child::of_test_with(test, &addr.to_string(), |command| {
        command.stdin(OwnedFd::from(socket.try_clone().unwrap()));
        let faults = Faults::for_command(command).unwrap();
        let rule = faults.on(Operation::Send).descriptor(&socket);
        made = Some((rule.errno(Errno::EIO), faults));
    });
    assert_eq!([child.hear(), child.hear()], ["Ok(5)", "Err(EIO)"]);
    child.ends_well();
    assert_eq!(made.unwrap().0.hits(), 1);
}

#[test]
fn what_notification_cannot_do_is_refused() {
    let mut command = Command::new("true");
    let faults = Faults::for_command(&mut command).unwrap();
    let (socket, addr) = udp();
    let to = |operation| faults.on(operation);
    let refusals = [
        to(Operation::Receive).arm(Action::Short(1)),
        to(Operation::Receive).arm(Action::Eof),
        to(Operation::Connect).arm(Action::Redirect(addr)),
        to(Operation::Connect).arm(Action::SoError(Errno::EIO)),
        to(Operation::Connect).arm(Action::ErrnoAfter(Errno::EIO)),
        to(Operation::Accept).arm(Action::Consume(Errno::EIO)),
        to(Operation::Wait)
            .descriptor(&socket)
            .arm(Action::Errno(Errno::EIO)),
    ]
    .map(|armed| armed.unwrap_err());
    for refusal in &refusals {
        assert_eq!(refusal.kind(), RefusalKind::Unfit);
        let text = refusal.to_string();
        assert!(text.contains("child"), "{text}");
    }
    let panics = |f: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).is_err();
    assert!(panics(&|| drop(faults.record())));
    assert!(panics(&|| drop(faults.hermetic())));
}

/// Trap 6: a listener that is closed makes every watched call fail with ENOSYS. It is kept for as long as a program
/// needs it.
#[test]
fn a_program_that_outlives_its_rules_goes_on() {
    if let Some(task) = task() {
        return connects_when_told(&task);
    }
    let (_server, addr) = listener();
    let name = "a_program_that_outlives_its_rules_goes_on";
    let (mut child, faults) = ruled(name, &format!("{addr} {addr}"));
    let rule = faults.on(Operation::Connect).errno(Errno::EHOSTDOWN);
    assert_eq!(child.hear(), "ready");
    drop(faults);
    child.word();
    assert_eq!(child.hear(), "connected");
    assert_eq!(child.hear(), "connected");
    child.ends_well();
    assert_eq!(rule.hits(), 0);
}

/// A call that is late when the rules end goes on in its time, and a program that is ended in it holds nobody up.
#[test]
fn a_late_call_outlives_its_rule() {
    if let Some(task) = task() {
        return connects_when_told(&task);
    }
    let (_server, addr) = listener();
    for delay in [Duration::from_millis(100), Duration::MAX] {
        let (mut child, faults) = ruled("a_late_call_outlives_its_rule", &addr.to_string());
        let rule = faults.on(Operation::Connect).delay(delay);
        assert_eq!(child.hear(), "ready");
        child.word();
        wait_for_hit(&rule);
        drop(faults);
        if delay == Duration::MAX {
            drop(child); // ends it
        } else {
            assert_eq!(child.hear(), "connected");
            child.ends_well();
        }
    }
}

/// A command that is used again after its rules have ended is as any other, and one that fails to start says so.
#[test]
fn a_command_outlives_its_rules() {
    let mut command = Command::new("true");
    let faults = Faults::for_command(&mut command).unwrap();
    assert!(command.status().unwrap().success());
    assert!(command.status().unwrap().success());
    drop(faults);
    assert!(command.status().unwrap().success());

    let mut command = Command::new("/no/such/program");
    let _faults = Faults::for_command(&mut command).unwrap();
    let error = command.spawn().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

/// Rules on oneself, and on one's children, at the same time.
#[test]
fn both_kinds_of_rules_go_together() {
    if let Some(task) = task() {
        let addr: SocketAddr = task.parse().unwrap();
        // A program under rules may have its own on itself: they are asked first.
        let own = faults();
        let rule = own.on(Operation::Connect).times(1).errno(Errno::ENETDOWN);
        connect(addr);
        rule.assert_hit();
        connect(addr);
        // There is one listener only.
        let refusal = Faults::for_command(&mut Command::new("true")).unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::ListenerTaken, "{refusal}");
        say("refused");
        return;
    }
    let (_server, addr) = listener();
    let here = faults();
    let own = here.on(Operation::Connect).errno(Errno::ENETUNREACH);
    let mut faults = None;
    let mut rule = None;
    let test = "both_kinds_of_rules_go_together";
    let mut child = Child::of_test_with(test, &addr.to_string(), |command| {
        let made = Faults::for_command(command).unwrap();
        rule = Some(made.on(Operation::Connect).to(addr).errno(Errno::EHOSTDOWN));
        faults = Some(made);
    });
    assert_eq!(errno(TcpStream::connect(addr)), Errno::ENETUNREACH);
    assert_eq!(child.hear(), "Network is down (os error 100)");
    assert_eq!(child.hear(), "Host is down (os error 112)");
    assert_eq!(child.hear(), "refused");
    child.ends_well();
    assert_eq!((own.hits(), rule.unwrap().hits()), (1, 1));
}

#[test]
fn fifty_programs_at_once() {
    const NAME: &str = "fifty_programs_at_once";
    if let Some(task) = task() {
        connects(&task);
        return wait_for_parent();
    }
    let (_server, addr) = listener();
    let mut all = Vec::new();
    for n in 0..50 {
        let mut made = None;
        let child = Child::of_test_with(NAME, &format!("{addr} {addr}"), |command| {
            let faults = Faults::for_command(command).unwrap();
            let rule = faults.on(Operation::Connect).skip(n % 2).times(1);
            made = Some((rule.errno(Errno::EHOSTDOWN), faults));
        });
        all.push((n, child, made.unwrap()));
    }
    for (n, child, (rule, _)) in &mut all {
        let mut expected = ["Host is down (os error 112)", "connected"];
        if *n % 2 == 1 {
            expected.reverse();
        }
        assert_eq!([child.hear(), child.hear()], expected);
        assert_eq!(rule.hits(), 1);
    }
    for (_, child, _) in all {
        child.ends_well();
    }
}

/// Containers: a filter that forbids filters, and one that hides the sockets of others.
#[test]
fn a_filter_that_forbids_is_named() {
    if let Some(task) = task() {
        let refusal = Faults::for_command(&mut Command::new("true")).unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::Forbidden, "{refusal}");
        let text = refusal.to_string();
        assert!(text.contains(&task), "{text}");
        assert!(text.contains("USOCKET_TESTKIT_SKIP=faults"), "{text}");
        say("refused");
        return;
    }
    for (number, words) in [
        (libc::SYS_seccomp, "seccomp=unconfined"),
        (libc::SYS_pidfd_getfd, "--cap-add SYS_PTRACE"),
    ] {
        let mut child = Child::of_test_with("a_filter_that_forbids_is_named", words, |command| {
            command.stderr(Stdio::null());
            // SAFETY: the closure makes system calls and nothing else.
            unsafe { command.pre_exec(move || forbid(number)) };
        });
        assert_eq!(child.hear(), "refused");
        child.ends_well();
    }
}

/// What a container's filter does: EPERM.
fn forbid(number: libc::c_long) -> io::Result<()> {
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut program = [
        step(0x20, 0, 0, 0), // the call's number
        step(0x15, 0, 1, u32::try_from(number).unwrap_or(0)),
        step(0x06, 0, 0, libc::SECCOMP_RET_ERRNO | 1),
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
