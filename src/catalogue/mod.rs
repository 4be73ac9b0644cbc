//! What was claimed, stored, answered, is due, was erased: the only truth about progress.
