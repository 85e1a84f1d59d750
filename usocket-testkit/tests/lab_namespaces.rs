//! The process's private network, and each lab's own; all of it as nextest runs tests, and as plain `cargo test` does.
#![cfg(all(target_os = "linux", feature = "lab"))]
#![forbid(unsafe_code)] // the line below asks for none in the user's crate

usocket_testkit::lab_main!();
usocket_testkit::lab_main!(); // once is enough, twice does no harm

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::thread;

use usocket_testkit::Lab;

/// Which network the calling thread is in.
fn network() -> String {
    let link = fs::read_link("/proc/thread-self/ns/net").unwrap();
    link.to_string_lossy().into_owned()
}

fn interfaces() -> Vec<String> {
    let table = fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    let names = table.lines().filter_map(|line| line.split_once(':'));
    names.map(|(name, _)| name.trim().to_owned()).collect()
}

fn one_process_per_test() -> bool {
    env::var_os("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test")
}

#[test]
fn without_a_lab_there_is_loopback_and_nothing_leaves() {
    // Where there can be none, the process is in the host's network, and this says why.
    drop(Lab::new().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    listener.accept().unwrap();
    assert!(
        !interfaces().iter().any(|name| name == "lab0"),
        "{:?}",
        interfaces()
    );
    // Connecting a datagram socket sends nothing, and this network is not the host's: there is no route.
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    let error = socket.connect("10.77.1.5:9").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NetworkUnreachable);
}

/// The same port in several tests at once: possible where each has a network of its own only.
fn owns_its_ports() {
    let _lab = Lab::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:80").unwrap();
    let client = TcpStream::connect("127.0.0.1:80").unwrap();
    let (_server, peer) = listener.accept().unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
}

#[test]
fn every_port_is_the_labs_own_a() {
    owns_its_ports();
}

#[test]
fn every_port_is_the_labs_own_b() {
    owns_its_ports();
}

#[test]
fn every_port_is_the_labs_own_c() {
    owns_its_ports();
}

#[test]
fn the_user_is_the_same_and_the_files_too() {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let user = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:\t"))
        .unwrap();
    let user = user.split_whitespace().next().unwrap();
    let map = fs::read_to_string("/proc/self/uid_map").unwrap();
    let map: Vec<_> = map.split_whitespace().collect();
    assert_eq!(map[..2], [user, user], "mapped to itself");
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let ours: Vec<_> = mounts
        .lines()
        .filter(|line| line.contains("usocket-testkit"))
        .collect();
    assert!(
        ours.iter()
            .all(|line| line.contains(" /etc/") || line.contains(" /run/")),
        "{ours:?}"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(file.path().exists());
}

#[test]
fn every_thread_of_a_runtime_is_in_the_lab() {
    let lab = Lab::new().unwrap();
    let host = lab.host("10.77.1.5").echo();
    let here = network();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let [worker, blocking] = runtime.block_on(async {
        let worker = tokio::spawn(async move {
            tokio::net::TcpStream::connect(host_addr()).await.unwrap();
            network()
        });
        [
            worker.await.unwrap(),
            tokio::task::spawn_blocking(network).await.unwrap(),
        ]
    });
    assert_eq!([&worker, &blocking], [&here, &here]);
    assert_eq!(host.addr(7), host_addr());
}

fn host_addr() -> std::net::SocketAddr {
    ([10, 77, 1, 5], 7).into()
}

#[test]
fn under_nextest_threads_that_were_there_before_are_in_it_too() {
    let (ask, asked) = std::sync::mpsc::channel();
    let early = thread::spawn(move || {
        asked.recv().unwrap();
        network()
    });
    let lab = Lab::new().unwrap();
    ask.send(()).unwrap();
    let theirs = early.join().unwrap();
    assert_eq!(lab.is_whole_process(), one_process_per_test());
    assert_eq!(theirs == network(), one_process_per_test());
    assert_eq!(lab.run(network).unwrap(), network());
    let from_outside =
        thread::scope(|scope| scope.spawn(|| lab.run(network).unwrap()).join().unwrap());
    assert_eq!(from_outside, network());
}

#[test]
fn a_second_lab_is_another_network_until_it_is_dropped() {
    let first = Lab::new().unwrap();
    let here = network();
    let host = first.host("10.77.1.5");
    let second = Lab::new().unwrap();
    assert_ne!(network(), here);
    assert!(!second.is_whole_process());
    // No host of the first one's is in the second.
    let error = TcpStream::connect(host.addr(80)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostUnreachable);
    drop(second);
    assert_eq!(network(), here);
    let error = TcpStream::connect(host.addr(80)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn a_lab_can_be_dropped_by_another_thread() {
    let lab = Lab::new().unwrap();
    thread::spawn(move || drop(lab)).join().unwrap();
    // Where this thread is now, nothing answers any more; it has not come out.
    let error = UdpSocket::bind("0.0.0.0:0")
        .unwrap()
        .connect("192.0.2.1:9")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NetworkUnreachable);
}

#[test]
fn a_dropped_lab_takes_its_interfaces_along() {
    let lab = Lab::new().unwrap();
    let _real = lab.real_host("10.77.2.1").unwrap();
    assert!(interfaces().iter().any(|name| name == "lab0"));
    drop(lab);
    assert!(
        !interfaces().iter().any(|name| name == "lab0"),
        "{:?}",
        interfaces()
    );
}

#[test]
fn all_of_this_holds_in_one_process_too() {
    // This says why, where there is no lab for all of this.
    drop(Lab::new().unwrap());
    let program = env::current_exe().unwrap();
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("NEXTEST") {
            command.env_remove(name);
        }
    }
    let output = command
        .args([
            "--test-threads=4",
            "--skip=all_of_this_holds_in_one_process_too",
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("10 passed"), "{text}");
}
