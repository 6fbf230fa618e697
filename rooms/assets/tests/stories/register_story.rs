//! Registering, editing, retiring, and calling assets by name.

use assets::{AssetId, AssetName, Field};
use basis::{Class, Id, Role};

use crate::house::{actor, house, owner};

#[test]
fn an_asset_is_registered_edited_and_retired() {
    let house = house();
    let organisation = &house.organisation;
    let fields = [
        (Field::Kind, "server".to_owned()),
        (Field::Classification, "cui".to_owned()),
        (Field::Addresses, "10.0.0.1 web01.example.com".to_owned()),
        (Field::Exposure, "internet facing".to_owned()),
    ];
    let asset = assets::register(
        organisation,
        &owner(),
        AssetName::parse("web01").unwrap(),
        &fields,
    )
    .unwrap();
    assert_eq!(asset.id, AssetId::from_number(1));
    assert_eq!(asset.facts().exposure, policy::Exposure::InternetFacing);
    assert_eq!(asset.details.addresses, ["10.0.0.1", "web01.example.com"]);

    let edits = [
        (Field::Ring, "1".to_owned()),
        (Field::Criticality, "high".to_owned()),
    ];
    let edited = assets::edit(organisation, &owner(), asset.id, &edits).unwrap();
    assert_eq!(edited.details.ring, "1");
    let size = house.ledger_size();
    assets::edit(organisation, &owner(), asset.id, &edits).unwrap();
    assert_eq!(house.ledger_size(), size, "saying the same again records nothing");

    let retired = assets::retire(organisation, &owner(), asset.id, "scrapped").unwrap();
    assert!(!retired.is_in_use());
    let refusal =
        assets::edit(organisation, &owner(), asset.id, &[(Field::Ring, "2".to_owned())]).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    assert_eq!(house.names(), Vec::<String>::new());
    house.assert_rebuilds();
}

#[test]
fn a_hostname_belongs_to_one_asset_in_use_in_any_case_and_is_free_after_retirement() {
    let house = house();
    let organisation = &house.organisation;
    let first = house.register("Web01");
    let name = AssetName::parse("WEB01").unwrap();
    let refusal = assets::register(organisation, &owner(), name.clone(), &[]).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    assert_eq!(refusal.what, "the hostname `WEB01` belongs to AST-0001");
    let second = house.register("web02");
    let rename = [(Field::Name, "web01".to_owned())];
    assert_eq!(
        assets::edit(organisation, &owner(), second.id, &rename)
            .unwrap_err()
            .class,
        Class::Conflict
    );
    let rename = [(Field::Name, "web01".to_owned())];
    assert!(
        assets::edit(organisation, &owner(), first.id, &rename).is_ok(),
        "its own name in another case"
    );
    assets::retire(organisation, &owner(), first.id, "scrapped").unwrap();
    assert!(assets::register(organisation, &owner(), name, &[]).is_ok());
    house.assert_rebuilds();
}

#[test]
fn an_asset_is_called_by_its_name_or_its_id() {
    let house = house();
    let asset = house.register("web01");
    let resolved = |text: &str| {
        house
            .organisation
            .view(|view| assets::resolve(view, text))
            .unwrap()
    };
    for text in ["web01", "WEB01", "AST-0001"] {
        assert_eq!(resolved(text).unwrap().id, asset.id, "{text}");
    }
    assert_eq!(resolved("web02"), None);
    assert_eq!(resolved("AST-0002"), None);
}

#[test]
fn only_those_whom_the_policy_names_change_the_register() {
    let house = house();
    let asset = house.register("web01");
    for role in [Role::Auditor, Role::Technician, Role::Requester] {
        let name = AssetName::parse("web02").unwrap();
        let refusal = assets::register(&house.organisation, &actor(9, role), name, &[]).unwrap_err();
        assert_eq!(refusal.class, Class::Forbidden, "{role}");
        let refusal = assets::retire(&house.organisation, &actor(9, role), asset.id, "x").unwrap_err();
        assert_eq!(refusal.class, Class::Forbidden, "{role}");
    }
}

#[test]
fn a_wrong_value_names_its_field_and_what_it_takes() {
    let house = house();
    let fields = [(Field::Environment, "basement".to_owned())];
    let refusal = assets::register(
        &house.organisation,
        &owner(),
        AssetName::parse("web01").unwrap(),
        &fields,
    )
    .unwrap_err();
    assert_eq!(refusal.what, "`basement` cannot be the environment");
    assert_eq!(refusal.way_out, ["write one of production, staging, lab"]);
    assert_eq!(house.names(), Vec::<String>::new());
}

#[test]
fn a_run_notes_when_an_asset_was_patched() {
    let house = house();
    let asset = house.register("web01");
    let at = house.organisation.now();
    let mut tx = house.organisation.begin("tests.patch").unwrap();
    assets::note_patched(&mut tx, &storage::By::from(&owner()), asset.id, at).unwrap();
    tx.commit().unwrap();
    let found = house
        .organisation
        .view(|view| assets::find(view, asset.id))
        .unwrap()
        .unwrap();
    assert_eq!(found.last_patched_at, Some(at));
    house.assert_rebuilds();
}
