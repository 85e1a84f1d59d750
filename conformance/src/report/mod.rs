//! What a run found, for people and for programs.

mod host;
mod json;
mod matrix;
mod picture;
mod summary;

pub use self::host::{Found, Host};
pub use self::json::{SCHEMA, write_json};
pub use self::matrix::Matrix;
pub use self::picture::Picture;
pub use self::summary::{NotProvoked, Summary, not_provoked};
