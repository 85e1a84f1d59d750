//! How a table of recipes is written: a macro, for each system's catalogue.

/// One row for each operation of an entry.
macro_rules! catalogue {
    ($(
        $id:literal $condition:ident in [$($operation:ident)+] over $protocols:tt
            $shape:ident $way:ident $errnos:tt $set_up:tt
            $how:literal $source:literal;
    )*) => {
        pub(in crate::provoke) const CATALOGUE: &[Recipe] = &[$($(Recipe {
            id: $id,
            condition: Condition::$condition,
            operation: Operation::$operation,
            protocols: protocols!($protocols),
            shape: Shape::$shape,
            way: Way::$way,
            tier: tier!($set_up),
            slow: slow!($set_up),
            process_wide: process_wide!($set_up),
            by_name_only: by_name_only!($set_up),
            errnos: errnos!($errnos),
            how: $how,
            source: $source,
            set_up: set_up!($set_up),
        },)+)*];
    };
}

macro_rules! protocols {
    ([$($protocol:ident)+]) => { &[$(Protocol::$protocol),+] };
}

macro_rules! errnos {
    ([$($errno:ident)*]) => { &[$(Errno::$errno),*] };
}

// The last of an entry's words: what the recipe needs (Lab, Rules), whether it is slow, changes the whole process (wide), or is
// to be asked for by its name (named), and its set-up.
macro_rules! tier {
    ((Rules $($rest:tt)*)) => {
        Tier::Rules
    };
    ((Lab $($rest:tt)*)) => {
        Tier::Lab
    };
    ($plain:tt) => {
        Tier::Plain
    };
}

macro_rules! slow {
    ((slow $($rest:tt)*)) => {
        true
    };
    (($other:ident $next:ident $($rest:tt)*)) => {
        slow!(($next $($rest)*))
    };
    ($set_up:tt) => {
        false
    };
}

macro_rules! process_wide {
    ((wide $($rest:tt)*)) => {
        true
    };
    (($other:ident $next:ident $($rest:tt)*)) => {
        process_wide!(($next $($rest)*))
    };
    ($set_up:tt) => {
        false
    };
}

macro_rules! by_name_only {
    ((named $($rest:tt)*)) => {
        true
    };
    (($other:ident $next:ident $($rest:tt)*)) => {
        by_name_only!(($next $($rest)*))
    };
    ($set_up:tt) => {
        false
    };
}

macro_rules! set_up {
    ((Rules $set_up:ident)) => { rules::calls::$set_up };
    ((Lab $word:ident $next:ident $($rest:tt)*)) => { set_up!((Lab $next $($rest)*)) };
    ((Lab $file:ident::$set_up:ident $($arguments:tt)?)) => {{
        #[cfg(feature = "lab")]
        const SET_UP: SetUp = set_up!(@lab $file::$set_up $($arguments)?);
        #[cfg(not(feature = "lab"))]
        const SET_UP: SetUp = without_labs;
        SET_UP
    }};
    (($word:ident $next:ident $($rest:tt)*)) => { set_up!(($next $($rest)*)) };
    (($file:ident::$set_up:ident)) => { $file::$set_up };
    (@lab $file:ident::$set_up:ident) => { lab::$file::$set_up };
    (@lab $file:ident::$set_up:ident ($($argument:expr),+)) => {
        |protocol| lab::$file::$set_up(protocol, $($argument),+)
    };
}
