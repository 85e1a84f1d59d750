//! A lease knows its network. These tests move threads between networks, so they need a lab.
#![cfg(all(target_os = "linux", feature = "lab"))]

use std::error::Error;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use nix::sched::{CloneFlags, unshare};
use usocket_testkit::discover::OtherNetwork;
use usocket_testkit::{Lab, PortLease};

usocket_testkit::lab_main!();

type Make = fn([u8; 4]) -> io::Result<PortLease>;

const ALL: [Make; 3] = [PortLease::tcp, PortLease::udp, PortLease::udp_refusing];

/// Runs it on a thread that is in a network of its own.
fn elsewhere<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let visit = || {
            unshare(CloneFlags::CLONE_NEWNET).unwrap();
            f()
        };
        scope.spawn(visit).join().unwrap()
    })
}

#[test]
fn in_another_network_a_lease_gives_no_address() {
    let _lab = Lab::new().unwrap_or_else(|refusal| panic!("{refusal}"));
    for make in ALL {
        let lease = make([127, 0, 0, 1]).unwrap();
        let error = elsewhere(|| lease.try_addr()).unwrap_err();
        assert_eq!(error.addr(), lease.addr());
        assert!(error.to_string().contains("network namespace"), "{error}");

        // As `?` makes it where a test returns an `io::Error`.
        let as_io = io::Error::from(error.clone());
        assert_eq!(as_io.kind(), io::ErrorKind::AddrNotAvailable);
        assert_eq!(as_io.to_string(), error.to_string());
        let inner = as_io.into_inner().unwrap();
        assert_eq!(inner.downcast_ref::<OtherNetwork>(), Some(&error));
        assert!(error.source().is_none());

        // It is the thread that is elsewhere, not the lease that is broken.
        assert_eq!(lease.try_addr(), Ok(lease.addr()));
    }
}

#[test]
fn an_address_that_cannot_be_given_fails_the_test_with_the_reason() {
    let _lab = Lab::new().unwrap_or_else(|refusal| panic!("{refusal}"));
    let lease = PortLease::tcp([127, 0, 0, 1]).unwrap();
    let asks: [fn(&PortLease); 2] = [|lease| _ = lease.addr(), |lease| _ = lease.port()];
    for ask in asks {
        let panic = elsewhere(|| panic::catch_unwind(AssertUnwindSafe(|| ask(&lease))));
        let said = *panic.unwrap_err().downcast::<String>().unwrap();
        assert!(said.contains(&lease.addr().to_string()), "{said}");
        assert!(said.contains("make the lab first"), "{said}");
    }
}

#[test]
fn a_lease_is_at_home_wherever_it_was_made() {
    let _lab = Lab::new().unwrap_or_else(|refusal| panic!("{refusal}"));
    let lease = elsewhere(|| {
        let lease = PortLease::udp([0, 0, 0, 0]).unwrap();
        assert_eq!(lease.addr().port(), lease.port());
        // A thread that starts here is here.
        thread::scope(|scope| scope.spawn(|| lease.try_addr().map(drop)).join().unwrap()).unwrap();
        lease
    });
    // That network has no thread any more, and lives on in the socket.
    lease.try_addr().unwrap_err();
    for _ in 0..20 {
        elsewhere(|| lease.try_addr().unwrap_err());
    }
    let socket = lease.take().unwrap();
    assert!(socket.local_addr().is_ok());
}
