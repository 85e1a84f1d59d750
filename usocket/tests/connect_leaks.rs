//! What connecting leaves open: nothing. In a process of its own, whose descriptors are counted by one test at a time.

mod connect_support;

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connect_support::{Answer, PATIENCE, SOON, listener, refusing, silent};
use usocket::ConnectOptions;
use usocket_testkit::Scene;

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());

    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
#[cfg_attr(windows, ignore = "a refusal takes two seconds there")]
fn thousands_of_addresses_are_tried_and_nothing_is_left_open() {
    let _alone = alone();
    let refusing = refusing();
    let (_listener, address) = listener();
    let mut addresses: Vec<_> = (1..=2000_u16)
        .map(|host| {
            let [high, low] = host.to_be_bytes();
            SocketAddr::from(([127, 1, high, low], refusing.port()))
        })
        .collect();
    addresses.push(address);
    let resolver = Answer::addresses(&addresses);
    let before = descriptors();
    let stream = ConnectOptions::new()
        .connect_by(&resolver, "host.test:80", PATIENCE)
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address);
    drop(stream);
    assert_eq!(descriptors(), before);
}

#[test]
#[cfg_attr(
    windows,
    ignore = "no address of loopback is silent: a listener whose queue is full refuses"
)]
fn losers_of_the_race_are_closed() {
    let _alone = alone();
    let silent: Vec<_> = (0..5).map(|_| silent()).collect();
    let (_listener, address) = listener();
    let mut addresses: Vec<_> = silent.iter().map(Scene::addr).collect();
    addresses.push(address);
    let resolver = Answer::addresses(&addresses);
    let options = ConnectOptions::new().attempt_delay(Duration::from_millis(10));
    // The first look-up starts what the process keeps.
    drop(
        options
            .connect_by(&resolver, "host.test:80", PATIENCE)
            .unwrap(),
    );
    let before = descriptors();
    let stream = options
        .connect_by(&resolver, "host.test:80", PATIENCE)
        .unwrap();
    assert_eq!(descriptors(), before + 1, "the winner alone");
    drop(stream);
    let resolver = Answer::addresses(&addresses[..5]);
    options
        .connect_by(&resolver, "host.test:80", SOON)
        .unwrap_err();
    assert_eq!(descriptors(), before);
}

fn descriptors() -> usize {
    std::fs::read_dir("/dev/fd").unwrap().count()
}
