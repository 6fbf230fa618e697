//! The API's description that is checked in is the one that the program serves.

use std::path::Path;

#[test]
fn the_checked_in_description_is_fresh() {
    let document = frame::openapi(&tagout::routes(), "tagout", env!("CARGO_PKG_VERSION"));
    let fresh = format!("{document:#}\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("TAGOUT_WRITE_OPENAPI").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == fresh,
        "docs/openapi.json is stale; write it anew with `TAGOUT_WRITE_OPENAPI=1 cargo test -p tagout --test openapi`"
    );
}
