//! Where there are no labs, that is what one is told.
#![cfg(all(not(target_os = "linux"), feature = "lab"))]

usocket_testkit::lab_main!();

use usocket_testkit::Lab;
use usocket_testkit::lab::RefusalKind;

#[test]
fn the_refusal_says_that_this_is_not_linux() {
    for refusal in [Lab::new().unwrap_err(), Lab::available().unwrap_err()] {
        assert_eq!(refusal.kind(), RefusalKind::NotLinux);
        assert!(refusal.to_string().contains("Linux"), "{refusal}");
    }
}
