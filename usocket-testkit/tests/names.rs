//! The name that is found is one that programs can look up.

use std::collections::BTreeSet;
use std::net::{IpAddr, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use usocket::resolve;
use usocket_testkit::{Certainty, discover};

#[test]
fn outside_a_lab_it_is_localhost_and_this_machine() {
    let found = discover::resolved_name().unwrap();
    println!("{found:?}");
    assert_eq!(found.name(), "localhost");
    assert_eq!(found.certainty(), Certainty::Likely);
    assert!(!found.evidence().is_empty());

    assert!(!found.addresses().is_empty());
    assert!(found.addresses().iter().all(IpAddr::is_loopback));
    let different: BTreeSet<_> = found.addresses().iter().collect();
    assert_eq!(different.len(), found.addresses().len());
}

#[test]
fn others_who_look_it_up_find_the_same_addresses() {
    let found = discover::resolved_name().unwrap();
    let found: BTreeSet<_> = found.addresses().iter().copied().collect();

    let by_std: BTreeSet<_> = ("localhost", 0)
        .to_socket_addrs()
        .unwrap()
        .map(|addr| addr.ip())
        .collect();
    assert_eq!(found, by_std);
    let by_usocket: BTreeSet<_> = resolve::lookup("localhost", Duration::from_secs(30))
        .unwrap()
        .iter()
        .map(|addr| addr.ip())
        .collect();
    assert_eq!(found, by_usocket);
}

#[test]
fn one_of_its_addresses_can_be_used() {
    let found = discover::resolved_name().unwrap();
    let usable = |ip: &IpAddr| UdpSocket::bind((*ip, 0)).is_ok();
    assert!(found.addresses().iter().any(usable), "{found:?}");
}
