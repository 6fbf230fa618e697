//! Where tests find real sample files, which are not part of this repository.

use std::path::{Path, PathBuf};

/// Returns the path of a sample, or prints why the test is skipped.
pub fn path(relative: &str) -> Option<PathBuf> {
    let beside_the_repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let root = std::env::var_os("TAGOUT_SAMPLE_DATA").map_or(beside_the_repository, PathBuf::from);
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no sample data at {}", path.display());
    None
}
