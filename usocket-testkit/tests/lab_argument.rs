//! A program that names an argument in its `lab_main!` line stays where it is without that argument.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!("--an-argument-that-nobody-gives");

use std::fs;
use std::os::unix::process::parent_id;

use usocket_testkit::Lab;
use usocket_testkit::lab::RefusalKind;

#[test]
fn without_the_argument_the_process_is_in_no_private_network() {
    let refusal = Lab::available().unwrap_err();
    assert_eq!(refusal.kind(), RefusalKind::SwitchedOff);
    let text = refusal.to_string();
    assert!(text.contains("without the argument"), "{text}");
    for namespace in ["net", "user", "mnt"] {
        let own = fs::read_link(format!("/proc/self/ns/{namespace}")).unwrap();
        let before = fs::read_link(format!("/proc/{}/ns/{namespace}", parent_id())).unwrap();
        assert_eq!(own, before);
    }
}
