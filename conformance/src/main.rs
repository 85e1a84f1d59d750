//! The conformance run.

fn main() {}
