//! The policies that ship with the program, as the texts that an organisation starts from.

/// The default policy: full separation of duties.
pub const DEFAULT_POLICY: &str = include_str!("../../policies/default.toml");

/// The default policy with the small-shop path in force, for an organisation with one technician.
pub const SMALL_SHOP_POLICY: &str = include_str!("../../policies/small-shop.toml");
