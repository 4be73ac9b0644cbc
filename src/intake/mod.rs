//! Notices and claims finished files: the only room that touches what senders can touch.
