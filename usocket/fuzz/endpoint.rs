//! The reader of endpoints, held against what it promises.
//!
//! * Whatever is read can be written, and what is written is read back as the same.
//! * Whatever is refused is refused with the whole input, and a place inside it where a character begins, so that an
//!   error can be shown under the text.
//! * A pair of host and port means what the two mean as one text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usocket::{Endpoint, EndpointError, ToEndpoint};

fuzz_target!(|text: &str| {
    match text.parse::<Endpoint>() {
        Ok(endpoint) => is_read_back(&endpoint),
        Err(error) => points_into(text, &error),
    }
    match (text, 80).to_endpoint() {
        Ok(endpoint) => {
            is_read_back(&endpoint);
            let joined = if text.contains(':') {
                format!("[{text}]:80")
            } else {
                format!("{text}:80")
            };
            assert_eq!(joined.parse().as_ref(), Ok(&endpoint), "{joined:?}");
        }
        Err(error) => points_into(text, &error),
    }
});

fn is_read_back(endpoint: &Endpoint) {
    let text = endpoint.to_string();
    assert_eq!(text.parse().as_ref(), Ok(endpoint), "{text:?}");
    if let Some(address) = endpoint.socket_addr() {
        assert_eq!(Endpoint::from(address).socket_addr(), Some(address));
    }
}

fn points_into(text: &str, error: &EndpointError) {
    assert_eq!(error.input(), text);
    assert!(text.is_char_boundary(error.offset()), "{error:?}");
    assert!(!error.to_string().is_empty());
}
