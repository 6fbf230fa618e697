//! The cryptographic module: the one library that does all cryptography, and whether it works as it should.

use std::sync::Arc;

use aws_lc_rs::{awslc_version, fips_version, try_fips_mode, try_fips_self_test};
use rustls::crypto::{CryptoProvider, aws_lc_rs as chosen};
use serde::Serialize;

/// What TLS is done with; every connection is handed this, whatever a library's default is.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(chosen::default_provider())
}

/// The module that this program was built with, and what its self-test said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CryptoModule {
    /// `aws-lc`, or `aws-lc-fips` when the program was built with the feature `fips`.
    pub name: &'static str,
    /// As the module says itself.
    pub version: &'static str,
    /// Whether the module is in the mode that FIPS 140-3 asks for, and TLS is limited to what it allows.
    pub is_fips: bool,
    /// Whether every self-test that can be asked for gave its known answer.
    pub is_sound: bool,
}

impl CryptoModule {
    /// Runs the module's self-tests. The one for FIPS 140-3 has tested its own bytes when it was loaded, and ends the
    /// program when a known answer is wrong.
    pub fn examine() -> Self {
        Self {
            name: if fips_version().is_some() {
                "aws-lc-fips"
            } else {
                "aws-lc"
            },
            version: awslc_version(),
            is_fips: try_fips_mode().is_ok() && provider().fips(),
            is_sound: try_fips_self_test().is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_passes_its_tests_and_says_what_it_is() {
        let module = CryptoModule::examine();
        assert!(module.is_sound && !module.version.is_empty(), "{module:?}");
        assert_eq!(module.is_fips, cfg!(feature = "fips"), "{module:?}");
        assert_eq!(module.name == "aws-lc-fips", cfg!(feature = "fips"));
    }
}
