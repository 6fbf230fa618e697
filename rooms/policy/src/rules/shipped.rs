//! The policies that ship with the program, as the texts that an organisation starts from.

use super::document::Policy;

/// What stands in the shipped documents where an organisation writes its own name.
const NAME_BLANK: &str = "Name of the organisation";
/// What stands there where it writes how to reach somebody.
const REACH_BLANK: &str = "write the telephone number here";

impl Policy {
    /// What of the shipped documents nobody has filled in yet, one line each.
    pub fn blanks(&self) -> Vec<String> {
        let name = (self.organisation == NAME_BLANK).then(|| format!("organisation: `{NAME_BLANK}`"));
        let unreached = self
            .contacts
            .iter()
            .filter(|contact| contact.reach == REACH_BLANK);
        let reach =
            unreached.map(|contact| format!("reach of the contact `{}`: `{REACH_BLANK}`", contact.who));
        name.into_iter().chain(reach).collect()
    }
}

/// The default policy: full separation of duties.
pub const DEFAULT_POLICY: &str = include_str!("../../policies/default.toml");

/// The default policy with the small-shop path in force, for an organisation with one technician.
pub const SMALL_SHOP_POLICY: &str = include_str!("../../policies/small-shop.toml");
