//! Plain text in, age v1 cipher text out, with the header apart.
