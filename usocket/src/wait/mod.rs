//! Waiting for several sockets at once.
