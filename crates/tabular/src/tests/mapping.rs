//! Suggested and confirmed mappings.

use std::fmt::Write as _;

use kale_domain::attribute::AttributeDefinition;

use super::*;
use crate::suggest;

fn known(name: &str, kind: AttributeType) -> AttributeDefinition {
    AttributeDefinition {
        key: key(name),
        label: name.to_owned(),
        kind,
    }
}

/// Header → target of the suggestion for a file.
async fn suggested(file: &str, existing: &[AttributeDefinition]) -> (Vec<(String, String)>, bool) {
    let profile = profile_of(file.as_bytes()).await.unwrap();
    let mapping = suggest(&profile, existing, Currency::USD);
    let plan = check_mapping(&mapping, &profile, existing);
    assert!(plan.is_ok(), "a suggestion has to pass its own check: {plan:?}");
    let columns = profile.columns.iter().map(|column| {
        (
            column.header.clone(),
            String::from(mapping.columns[&column.header].to.clone()),
        )
    });
    (columns.collect(), mapping.row_number_as.is_some())
}

async fn targets(file: &str, existing: &[AttributeDefinition]) -> Vec<String> {
    suggested(file, existing)
        .await
        .0
        .into_iter()
        .map(|(_, target)| target)
        .collect()
}

#[tokio::test]
async fn well_known_headers_go_where_they_belong() {
    let file = "Customer ID,Company,E-Mail,Domain,Plan,MRR,Tier,Stripe Customer ID,Zendesk ID,Gender,Seats\n\
                7,Ada,a@b.de,b.de,Pro,49.00,Gold,cus_1,z1,f,3\n\
                8,Bob,c@d.de,d.de,Pro,59.00,Gold,cus_2,z2,m,4\n";

    assert_eq!(
        targets(file, &[]).await,
        [
            "external_id",
            "name",
            "email",
            "domain",
            "plan",
            "amount",
            "tier",
            "billing_id",
            "ticketing_id",
            "ignore",
            "attributes.seats"
        ]
    );
}

#[tokio::test]
async fn a_key_that_is_not_unique_or_has_gaps_is_an_attribute() {
    for file in ["id,x\n1,a\n1,b\n", "id,x\n1,a\n,b\n"] {
        let (columns, row_number_is_key) = suggested(file, &[]).await;
        assert_eq!(columns[0].1, "attributes.id");
        assert!(row_number_is_key);
    }
}

#[tokio::test]
async fn row_numbers_are_no_key_where_they_could_change_strangers() {
    let profile = profile_of(b"name,seats\nAda,1\nBob,2\n".as_slice())
        .await
        .unwrap();
    let suggested = |existing: &[AttributeDefinition]| suggest(&profile, existing, Currency::USD);

    assert_eq!(suggested(&[]).row_number_as, Some(RowNumberAs::ExternalId));

    let later = [known("seats", AttributeType::Integer)];
    let mapping = suggested(&later);
    assert_eq!(mapping.row_number_as, None);
    let wrong = check_mapping(&mapping, &profile, &later).unwrap_err();
    assert_eq!(wrong.len(), 1, "the key is asked for: {wrong:?}");
}

#[tokio::test]
async fn a_key_is_known_by_its_name_in_other_languages() {
    for header in ["Kundennummer", "Numéro client", "ID cliente"] {
        let file = format!("{header},Größe\nK1,3\nK2,4\n");
        let (columns, _) = suggested(&file, &[]).await;
        assert_eq!(columns[0].1, "external_id", "{header}");
        assert_eq!(columns[1].1, "attributes.grosse");
    }
}

#[tokio::test]
async fn a_few_broken_rows_do_not_change_what_a_column_means() {
    let mut file = "customer_id,email,mrr,seats\n".to_owned();
    for n in 0..40 {
        let id = if n == 3 {
            String::new()
        } else {
            format!("c-{}", n.max(2))
        };
        let mrr = if n == 7 { "free" } else { "49.90" };
        let email = if n == 1 {
            "nobody".to_owned()
        } else {
            format!("a{n}@b.example")
        };
        let seats = if n % 10 == 0 { "many" } else { "3" };
        writeln!(file, "{id},{email},{mrr},{seats}").unwrap();
    }

    let (columns, row_number_is_key) = suggested(&file, &[]).await;

    let targets: Vec<&str> = columns.iter().map(|(_, target)| target.as_str()).collect();
    assert_eq!(targets, ["external_id", "email", "amount", "attributes.seats"]);
    assert!(!row_number_is_key);
}

#[tokio::test]
async fn what_only_sounds_like_a_target_is_an_attribute() {
    assert_eq!(
        targets("email,amount,monthly_charges\nnone,many,3.5\n", &[]).await,
        [
            "attributes.email",
            "attributes.amount",
            "attributes.monthly_charges"
        ]
    );
}

#[tokio::test]
async fn headers_that_give_one_name_are_numbered() {
    assert_eq!(
        targets("Total (USD),total usd,TOTAL-USD,日本\n1,2,3,4\n", &[]).await,
        [
            "attributes.total_usd",
            "attributes.total_usd_2",
            "attributes.total_usd_3",
            "attributes.column_4"
        ]
    );
}

#[tokio::test]
async fn an_attribute_the_company_has_keeps_its_type() {
    let profile = profile_of(b"seats,fee\n1,2\n2,3\n").await.unwrap();
    let existing = [
        known("seats", AttributeType::Number),
        known("fee", AttributeType::Money),
    ];
    let mapping = suggest(&profile, &existing, Currency::USD);

    assert_eq!(mapping.columns["seats"].kind, Some(AttributeType::Number));
    assert_eq!(mapping.columns["fee"], money("attributes.fee"));
}

#[tokio::test]
async fn all_errors_of_a_mapping_come_at_once_with_their_places() {
    let profile = profile_of(b"a/b,c,d,e,f,g,h\n1,2,3,4,5,6,7\n").await.unwrap();
    let existing = [known("old", AttributeType::Number)];
    let mut mapping = mapping([
        ("a/b", column("attributes.old", Some(AttributeType::Text))),
        ("c", column("name", Some(AttributeType::Integer))),
        ("d", column("name", None)),
        ("e", column("attributes.e", Some(AttributeType::Money))),
        ("f", dated("attributes.f", "yy/mm/dd")),
        ("g", column("attributes.g", None)),
        (
            "h",
            ColumnMapping {
                currency: Some(Currency::USD),
                ..column("tier", None)
            },
        ),
        ("nope", column("plan", None)),
    ]);
    mapping.row_number_as = None;
    let errors = check_mapping(&mapping, &profile, &existing).unwrap_err();
    let places: Vec<(&str, &str)> = errors
        .iter()
        .map(|error| (error.pointer.as_str(), error.code.as_ref()))
        .collect();

    assert_eq!(
        places,
        [
            ("#/columns/a~1b/type", "attribute-type-conflict"),
            ("#/columns/c/type", "wrong-type"),
            ("#/columns/d/to", "target-twice"),
            ("#/columns/e/currency", "currency-missing"),
            ("#/columns/f/format", "unknown-format"),
            ("#/columns/g/type", "type-missing"),
            ("#/columns/h/currency", "currency-not-allowed"),
            ("#/columns/nope", "unknown-column"),
            ("#/columns", "key-missing"),
        ]
    );
    assert_eq!(
        errors[0].message,
        "the attribute old holds number since an earlier import and can't hold text; read the column as number, or choose another name"
    );
}

#[tokio::test]
async fn a_row_has_one_key_only() {
    let profile = profile_of(b"id\n1\n").await.unwrap();
    let mut mapping = mapping([("id", column("external_id", None))]);
    mapping.row_number_as = Some(RowNumberAs::ExternalId);
    let errors = check_mapping(&mapping, &profile, &[]).unwrap_err();

    assert_eq!(errors.len(), 1);
    assert_eq!(
        (errors[0].pointer.as_str(), errors[0].code.as_ref()),
        ("#/row_number_as", "key-twice")
    );
}

#[tokio::test]
async fn the_template_is_understood_as_it_is() {
    let template = crate::template(kale_domain::upload::UploadKind::CustomerData);
    let profile = profile_of(template.as_bytes()).await.unwrap();
    let mapping = suggest(&profile, &[], Currency::USD);

    assert_eq!(profile.rows, 2);
    let targets: Vec<String> = profile
        .columns
        .iter()
        .take(7)
        .map(|c| String::from(mapping.columns[&c.header].to.clone()))
        .collect();
    assert_eq!(
        targets,
        ["external_id", "name", "email", "domain", "plan", "amount", "tier"]
    );
    assert_eq!(rows(template.as_bytes(), &mapping).await.len(), 2);
}
