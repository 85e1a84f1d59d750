//! Serving: what an accept loop has to do, done once.
