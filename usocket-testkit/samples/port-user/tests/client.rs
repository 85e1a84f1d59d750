//! What a user of the testkit writes.
#![cfg(target_os = "linux")]

use std::io::ErrorKind;
use std::net::TcpStream;

use rstest::rstest;
use usocket_testkit::{Condition, Operation, PortLease, fixtures::*, provoke};

#[rstest]
fn refused_until_the_server_is_there(port_lease: PortLease) {
    let error = port_user::get(port_lease.addr()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);

    let server = port_user::greet_once(port_lease.addr()).unwrap();
    assert_eq!(port_user::get(port_lease.addr()).unwrap(), "hello");
    server.join().unwrap().unwrap();
}

#[test]
fn every_way_to_fail() {
    let mut ways = 0;
    for condition in Condition::CLASSIC {
        match provoke(condition).on(Operation::Connect).ready() {
            Ok(scene) => {
                let e = port_user::get(scene.addr()).unwrap_err();
                println!("{condition}: {e}   ({})", scene.way());
                ways += 1;
            }
            Err(why) => println!("{condition}: cannot happen in connect: {why}"),
        }
    }
    // Refused, unreachable, timed out; whatever the testkit learns comes on top.
    assert!(ways >= 3, "{ways} ways to fail");
}

#[test]
fn says_that_the_server_went_away() {
    let scene = provoke(Condition::ConnectionReset)
        .on(Operation::Receive)
        .ready()
        .unwrap();
    let mut stream = TcpStream::connect(scene.addr()).unwrap();
    scene.strike(&stream).unwrap();
    let error = port_user::read_greeting(&mut stream).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}
