//! Where there are no recipes yet, that is what one is told.
#![cfg(not(target_os = "linux"))]

use usocket_testkit::provoke::UnavailableKind;
use usocket_testkit::{Condition, Operation, provoke};

#[test]
fn every_request_is_answered_with_the_reason() {
    for condition in Condition::ALL {
        let request = provoke(*condition).on(Operation::Connect);
        for request in [request, request.any_shape()] {
            let why = request.ready().unwrap_err();
            assert_eq!(why.kind(), UnavailableKind::OtherSystem);
            assert!(why.to_string().contains("Linux"), "{why}");
        }
    }
}
