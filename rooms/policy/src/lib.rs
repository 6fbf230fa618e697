//! The policy document and its verdicts.
