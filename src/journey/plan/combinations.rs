//! Over all combinations of what can be known.
