//! Which operating system it is, from os-release(5).

use formats::os_release::{Family, OsRelease};

use crate::HostError;
use crate::state::{Os, OsFamily};

/// Reads the file; a host whose file is broken is not guessed at.
pub(super) fn read(text: &str) -> Result<Os, HostError> {
    let release =
        OsRelease::parse(text).map_err(|error| HostError::bad_answer("`os-release`", error.to_string()))?;
    let family = match release.family() {
        Family::Debian => OsFamily::Debian,
        Family::Rpm => OsFamily::Rhel,
        Family::Other => OsFamily::Other,
    };
    Ok(Os {
        id: release.id,
        id_like: release.id_like,
        version_id: release.version_id,
        codename: release.version_codename,
        pretty_name: release.pretty_name,
        family,
    })
}
