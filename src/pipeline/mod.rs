//! Calls the rooms in order for one submission: the only room that names more than one of them.
