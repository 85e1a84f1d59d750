//! Every cell of every subject, each as a test of its own: see `usocket_conformance::harness`.

usocket_conformance::cells!();
