//! Which registries a submission goes to: a table in, a plan out that is never empty.
