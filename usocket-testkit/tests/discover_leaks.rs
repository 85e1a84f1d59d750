//! What is discovered is let go. Counting is for the whole process: this file has one test only.
#![cfg(target_os = "linux")]

mod counts;

use std::thread;
use std::time::Duration;

use counts::counts;
use usocket_testkit::{PortLease, discover};

fn everything() {
    for ip in [[127, 0, 0, 1].into(), std::net::IpAddr::from([0; 16])] {
        // Of IPv6 only where there is any.
        drop((PortLease::tcp(ip), PortLease::udp_refusing(ip)));
        drop(PortLease::udp(ip).map(PortLease::take));
        drop(PortLease::tcp(ip).map(PortLease::take));
    }
    PortLease::tcp([0, 0, 0, 1]).unwrap_err();
    PortLease::udp_refusing([0, 0, 0, 1]).unwrap_err();
    discover::ipv6();
    discover::resolved_name().unwrap();
}

#[test]
fn descriptors_and_threads_are_as_many_after_as_before() {
    everything(); // whatever a library opens once and keeps
    let before = counts().0;
    for _ in 0..100 {
        everything();
    }
    assert_eq!(counts().0, before);
    // Threads that look names up are kept for the next look-up, and not more of them than look-ups at a time.
    let (_, threads) = counts();
    for _ in 0..100 {
        everything();
    }
    for _ in 0..3000 {
        if counts().1 <= threads {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{} threads, {threads} before", counts().1);
}
