//! The acts outside of people that ask for a fresh proof: none of them takes the token of a program.

use assets::{AssetName, Connection};
use basis::{Actor, Authentication, Class, Id, Proven, Refusal, Role, Span};
use changes::ChangeId;
use evidence::EvidenceId;
use testkit::House;

/// Every one of them, by its name in the authority table.
const DANGEROUS: [&str; 5] = [
    "evidence.destroy",
    "history.redact",
    "history.redact, confirming",
    "assets.enrol_host",
    "policy.adopt",
];

fn house() -> House {
    House::with(|registry| {
        registry
            .room(evidence::migrations(), evidence::events())
            .room(assets::migrations(), assets::events())
            .room(history::migrations(), history::events())
    })
}

/// A file of evidence, an asset, and a redaction that somebody else asked for.
struct Found {
    evidence: EvidenceId,
    asset: assets::AssetId,
    entry: u64,
    redaction: history::RedactionId,
}

impl Found {
    fn make(house: &House, owner: &Actor) -> Self {
        let organisation = &house.organisation;
        let other = house.person("olaf", &[Role::SystemOwner]);
        let name = AssetName::parse("web01").unwrap();
        let asset = assets::register(organisation, owner, name, &[]).unwrap().id;
        let blob = organisation
            .store_blob(&mut "what the screen showed\n".as_bytes())
            .unwrap();
        let new = evidence::NewEvidence {
            name: evidence::EvidenceName::parse("screen.txt").unwrap(),
            media_type: evidence::MediaType::Text,
            kind: policy::EvidenceKind::Document,
            blob,
            about: vec![asset.subject()],
            objectives: Vec::new(),
            is_final: true,
            taken_at: organisation.now(),
        };
        let evidence = evidence::add(organisation, owner, new).unwrap().id;
        let entry = organisation.view(|view| view.ledger_size()).unwrap() - 1;
        Self {
            evidence,
            asset,
            entry,
            redaction: history::request_redaction(organisation, &other, entry, "spilled")
                .unwrap()
                .redaction,
        }
    }
}

fn refusals(house: &House, by: &Actor, found: &Found) -> Vec<(&'static str, Refusal)> {
    let organisation = &house.organisation;
    let answers = [
        evidence::destroy(organisation, by, found.evidence, "spilled").err(),
        history::request_redaction(organisation, by, found.entry, "spilled").err(),
        history::confirm_redaction(organisation, by, found.redaction).err(),
        assets::connect(organisation, by, found.asset, &Connection::Local, "").err(),
        changes::adopt_policy(organisation, by, ChangeId::from_number(1), &[]).err(),
    ];
    let answers = DANGEROUS.into_iter().zip(answers);
    answers
        .filter_map(|(act, refusal)| Some((act, refusal?)))
        .filter(|(_, refusal)| refusal.rule == people::STEP_UP)
        .collect()
}

#[test]
fn what_asks_people_for_a_fresh_proof_takes_no_token_whatever_its_scope_names() {
    let house = house();
    let owner = house.person("olga", &[Role::SystemOwner]);
    let found = Found::make(&house, &owner);
    let now = house.organisation.now();
    let proven = |at| Proven::Before { credential: 7, at };
    let late = Actor {
        proven: proven(now - Span::minutes(16)),
        ..owner.clone()
    };
    let scope = DANGEROUS.iter().filter_map(|act| act.split(',').next());
    let program = Actor {
        authentication: Authentication::Token,
        proven: proven(now),
        scope: Some(scope.map(str::to_owned).collect()),
        ..owner.clone()
    };
    for (by, word) in [(&late, "not older than"), (&program, "not a token")] {
        let refused = refusals(&house, by, &found);
        let acts: Vec<&str> = refused.iter().map(|(act, _)| *act).collect();
        assert_eq!(acts, DANGEROUS, "{word}");
        for (act, refusal) in refused {
            assert_eq!(refusal.class, Class::Forbidden, "{act}");
            assert!(refusal.what.contains(word), "{act}: {refusal}");
        }
    }
    assets::connect(&house.organisation, &owner, found.asset, &Connection::Local, "").unwrap();
    house.assert_sound();
}
