//! Each reach of IPv6, in a network that has just that. They need a lab.
#![cfg(all(target_os = "linux", feature = "lab"))]

use std::net::UdpSocket;
use std::thread;

use nix::sched::{CloneFlags, unshare};
use usocket_testkit::discover::{Ipv6Reach, ipv6};
use usocket_testkit::{Certainty, Lab};

usocket_testkit::lab_main!();

fn lab() -> Lab {
    Lab::new().unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// What is found, which agrees with what can be done.
fn found() -> (Ipv6Reach, Certainty) {
    let found = ipv6();
    println!("{}: {}", found.reach(), found.evidence());
    assert_eq!(found.has_loopback(), UdpSocket::bind("[::1]:0").is_ok());
    (found.reach(), found.certainty())
}

#[test]
fn a_lab_has_an_address_of_global_scope() {
    let lab = lab();
    if lab.ipv6().is_none() {
        return assert_eq!(found(), (Ipv6Reach::Absent, Certainty::Guaranteed));
    }
    assert_eq!(found(), (Ipv6Reach::Global, Certainty::Likely));
}

#[test]
fn without_a_lab_in_it_the_network_has_loopback_only() {
    let lab = lab();
    let has_ipv6 = lab.ipv6().is_some();
    drop(lab);
    if has_ipv6 {
        assert_eq!(found(), (Ipv6Reach::LoopbackOnly, Certainty::Guaranteed));
    }
}

#[test]
fn an_address_of_the_link_reaches_the_link() {
    let lab = lab();
    let Some(own) = lab.ipv6() else { return };
    lab.remove_address(own).unwrap();
    // Whether the lab's interface has one by itself is its own affair.
    if found().0 != Ipv6Reach::LinkLocal {
        lab.add_address("fe80::77", 64).unwrap();
    }
    assert_eq!(found(), (Ipv6Reach::LinkLocal, Certainty::Likely));
}

#[test]
fn without_any_address_it_is_disabled() {
    let lab = lab();
    if lab.ipv6().is_none() {
        return;
    }
    // In a new network even the loopback interface is down.
    let alone = || {
        unshare(CloneFlags::CLONE_NEWNET).unwrap();
        found()
    };
    let found = thread::scope(|scope| scope.spawn(alone).join().unwrap());
    assert_eq!(found, (Ipv6Reach::Disabled, Certainty::Guaranteed));
}
