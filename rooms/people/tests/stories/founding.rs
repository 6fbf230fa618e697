//! What is refused of a founding before anything is made for it.

use basis::{Class, Role};
use people::{Founding, Handle, check_founding};

fn founding(name: &str, person: &str, roles: &[Role]) -> Founding {
    Founding {
        name: name.to_owned(),
        handle: Handle::parse("anna").unwrap(),
        person: person.to_owned(),
        roles: roles.iter().copied().collect(),
        policy: policy::DEFAULT_POLICY.to_owned(),
    }
}

#[test]
fn a_founding_is_judged_without_an_organisation() {
    let administrator = [Role::Administrator];
    assert_eq!(check_founding(&founding("Works", "Anna", &administrator)), Ok(()));
    for (wrong, part) in [
        (founding("", "Anna", &administrator), "--organisation"),
        (founding(" ", "Anna", &administrator), "--organisation"),
        (founding("Works", "a\nb", &administrator), "--name"),
        (founding("Works", "Anna", &[Role::Technician]), "administrator"),
    ] {
        let refusal = check_founding(&wrong).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid);
        assert!(refusal.to_string().contains(part), "{refusal}");
    }
}
