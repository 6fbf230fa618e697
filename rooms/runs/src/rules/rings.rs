//! Who stands in which ring.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use basis::Subject;
use policy::{Criticality, RingTerms};

/// A patch group of this many members is a redundant pair, of which one must stay up; a larger one is a fleet.
const REDUNDANT_GROUP_SIZE: usize = 2;

/// What decides where a host stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) asset: Subject,
    pub(super) criticality: Criticality,
    pub(super) os: String,
    pub(super) role: String,
    pub(super) patch_group: String,
    pub(super) is_controller: bool,
}

/// Puts every host into exactly one ring, the same for the same hosts in any order: the first ring shows as many kinds of
/// host (criticality, operating system, role) as fit, the least critical first; the two of a redundant pair never share a
/// ring; the machine that carries out the run comes last, alone.
pub(super) fn assign(terms: &RingTerms, hosts: &[Standing]) -> Vec<Vec<Subject>> {
    let (controllers, others): (Vec<_>, Vec<_>) = hosts.iter().partition(|host| host.is_controller);
    let pairs = pairs(hosts);
    let mut waiting: VecDeque<&Standing> = representative_order(&others);
    let mut rings = Vec::new();
    let mut sizes = terms.sizes(others.len()).into_iter();
    while !waiting.is_empty() {
        // What a pair keeps out of the planned rings goes out in further ones.
        let size = sizes.next().unwrap_or(waiting.len());
        rings.push(take_ring(&mut waiting, size, &pairs));
    }
    rings.extend(controllers.iter().map(|host| vec![host.asset.clone()]));
    rings
}

fn take_ring(waiting: &mut VecDeque<&Standing>, size: usize, pairs: &BTreeSet<&str>) -> Vec<Subject> {
    let mut ring = Vec::new();
    let mut groups = BTreeSet::new();
    waiting.retain(|host| {
        let is_of_pair = pairs.contains(host.patch_group.as_str());
        let is_kept = ring.len() == size || (is_of_pair && !groups.insert(host.patch_group.as_str()));
        if !is_kept {
            ring.push(host.asset.clone());
        }
        is_kept
    });
    ring
}

fn pairs(hosts: &[Standing]) -> BTreeSet<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for host in hosts.iter().filter(|host| !host.patch_group.is_empty()) {
        *counts.entry(&host.patch_group).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count == REDUNDANT_GROUP_SIZE)
        .map(|(group, _)| group)
        .collect()
}

/// One of each kind, then the second of each kind, and so on.
fn representative_order<'a>(hosts: &[&'a Standing]) -> VecDeque<&'a Standing> {
    let mut kinds: BTreeMap<(Criticality, &str, &str), Vec<&Standing>> = BTreeMap::new();
    for host in hosts {
        kinds
            .entry((host.criticality, &host.os, &host.role))
            .or_default()
            .push(host);
    }
    let mut order = Vec::with_capacity(hosts.len());
    for (kind, (_, mut members)) in kinds.into_iter().enumerate() {
        members.sort_by(|a, b| a.asset.cmp(&b.asset));
        order.extend(
            members
                .into_iter()
                .enumerate()
                .map(|(turn, host)| ((turn, kind), host)),
        );
    }
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, host)| host).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Span;
    use policy::RingGate;
    use proptest::prelude::*;

    fn terms(shares: &[u8], pilot_least: u32) -> RingTerms {
        RingTerms {
            paragraph: "4.4".into(),
            shares_percent: shares.to_vec(),
            pilot_least,
            ring_least: 1,
            halt_percent: 10,
            soak: Span::minutes(30),
            gate: RingGate::Soak,
        }
    }

    fn host(number: usize, os: &str, criticality: Criticality, group: &str) -> Standing {
        Standing {
            asset: Subject::parse(&format!("AST-{number:04}")).unwrap(),
            criticality,
            os: os.to_owned(),
            role: "server".to_owned(),
            patch_group: group.to_owned(),
            is_controller: false,
        }
    }

    #[test]
    fn a_pilot_shows_every_kind_of_host_before_a_second_of_any() {
        let mut hosts: Vec<Standing> = (1..=6)
            .map(|n| host(n, "Debian 12", Criticality::Low, ""))
            .collect();
        hosts.push(host(7, "Ubuntu 24.04", Criticality::Low, ""));
        hosts.push(host(8, "Debian 12", Criticality::High, ""));
        let rings = assign(&terms(&[30, 100], 3), &hosts);
        let pilot: Vec<String> = rings[0].iter().map(ToString::to_string).collect();
        assert_eq!(pilot, ["AST-0001", "AST-0007", "AST-0008"]);
    }

    #[test]
    fn the_two_of_a_pair_go_out_in_different_rings_even_if_that_takes_another_ring() {
        let pair = [
            host(1, "a", Criticality::Low, "web"),
            host(2, "a", Criticality::Low, "web"),
        ];
        assert_eq!(assign(&terms(&[100], 1), &pair).len(), 2);
        let fleet: Vec<Standing> = (1..=3).map(|n| host(n, "a", Criticality::Low, "fleet")).collect();
        assert_eq!(assign(&terms(&[100], 1), &fleet).len(), 1);
    }

    #[test]
    fn the_controller_comes_last_and_alone() {
        let mut hosts: Vec<Standing> = (1..=4).map(|n| host(n, "a", Criticality::Low, "")).collect();
        hosts[0].is_controller = true;
        let rings = assign(&terms(&[50, 100], 1), &hosts);
        assert_eq!(rings.last().unwrap(), &[hosts[0].asset.clone()]);
        assert_eq!(rings.len(), 3);
    }

    fn any_hosts() -> impl Strategy<Value = Vec<Standing>> {
        prop::collection::vec((0..3usize, 0..3usize, 0..4usize), 1..40).prop_map(|kinds| {
            let one = |(at, (os, criticality, group)): (usize, (usize, usize, usize))| {
                let group = if group == 0 {
                    String::new()
                } else {
                    format!("g{}", group * 10 + at / 6)
                };
                host(at + 1, ["a", "b", "c"][os], Criticality::ALL[criticality], &group)
            };
            kinds.into_iter().enumerate().map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn rings_are_a_partition_that_keeps_pairs_apart_whatever_the_order(
            hosts in any_hosts(), pilot in 1u32..5, turn in 0usize..40,
        ) {
            let terms = terms(&[10, 50, 100], pilot);
            let rings = assign(&terms, &hosts);
            let mut all: Vec<Subject> = rings.iter().flatten().cloned().collect();
            all.sort();
            let expected: Vec<Subject> = hosts.iter().map(|host| host.asset.clone()).collect();
            prop_assert_eq!(all, expected);
            let pairs = pairs(&hosts);
            for ring in &rings {
                prop_assert!(!ring.is_empty());
                for pair in &pairs {
                    let of_pair = hosts.iter().filter(|h| h.patch_group == **pair && ring.contains(&h.asset));
                    prop_assert!(of_pair.count() < 2);
                }
            }
            for (ring, size) in rings.iter().zip(terms.sizes(hosts.len())) {
                prop_assert!(ring.len() <= size);
            }
            let mut turned = hosts.clone();
            turned.rotate_left(turn % hosts.len());
            prop_assert_eq!(assign(&terms, &turned), rings);
        }
    }
}
