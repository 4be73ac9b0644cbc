//! When each thing must be gone, and seeing to it.
