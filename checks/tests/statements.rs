//! Every SQL statement of every room prepares against the schema that the migrations make.

use checks::{files, read, repository};
use rusqlite::Connection;

#[test]
fn every_statement_prepares() {
    let house = testkit::House::with(|_| tagout::registry());
    let connection = Connection::open(house.organisation.data().join("tagout.sqlite")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in files("rooms", &[".sql"])
        .into_iter()
        .chain(files("ground/storage", &[".sql"]))
    {
        if path.parent().is_some_and(|folder| folder.ends_with("sql")) {
            count += 1;
            let outcome = connection.prepare(&read(&path));
            wrong.extend(outcome.err().map(|error| format!("{}: {error}", path.display())));
        }
    }
    assert!(
        count > 100,
        "{count} statements were found below {}",
        repository().display()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn tables_hold_only_what_both_databases_store_alike() {
    let allowed = ["integer", "text", "blob"];
    let house = testkit::House::with(|_| tagout::registry());
    let connection = Connection::open(house.organisation.data().join("tagout.sqlite")).unwrap();
    let tables: Vec<String> = connection
        .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for table in tables {
        let mut statement = connection
            .prepare("select name, lower(type) from pragma_table_info($1)")
            .unwrap();
        let columns = statement.query_map([&table], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        });
        for column in columns.unwrap() {
            let (name, kind) = column.unwrap();
            assert!(allowed.contains(&kind.as_str()), "{table}.{name} is {kind}");
        }
    }
}
