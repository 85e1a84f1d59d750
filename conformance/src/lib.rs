//! Provokes every socket error.
