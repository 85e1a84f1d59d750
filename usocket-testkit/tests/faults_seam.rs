//! The same rules on usocket itself: on every system, for this thread.
#![cfg(feature = "seam")]

use std::thread;
use std::time::{Duration, Instant};

use usocket::{Condition, TcpListener, TcpStream};
use usocket_testkit::faults::{Action, RefusalKind, Schedule};
use usocket_testkit::{Errno, Faults, Operation, Way};

const WATCHDOG: Duration = Duration::from_secs(30);

#[test]
fn the_same_rules_act_on_usocket() {
    let faults = Faults::seam();
    assert_eq!(faults.backend().way(), Way::Seam);
    assert!(faults.backend().to_string().starts_with("seam"));
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    let connect = || TcpStream::connect_deadline(addr, WATCHDOG);
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .skip(1)
        .times(1)
        .errno(Errno::ENETDOWN);
    connect().unwrap();
    assert_eq!(connect().unwrap_err().condition(), Condition::NetworkDown);
    connect().unwrap();
    assert_eq!(rule.hits(), 1);
    drop(rule);

    let rule = faults.on(Operation::Listen).sequence([
        Action::Errno(Errno::EADDRINUSE),
        Action::Pass,
        Action::Errno(Errno::ENOBUFS),
    ]);
    let listened: Vec<_> = (0..4)
        .map(|_| {
            TcpListener::bind("127.0.0.1:0")
                .err()
                .map(|e| e.condition())
        })
        .collect();
    assert_eq!(
        listened,
        [
            Some(Condition::AddressInUse),
            None,
            Some(Condition::NoBuffers),
            None
        ]
    );
    drop(rule);

    let start = Instant::now();
    let delay = Duration::from_millis(20);
    let rule = faults.on(Operation::Bind).times(1).delay(delay);
    TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(start.elapsed() >= delay);
    rule.assert_hit();

    // Other threads, and other crates, are none of its business.
    let _rule = faults.on(Operation::Connect).errno(Errno::ENETDOWN);
    thread::spawn(move || TcpStream::connect_deadline(addr, WATCHDOG).map(drop))
        .join()
        .unwrap()
        .unwrap();
    std::net::TcpStream::connect(addr).unwrap();
}

#[test]
fn what_the_seam_cannot_do_is_refused() {
    let faults = Faults::seam();
    for action in [
        Action::Short(1),
        Action::ErrnoAfter(Errno::ENOBUFS),
        Action::Eof,
    ] {
        let refusal = faults.on(Operation::Receive).arm(action).unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::Unfit);
        assert!(refusal.to_string().contains("seam"), "{refusal}");
    }
    let filtered = faults.on(Operation::Receive).streams();
    let refusal = filtered.arm(Action::Errno(Errno::ENOBUFS)).unwrap_err();
    assert_eq!(refusal.kind(), RefusalKind::Unfit);
    let recorded = std::panic::catch_unwind(|| faults.record().records().len());
    assert!(recorded.is_err());
}

#[test]
fn chance_works_there_too() {
    let faults = Faults::seam();
    let schedule = Schedule::pass(1).or(1, Action::Errno(Errno::ENOBUFS));
    let failures = || {
        let _rule = faults.on(Operation::Listen).random(3, schedule.clone());
        (0..20)
            .map(|_| TcpListener::bind("127.0.0.1:0").is_err())
            .collect::<Vec<_>>()
    };
    let first = failures();
    assert_eq!(failures(), first);
    assert!(first.contains(&true) && first.contains(&false));
}

/// In a lab, so that nothing could leave it if the guard did not hold.
#[cfg(all(target_os = "linux", feature = "lab"))]
mod hermetic {
    use super::*;

    usocket_testkit::lab_main!();

    #[test]
    fn the_guard_works_there_too() {
        let _lab = usocket_testkit::Lab::new().unwrap();
        let faults = Faults::seam();
        let hermetic = faults.hermetic();
        let far = std::net::SocketAddr::from(([192, 0, 2, 1], 9));
        let error = TcpStream::connect_deadline(far, WATCHDOG).unwrap_err();
        assert_eq!(error.condition(), Condition::OperationNotPermitted);
        assert_eq!(hermetic.refused(), [far]);
        let said = std::panic::catch_unwind(move || drop(hermetic)).unwrap_err();
        let said = said.downcast_ref::<String>().unwrap();
        assert!(said.contains("192.0.2.1:9"), "{said}");
    }
}
