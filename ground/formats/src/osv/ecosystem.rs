//! The distributions whose advisories are understood, and their releases.

/// A distribution as OSV names it. Ubuntu Pro counts as its own: its fixes need a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// `Debian`.
    Debian,
    /// `Ubuntu`.
    Ubuntu,
    /// `Ubuntu:Pro`.
    UbuntuPro,
    /// `AlmaLinux`.
    AlmaLinux,
    /// `Rocky Linux`.
    RockyLinux,
    /// `Red Hat`.
    RedHat,
}

impl Distribution {
    /// Whether versions are ordered as dpkg does; otherwise as rpm does.
    pub fn is_debian_like(self) -> bool {
        matches!(
            self,
            Distribution::Debian | Distribution::Ubuntu | Distribution::UbuntuPro
        )
    }
}

/// One release of a distribution. Equal if advisories for one apply to the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ecosystem {
    /// The distribution.
    pub distribution: Distribution,
    /// The release: `12`, `22.04`, `9`; for other products of Red Hat with their name, `rhel_eus:9.2`.
    pub release: String,
}

impl Ecosystem {
    /// Parses an OSV ecosystem with release: `Debian:12`, `Ubuntu:22.04:LTS`, `Ubuntu:Pro:18.04:LTS`, `AlmaLinux:9`,
    /// `Rocky Linux:9`, `Red Hat:enterprise_linux:9::appstream` or for short `Red Hat:9`. Point releases of the last
    /// three count as their major release.
    pub fn parse(text: &str) -> Option<Ecosystem> {
        let (name, rest) = text.trim().split_once(':')?;
        let (distribution, release) = match name {
            "Debian" => (Distribution::Debian, rest.to_owned()),
            "Ubuntu" => match rest.strip_prefix("Pro:") {
                Some(rest) => (Distribution::UbuntuPro, without_lts(rest)),
                None => (Distribution::Ubuntu, without_lts(rest)),
            },
            "AlmaLinux" => (Distribution::AlmaLinux, major(rest)),
            "Rocky Linux" => (Distribution::RockyLinux, major(rest)),
            "Red Hat" => (Distribution::RedHat, red_hat_release(rest)),
            _ => return None,
        };
        let is_release = !release.is_empty() && !release.contains(char::is_whitespace);
        is_release.then_some(Ecosystem {
            distribution,
            release,
        })
    }
}

fn without_lts(release: &str) -> String {
    release.strip_suffix(":LTS").unwrap_or(release).to_owned()
}

fn major(release: &str) -> String {
    release.split('.').next().unwrap_or_default().to_owned()
}

/// Shortens a CPE-like product: repositories (`::appstream`) share versions, products (`rhel_eus`) do not.
fn red_hat_release(product: &str) -> String {
    let product = product.split("::").next().unwrap_or_default();
    match product.split_once(':') {
        Some(("enterprise_linux", release)) => major(release),
        Some(_) => product.to_owned(),
        None => major(product),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_recognised_in_every_spelling() {
        let rows = [
            ("Debian:12", Some((Distribution::Debian, "12"))),
            ("Ubuntu:22.04:LTS", Some((Distribution::Ubuntu, "22.04"))),
            ("Ubuntu:25.10", Some((Distribution::Ubuntu, "25.10"))),
            ("Ubuntu:Pro:18.04:LTS", Some((Distribution::UbuntuPro, "18.04"))),
            ("AlmaLinux:9", Some((Distribution::AlmaLinux, "9"))),
            ("Rocky Linux:9.4", Some((Distribution::RockyLinux, "9"))),
            ("Red Hat:9", Some((Distribution::RedHat, "9"))),
            (
                "Red Hat:enterprise_linux:9::appstream",
                Some((Distribution::RedHat, "9")),
            ),
            (
                "Red Hat:rhel_eus:9.2::baseos",
                Some((Distribution::RedHat, "rhel_eus:9.2")),
            ),
            ("Debian", None),
            ("Debian:", None),
            ("npm", None),
            ("Alpine:v3.19", None),
        ];
        for (text, expected) in rows {
            let parsed = Ecosystem::parse(text);
            let parsed = parsed
                .as_ref()
                .map(|ecosystem| (ecosystem.distribution, ecosystem.release.as_str()));
            assert_eq!(parsed, expected, "{text}");
        }
    }
}
