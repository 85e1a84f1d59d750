//! The codes of every system, as tables.
//!
//! Each file holds one family of systems and nothing but rows: the system's name for a code, its
//! number, and the condition that it means by itself. What it means in a certain call is the
//! business of [`classify`](crate::classify). All tables are compiled, and tested, on every
//! system; on its own system each row is also compared with the system's constant at compile time.
