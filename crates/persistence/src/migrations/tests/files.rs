//! What a file may say, and that the binary has them all.

use std::{collections::BTreeSet, fs, path::Path};

use super::*;

#[test]
fn the_binary_has_every_file_of_the_folder_and_no_number_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            entry
                .unwrap()
                .file_name()
                .into_string()
                .unwrap()
                .strip_suffix(".json")
                .map(str::to_owned)
        })
        .collect();
    files.sort_unstable();

    let embedded: Vec<&str> = embedded::FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(embedded, files);
    for (number, name) in (1..).zip(embedded) {
        assert!(
            name.starts_with(&format!("{number:04}_")),
            "{name} should be number {number}"
        );
    }
}

#[test]
fn every_index_has_a_name_of_its_own_and_a_unique_one_begins_with_the_collections_key() {
    let indexes = embedded_indexes();
    assert!(!indexes.is_empty());

    let mut seen = BTreeSet::new();
    for (collection, index) in indexes {
        let name = index.get_str("name").unwrap().to_owned();
        let first = index.get_document("key").unwrap().keys().next().unwrap().clone();
        if index.get_bool("unique").unwrap_or(false) {
            assert!(
                first == "_id" || first == "company_id",
                "{collection}.{name} begins with {first}"
            );
        }
        assert!(
            seen.insert((collection.clone(), name.clone())),
            "{collection}.{name} stands there twice"
        );
    }
}

#[test]
fn an_embedded_checksum_is_that_of_the_file() {
    let migration = Migration::read(1, FIRST.0, "{ \"description\": \"\", \"commands\": [] }").unwrap();

    // `printf '{ "description": "", "commands": [] }' | sha256sum`
    assert_eq!(
        migration.checksum,
        "4b84184f7111f556b3a7786c908598124503bbcdfb51526d6e90d7b6431f225b"
    );
}

#[test]
fn a_command_that_can_not_run_twice_is_refused() {
    let error =
        Migrations::read(&[("0001_x", r#"{"description":"","commands":[{"insert":"boxes"}]}"#)]).unwrap_err();

    assert_eq!(
        error.to_string(),
        "migration 0001_x can't be read: command 1 is \"insert\"; allowed are create, createIndexes, collMod, \
         dropIndexes, update"
    );
}

#[test]
fn a_file_with_a_misspelt_field_or_a_wrong_number_is_refused() {
    for (name, text) in [
        ("0001_x", r#"{"description":"","comands":[]}"#),
        ("0002_x", FIRST.1),
    ] {
        assert!(
            matches!(
                Migrations::read(&[(name, text)]),
                Err(MigrationError::Malformed { .. })
            ),
            "{name} {text}"
        );
    }
}
