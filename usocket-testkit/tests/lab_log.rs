//! What the lab saw stands in the output of a test that fails.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

use std::env;
use std::net::{TcpStream, ToSocketAddrs};
use std::process::{Command, Stdio};

use usocket_testkit::Lab;

#[test]
fn the_log_has_packets_answers_and_names() {
    let lab = Lab::new().unwrap();
    // Only what the kernel says by itself, if it says anything this early: in which groups it is (RFC 3810).
    let log = lab.log();
    let packets = log.lines().skip(1);
    let others =
        packets.filter(|line| *line != "  nothing" && !line.contains("multicast listener report"));
    assert_eq!(others.count(), 0, "{log}");
    lab.names()
        .add("web.test", [lab.host("10.77.1.5").icmp(3, 7).ip()]);
    let addr = ("web.test", 80).to_socket_addrs().unwrap().next().unwrap();
    TcpStream::connect(addr).unwrap_err();
    let log = lab.log();
    for words in [
        "A? web.test",
        "no error, 1 records",
        "test: 10.77.0.1:",
        "> 10.77.1.5:80 tcp SYN",
        "lab: 10.77.1.5 > 10.77.0.1 icmp 3/7",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
}

#[test]
#[ignore = "run by the next one"]
fn fails_by_a_panic() {
    let lab = Lab::new().unwrap();
    TcpStream::connect(lab.host("10.77.1.5").addr(80)).unwrap();
}

#[test]
#[ignore = "run by the next one"]
fn fails_by_an_error() -> Result<(), Box<dyn std::error::Error>> {
    let lab = Lab::new()?;
    TcpStream::connect(lab.host("10.77.1.5").addr(80))?;
    Ok(())
}

#[test]
#[ignore = "run by the next one"]
fn fails_with_a_runtime_before_the_lab() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let lab = Lab::new().unwrap();
    let addr = lab.host("10.77.1.5").echo().addr(7);
    runtime
        .block_on(async { tokio::spawn(tokio::net::TcpStream::connect(addr)).await })
        .unwrap()
        .unwrap();
}

fn failing(test: &str) -> String {
    // Those that fail are to fail in a lab; this says why, where there is none.
    drop(Lab::new().unwrap());
    let mut command = Command::new(env::current_exe().unwrap());
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("NEXTEST") {
            command.env_remove(name);
        }
    }
    let output = command
        .args([test, "--exact", "--ignored"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_test_that_fails_shows_what_its_lab_saw() {
    for test in ["fails_by_a_panic", "fails_by_an_error"] {
        let text = failing(test);
        assert!(text.contains("> 10.77.1.5:80 tcp SYN"), "{text}");
        assert!(text.contains("RST"), "{text}");
    }
}

#[test]
fn a_runtime_that_was_built_too_early_is_named() {
    let text = failing("fails_with_a_runtime_before_the_lab");
    assert!(text.contains("build the runtime after the lab"), "{text}");
    assert!(text.contains("tokio"), "{text}");
}
