//! How the pages are reached, what stands in their navigation, who is shown as looking.

use basis::{Class, Refusal};

/// How the organisation's pages are reached.
#[derive(Debug, Clone)]
pub struct Web {
    /// Scheme, host and port, as a browser writes an origin (RFC 6454 §6.2), such as `https://tagout.example`.
    origin: String,
    host: String,
    /// What stands in the navigation, in its order.
    pub places: Vec<Place>,
}

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is called.
    pub name: &'static str,
    /// Where it leads.
    pub path: &'static str,
    /// The act that its page asks for; who may not do it is not shown the entry.
    pub act: &'static str,
}

/// Who looks, and at whose records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The organisation's name.
    pub organisation: String,
    /// The person's name.
    pub person: String,
    /// The person's roles, as people say them.
    pub roles: Vec<String>,
}

/// How pages look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Appearance {
    /// As the system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// Black, white and few strong colours.
    Contrast,
}

impl Appearance {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Contrast];

    /// Its name in the cookie and in the document.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// What it is called on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::Contrast => "High contrast",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|appearance| appearance.name() == name)
    }
}

impl Web {
    /// Reached at this URL, which has a scheme, a host and perhaps a port, and nothing else.
    ///
    /// # Errors
    /// A refusal of class `Invalid` that says what is wrong with it.
    pub fn at(url: &str) -> Result<Self, Refusal> {
        let refused = |what: &str| {
            Refusal::new(Class::Invalid, "public url", format!("`{url}` {what}"))
                .way_out("give scheme and host as people type them, such as `https://tagout.example`")
        };
        let trimmed = url.trim_end_matches('/');
        let (scheme, authority) = trimmed
            .split_once("://")
            .ok_or_else(|| refused("has no scheme"))?;
        let default_port = match scheme {
            "https" => "443",
            "http" => "80",
            _ => return Err(refused("is neither http nor https")),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let is_host = !host.is_empty()
            && host.len() <= HOST_BYTES_MAX
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'[' | b']' | b':'));
        if !is_host {
            return Err(refused("names no host"));
        }
        if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
            return Err(refused("has a port that is no number from 0 to 65535"));
        }
        let host = host.to_ascii_lowercase();
        let shown_port = port
            .filter(|port| *port != default_port)
            .map(|port| format!(":{port}"));
        Ok(Self {
            origin: format!("{scheme}://{host}{}", shown_port.unwrap_or_default()),
            host,
            places: Vec::new(),
        })
    }

    /// With this navigation.
    #[must_use]
    pub fn with_places(self, places: Vec<Place>) -> Self {
        Self { places, ..self }
    }

    /// Scheme, host and port, as a browser writes an origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host alone; what a passkey is bound to (WebAuthn §5.1.2, `rpId`).
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether browsers reach the pages by TLS.
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

/// The longest host name (RFC 1035 §2.3.4).
const HOST_BYTES_MAX: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (url, origin, host) in [
            (
                "https://Tagout.Example/",
                "https://tagout.example",
                "tagout.example",
            ),
            (
                "https://tagout.example:443",
                "https://tagout.example",
                "tagout.example",
            ),
            ("http://localhost:7420", "http://localhost:7420", "localhost"),
            ("http://[::1]:7420", "http://[::1]:7420", "[::1]"),
            ("http://[::1]", "http://[::1]", "[::1]"),
        ] {
            let web = Web::at(url).unwrap();
            assert_eq!((web.origin(), web.host()), (origin, host));
        }
        for wrong in [
            "tagout.example",
            "ftp://tagout.example",
            "https://",
            "https://a b",
            "https://a/b",
            "https://user@host",
            "http://host:99999",
            "http://host:+1",
        ] {
            assert!(Web::at(wrong).is_err(), "{wrong}");
        }
    }
}
