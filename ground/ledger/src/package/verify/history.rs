//! Step 15: the ledger still begins as it did when somebody kept an earlier checkpoint (§3.4).

use std::borrow::Cow;

use super::contents::Contents;
use crate::merkle::verify_consistency;
use crate::note::{Checkpoint, VerifierKey};
use crate::package::{Code, Wrong};

pub(super) fn check(contents: &Contents, key: &VerifierKey, earlier: &[Cow<'_, [u8]>]) -> Result<(), Wrong> {
    for (position, note) in earlier.iter().enumerate() {
        let wrong = |what: String| {
            Wrong::new(
                Code::History,
                format!("earlier checkpoint {}", position + 1),
                what,
            )
        };
        let before = Checkpoint::verify_alone(note, key).map_err(|error| wrong(error.to_string()))?;
        let now = &contents.checkpoint;
        if before.size > now.size {
            return Err(wrong(format!(
                "it has {} entries, the package's ledger only {}",
                before.size, now.size
            )));
        }
        let path = contents.consistency.get(&before.size).map(Vec::as_slice);
        let needs_line = before.size > 0 && before.size < now.size;
        let path = match (path, needs_line) {
            (Some(path), _) => path,
            (None, false) => &[],
            (None, true) => {
                let size = before.size;
                return Err(wrong(format!(
                    "the package has no proof for size {size}; export it with `--since {size}`"
                )));
            }
        };
        let consistent = verify_consistency(before.size, now.size, path, &before.root, &now.root);
        consistent.map_err(|error| wrong(format!("the ledger does not go on from it: {error}")))?;
    }
    Ok(())
}
