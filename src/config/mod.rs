//! What the operator wrote, and what the daemon may rely on. Never holds a secret.
