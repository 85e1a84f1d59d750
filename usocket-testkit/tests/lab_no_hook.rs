//! A test file that has forgotten its line.
#![cfg(all(target_os = "linux", feature = "lab"))]

use usocket_testkit::Lab;
use usocket_testkit::lab::RefusalKind;

#[test]
fn the_error_says_which_line_to_add() {
    for refusal in [Lab::new().unwrap_err(), Lab::available().unwrap_err()] {
        assert_eq!(refusal.kind(), RefusalKind::NoHook);
        assert!(
            refusal
                .to_string()
                .contains("usocket_testkit::lab_main!();"),
            "{refusal}"
        );
    }
}
