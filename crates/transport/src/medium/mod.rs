//! A partner that is reached by carrying a medium there: a mounted directory that files are written to.
//!
//! Owns what a medium must be before anything is written to it, and a session over it. Promises what every session
//! promises, and that what is read back comes from the device, not from memory. Each request opens the medium's directory
//! anew, makes sure that it is still the same medium, and closes it again: a medium at rest can be ejected. Never formats,
//! mounts or unmounts anything.

mod fetch;
pub mod marker;
mod mount;
pub mod names;
mod pulse;
mod root;
mod session;
mod settings;
mod work;

pub use crate::medium_fault::MediumFault;
pub use marker::{COMPANIONS, MARKER};
pub use session::connect;
pub use settings::{MediumRule, MediumSettings};
