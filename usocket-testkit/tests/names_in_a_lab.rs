//! The name that is found in a lab comes from the lab's own name server.
#![cfg(all(target_os = "linux", feature = "lab"))]

use std::net::{IpAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;

use usocket::resolve;
use usocket_testkit::{Certainty, Lab, discover};

usocket_testkit::lab_main!();

fn lab() -> Lab {
    Lab::new().unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[test]
fn it_is_guaranteed_and_has_the_addresses_of_the_test() {
    let lab = lab();
    let found = discover::resolved_name().unwrap();
    println!("{found:?}");
    assert_eq!(found.certainty(), Certainty::Guaranteed);
    assert!(
        found.evidence().contains("name server"),
        "{}",
        found.evidence()
    );
    assert_ne!(found.name(), "localhost");

    let mut own: Vec<_> = lab.ipv6().map(IpAddr::V6).into_iter().collect();
    own.push(lab.ipv4().into());
    let mut addresses = found.addresses().to_vec();
    addresses.sort_unstable();
    own.sort_unstable();
    assert_eq!(addresses, own);
}

#[test]
fn the_system_asks_the_lab_for_it() {
    let lab = lab();
    let found = discover::resolved_name().unwrap();
    let question = format!("A? {}.", found.name());
    assert!(lab.log().contains(&question), "{}", lab.log());

    let by_std = (found.name(), 0).to_socket_addrs().unwrap();
    assert_eq!(
        by_std.map(|addr| addr.ip()).collect::<Vec<_>>(),
        found.addresses()
    );
    let by_usocket = resolve::lookup(found.name(), Duration::from_secs(30)).unwrap();
    let by_usocket: Vec<_> = by_usocket.iter().map(|addr| addr.ip()).collect();
    assert_eq!(by_usocket, found.addresses());
}

#[test]
fn a_server_under_test_can_be_reached_by_it() {
    let _lab = lab();
    let found = discover::resolved_name().unwrap();
    for ip in found.addresses() {
        let server = TcpListener::bind((*ip, 0)).unwrap();
        let port = server.local_addr().unwrap().port();
        // Whichever address comes first, the others are tried.
        let client = TcpStream::connect((found.name(), port)).unwrap();
        assert_eq!(client.peer_addr().unwrap().ip(), *ip);
    }
}

#[test]
fn after_the_lab_it_is_localhost_again() {
    let lab = lab();
    assert_eq!(
        discover::resolved_name().unwrap().certainty(),
        Certainty::Guaranteed
    );
    drop(lab);
    let found = discover::resolved_name().unwrap();
    assert_eq!(found.name(), "localhost");
    assert_eq!(found.certainty(), Certainty::Likely);
}
