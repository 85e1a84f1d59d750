//! Nothing: this package is its tests, one file for each published client or server.
//!
//! | file | client |
//! | --- | --- |
//! | `tests/tcp_std.rs` | std's own sockets |
//! | `tests/tcp_tokio.rs` | tokio, several threads |
//! | `tests/http_ureq.rs` | ureq, HTTP that blocks |
//! | `tests/http_reqwest.rs` | reqwest, asynchronous HTTP |
//! | `tests/rules_ureq.rs`, `rules_hyper.rs` (reqwest too) | HTTP clients under rules on their system calls |
//! | `tests/rules_redis.rs`, `rules_postgres.rs` | clients of databases under rules, blocking and on tokio |
//! | `tests/rules_tiny_http.rs`, `rules_axum.rs` | servers under rules |
//! | `tests/guide.rs` | the same code stands in the guide of `usocket-testkit` |
//!
//! What a client says is a fact of the release that the lock file names. A test that goes red with another release has
//! found a difference that users of the client see too.
