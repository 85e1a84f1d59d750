//! What socket tests need.
