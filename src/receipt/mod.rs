//! Verdict and findings to AppRec and to plain words. Never holds a field's value.
