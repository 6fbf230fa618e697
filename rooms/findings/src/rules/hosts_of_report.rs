//! Which asset a host of a report is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use assets::AssetId;
use formats::nessus::Host;

/// By what assets are known: their names and addresses, each pointing at everything that carries it.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    names: BTreeMap<String, Vec<AssetId>>,
    addresses: BTreeMap<IpAddr, Vec<AssetId>>,
}

/// Which asset a host is, or why none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matching {
    /// This one.
    Asset(AssetId),
    /// Nothing in the register carries its name or address.
    Unregistered,
    /// Several assets carry the name or address, which is named first.
    Ambiguous(String, Vec<AssetId>),
}

impl Directory {
    /// Adds an asset under its name and addresses. An address that is a host name counts as a further name.
    pub fn add<'t>(&mut self, asset: AssetId, name: &str, addresses: impl IntoIterator<Item = &'t str>) {
        self.names.entry(key(name)).or_default().push(asset);
        for address in addresses {
            match address.parse::<IpAddr>() {
                Ok(address) => push_once(self.addresses.entry(address).or_default(), asset),
                Err(_) => push_once(self.names.entry(key(address)).or_default(), asset),
            }
        }
    }

    /// Finds the asset that a host of a report is: by full name, then by short name, then by address. A name beats an
    /// address, since addresses are handed on from machine to machine.
    pub fn find(&self, host: &Host) -> Matching {
        let names = [
            Some(host.name.as_str()),
            host.fqdn.as_deref(),
            host.netbios_name.as_deref(),
        ];
        let names: Vec<String> = names
            .into_iter()
            .flatten()
            .filter(|name| !name.trim().is_empty() && name.trim().parse::<IpAddr>().is_err())
            .map(key)
            .collect();
        let short = names
            .iter()
            .filter_map(|name| Some(name.split_once('.')?.0.to_owned()));
        for name in names.iter().cloned().chain(short) {
            if let Some(found) = self.names.get(&name) {
                return one_of(&name, found);
            }
        }
        // An asset may be registered under its full name while the scanner only knows the short one.
        for name in names.iter().filter(|name| !name.contains('.')) {
            let prefix = format!("{name}.");
            let longer = self
                .names
                .range(prefix.clone()..)
                .take_while(|(known, _)| known.starts_with(&prefix));
            let mut found: Vec<AssetId> = longer.flat_map(|(_, assets)| assets.iter().copied()).collect();
            found.sort();
            found.dedup();
            if !found.is_empty() {
                return one_of(name, &found);
            }
        }
        let addresses = [host.ip.as_deref(), Some(host.name.as_str())];
        for address in addresses
            .into_iter()
            .flatten()
            .filter_map(|text| text.trim().parse::<IpAddr>().ok())
        {
            if let Some(found) = self.addresses.get(&address) {
                return one_of(&address.to_string(), found);
            }
        }
        Matching::Unregistered
    }
}

fn key(name: &str) -> String {
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

fn push_once(assets: &mut Vec<AssetId>, asset: AssetId) {
    if !assets.contains(&asset) {
        assets.push(asset);
    }
}

fn one_of(by: &str, found: &[AssetId]) -> Matching {
    match found {
        [only] => Matching::Asset(*only),
        several => Matching::Ambiguous(by.to_owned(), several.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use basis::Id;

    use super::*;

    fn directory() -> Directory {
        let mut directory = Directory::default();
        let id = AssetId::from_number;
        directory.add(id(1), "web01", ["10.0.0.1", "www.example.com"]);
        directory.add(id(2), "db01.example.com", ["10.0.0.2", "10.0.0.9"]);
        directory.add(id(3), "db02.example.com", ["10.0.0.3", "10.0.0.9"]);
        directory
    }

    fn host(name: &str, ip: &str, fqdn: &str) -> Host {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Host {
            name: name.to_owned(),
            ip: some(ip),
            fqdn: some(fqdn),
            ..Host::default()
        }
    }

    #[test]
    fn a_host_is_found_by_name_before_address_and_never_guessed() {
        let asset = |number| Matching::Asset(AssetId::from_number(number));
        let rows = [
            (host("WEB01", "", ""), asset(1)),
            (host("10.9.9.9", "", "web01.example.com."), asset(1)),
            (host("www.example.com", "", ""), asset(1)),
            (host("db01", "", ""), asset(2)),
            (host("10.0.0.2", "", ""), asset(2)),
            (host("web01", "10.0.0.2", ""), asset(1)),
            (host("other", "10.0.0.3", ""), asset(3)),
            (
                host("other", "10.0.0.4", "nobody.example.com"),
                Matching::Unregistered,
            ),
            (host("", "", ""), Matching::Unregistered),
        ];
        for (host, expected) in rows {
            assert_eq!(directory().find(&host), expected, "{host:?}");
        }
        let Matching::Ambiguous(by, found) = directory().find(&host("10.0.0.9", "", "")) else {
            panic!("two assets carry the address");
        };
        assert_eq!((by.as_str(), found.len()), ("10.0.0.9", 2));
    }
}
