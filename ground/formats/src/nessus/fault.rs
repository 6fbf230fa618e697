//! Why a report is refused, and where.

use std::fmt;
use std::io;

use thiserror::Error;

/// A refusal with its place in the file.
#[derive(Debug, Error)]
pub struct NessusError {
    /// Byte offset in the file; in a file that is not UTF-8, in its UTF-8 form.
    pub offset: u64,
    /// The last host that was begun.
    pub host: Option<String>,
    /// The last plugin that was begun on that host.
    pub plugin_id: Option<u32>,
    /// What is wrong; its text is part of this error's.
    pub fault: Fault,
}

impl fmt::Display for NessusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.fault, self.offset)?;
        if let Some(host) = &self.host {
            write!(f, ", in or after host `{host}`")?;
        }
        if let Some(plugin_id) = self.plugin_id {
            write!(f, ", plugin {plugin_id}")?;
        }
        write!(f, "; {}", self.fault.way_out())
    }
}

/// What is wrong with a report.
#[derive(Debug, Error)]
pub enum Fault {
    /// The file could not be read.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
    /// The declaration or the first bytes name an encoding that is not known.
    #[error("the encoding `{label}` is not known")]
    Encoding {
        /// The encoding as the file names it.
        label: String,
    },
    /// The file ends before the report does.
    #[error("the file is cut off: it ends inside <{inside}>")]
    Truncated {
        /// The innermost element that is still open.
        inside: String,
    },
    /// There is no element at all, or another one than a Nessus report has.
    #[error("this is not a Nessus report: expected <NessusClientData_v2> but found {found}")]
    NotNessus {
        /// What stands there.
        found: String,
    },
    /// The report part is missing, as in an exported policy.
    #[error("the file has no <Report>")]
    NoReport,
    /// The file is not well-formed XML.
    #[error("this is not well-formed XML: {0}")]
    Malformed(String),
    /// A document type definition, which could define entities.
    #[error("the file has a DOCTYPE, which is refused")]
    Doctype,
    /// A reference to something other than the five entities of XML.
    #[error("the entity `&{name};` is not one of XML's own five")]
    Entity {
        /// Name of the entity.
        name: String,
    },
    /// An element stands where it cannot stand.
    #[error("<{element}> cannot stand in {inside}")]
    Misplaced {
        /// The element.
        element: String,
        /// Where it stands.
        inside: &'static str,
    },
    /// Something follows the end of the report.
    #[error("something follows the end of the report")]
    TrailingData,
    /// An attribute that is needed is missing.
    #[error("<{element}> has no attribute `{attribute}`")]
    MissingAttribute {
        /// The element.
        element: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// A field that identifies or rates something is not what it should be.
    #[error("`{field}` is `{value}` but should be {expected}")]
    Value {
        /// Name of the attribute, element or tag.
        field: String,
        /// The beginning of what stands there.
        value: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// More of something than the limit.
    #[error("more than {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
}

impl Fault {
    /// What to do about it, as half a sentence.
    pub fn way_out(&self) -> &'static str {
        match self {
            Fault::Read(_) => "check the disk or the upload and try again",
            Fault::Encoding { .. } => "export the scan as UTF-8",
            Fault::Truncated { .. } => "export or upload the scan again in full",
            Fault::NotNessus { .. } => "export the scan in the format `Nessus` (.nessus)",
            Fault::NoReport => "export the scan results, not the policy",
            Fault::Limit { .. } => "split the scan or raise the limit",
            Fault::Doctype | Fault::Entity { .. } => {
                "Nessus never writes one; find out who changed this file"
            }
            Fault::Malformed(_)
            | Fault::Misplaced { .. }
            | Fault::TrailingData
            | Fault::MissingAttribute { .. }
            | Fault::Value { .. } => "export the scan again and do not edit the file",
        }
    }
}
