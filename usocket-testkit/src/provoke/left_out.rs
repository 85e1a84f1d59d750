//! The rows of the project's recipe table that the catalogue does not have, with the reasons.

/// A way to provoke an error that is known, and why the catalogue does not have it.
///
/// ```
/// use usocket_testkit::provoke;
///
/// for row in provoke::left_out() {
///     println!("{}: {}", row.id(), row.reason());
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    id: &'static str,
    reason: &'static str,
}

impl LeftOut {
    /// Its name in the recipe table. No [`Recipe`](super::Recipe) has it.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Why it is left out, and what gives the same where something does.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

/// Every known way that has no recipe.
///
/// Together with the ids of [`catalogue`](super::catalogue) it covers the recipe table of the project.
pub fn left_out() -> &'static [LeftOut] {
    LEFT_OUT
}

macro_rules! left_out {
    ($($id:literal $reason:literal;)*) => {
        const LEFT_OUT: &[LeftOut] = &[$(LeftOut { id: $id, reason: $reason },)*];
    };
}

left_out! {
    "H5" "it needs write access to /dev/net/tun, which many systems do not give";
    "H7" "it needs write access to /dev/fuse, which many systems do not give";
    "N3" "Linux has no code that says it to TCP: Z15 has it, by a rule";
    "N4" "it needs write access to /dev/fuse, which many systems do not give";
    "O1" "it needs write access to /dev/fuse, which many systems do not give";
    "O2" "Linux has no code that says it to TCP or UDP: Z16 has it, by a rule";
    "Q1" "it needs write access to /dev/fuse, which many systems do not give";
    "R2" "it needs write access to /dev/fuse, which many systems do not give";
    "R3" "Linux has no code that says ESHUTDOWN to TCP: Z19 has it, by a rule";
    "W6" "no answer of a name server leads there: needs a resolver of our own";
}
