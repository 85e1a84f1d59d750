//! A lab leaves nothing behind: no descriptor, thread, interface, process or network. Counting is for the whole
//! process: this file has one test only.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

mod counts;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpStream, UdpSocket};
use std::panic;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use counts::counts;
use usocket_testkit::Lab;
use usocket_testkit::lab::RefusalKind;

const WATCHDOG: Duration = Duration::from_secs(30);

fn network() -> String {
    let link = fs::read_link("/proc/thread-self/ns/net").unwrap();
    link.to_string_lossy().into_owned()
}

/// Waits for what the kernel does a moment later.
#[track_caller]
fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + WATCHDOG;
    while !done() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn a_lab_with_everything() {
    let lab = Lab::new().unwrap();
    let host = lab.host("10.77.1.5").echo().delay(Duration::from_secs(100));
    let _ = TcpStream::connect_timeout(&host.addr(80), Duration::from_millis(1));
    let real = lab.real_host("10.77.2.1").unwrap();
    real.run(|| ()).unwrap();
    lab.names().add("web.test", [host.ip()]);
    let mut sleeper = lab.command("sleep").arg("100").spawn().unwrap();
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

/// Who of all processes that can be seen is in that network.
fn inhabitants(network: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let there = processes.filter(|entry| {
        let link = fs::read_link(entry.path().join("ns/net"));
        link.is_ok_and(|link| link == Path::new(network))
    });
    there
        .map(|entry| entry.path().display().to_string())
        .collect()
}

#[test]
fn a_lab_leaves_nothing_behind() {
    // The part of a child that is killed: it has a lab and a program in it, and waits to be killed.
    if std::env::var_os("LAB_LEAKS_CHILD").is_some() {
        let lab = Lab::new().unwrap();
        #[allow(clippy::zombie_processes)] // it is to outlive this, and must not
        let program = lab.command("sleep").arg("100").spawn().unwrap();
        println!("child: {} {}", program.id(), network());
        thread::sleep(WATCHDOG);
        return;
    }
    if std::env::var_os("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test") {
        // A set-up that fails, at its last step: somebody else has the port where names are asked for.
        let _taken = UdpSocket::bind("127.0.0.1:53").unwrap();
        let refusal = Lab::new().unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::SetUpFailed, "{refusal}");
    }
    a_lab_with_everything(); // whatever a library opens once and keeps
    let home = network();
    let mounts = || fs::read_to_string("/proc/self/mountinfo").unwrap();
    let (before, mounted) = (counts(), mounts());
    for _ in 0..5 {
        a_lab_with_everything();
    }
    // A test that fails.
    let quiet = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let panicked = panic::catch_unwind(|| {
        let lab = Lab::new().unwrap();
        lab.host("10.77.1.5").mtu(1);
    });
    panic::set_hook(quiet);
    panicked.unwrap_err();
    eventually("descriptors and threads", || counts() == before);
    assert_eq!(mounts(), mounted);
    assert_eq!(network(), home);
    let interfaces = fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    assert!(
        !interfaces.contains("lab0") && !interfaces.contains("real"),
        "{interfaces}"
    );

    // A test that is killed, with all that it had started.
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["a_lab_leaves_nothing_behind", "--exact", "--nocapture"])
        .env("LAB_LEAKS_CHILD", "1")
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("child: ")?.1.to_owned()));
    child.kill().unwrap();
    child.wait().unwrap();
    let said = said.unwrap();
    let (program, network) = said.split_once(' ').unwrap();
    let program = format!("/proc/{program}");
    eventually("the killed test's program", || {
        let status = fs::read_to_string(Path::new(&program).join("stat"));
        // Gone, or waiting for whoever inherits it to take note.
        status.map_or(true, |status| status.contains(") Z "))
    });
    eventually("the killed test's network", || {
        inhabitants(network).is_empty()
    });
}
