//! How to use this crate, subject by subject, with code that runs.
