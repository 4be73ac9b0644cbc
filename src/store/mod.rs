//! Where sealed objects lie. Sees cipher text only.
