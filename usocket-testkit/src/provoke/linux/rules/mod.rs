//! What the kernel cannot be made to say, or not here: a rule on the call says it in the kernel's stead.
//!
//! Everything around the call is real: the socket, its far end, and what the subject does before and after. One call is
//! answered; the next one like it goes to the kernel.

#[cfg(feature = "faults")]
mod arm;
#[cfg_attr(not(feature = "faults"), path = "without.rs")]
pub(super) mod calls;
mod table;

pub(super) use table::RULES;
