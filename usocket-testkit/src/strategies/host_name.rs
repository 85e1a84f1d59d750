//! Names of hosts.

use proptest::prelude::*;

/// Names of hosts, in lower case, all below `test`, which is nobody's (RFC 6761 6.2). One in eight has a label of 63
/// letters, and one in eight is 253 bytes long: both the most that there can be. The simplest is `a.test`.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::host_name;
///
/// proptest!(|(name in host_name())| {
///     prop_assert!(name.ends_with(".test") && name.len() <= 253);
///     prop_assert!(name.split('.').all(|label| (1..=63).contains(&label.len())));
/// });
/// ```
///
/// Source: RFC 1123 2.1, RFC 1035 2.3.4.
pub fn host_name() -> impl Strategy<Value = String> {
    let label = "[a-z]([a-z0-9-]{0,6}[a-z0-9])?";
    let labels = |labels: Vec<String>| format!("{}.test", labels.join("."));
    prop_oneof![
        6 => proptest::collection::vec(label, 1..=3).prop_map(labels),
        1 => "[a-z]{63}".prop_map(|label| format!("{label}.test")),
        // Three labels of 63 letters and one of 56, with their dots, and the five bytes of the last.
        1 => "[a-z]{63}\\.[a-z]{63}\\.[a-z]{63}\\.[a-z]{56}".prop_map(|name| format!("{name}.test")),
    ]
}
