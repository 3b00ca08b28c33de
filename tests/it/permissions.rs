//! Every operation is asked by everybody, and answers or refuses as the one table of permissions says.

pub(crate) mod table;

use std::collections::BTreeSet;

use kale_domain::access::{Permission, Role};
use kale_testkit::{Answer, Client, Operation, TestApp, TestCompany, document, operations};
use serde_json::{Value, json};

use self::table::{Cell, Who, expected};

/// A cell of the matrix as it was answered.
struct Seen {
    operation: Operation,
    who: Who,
    answer: Answer,
}

/// Ids that nobody has: what is allowed ends as 404, so that nothing is changed.
fn harmless(operation: &Operation) -> String {
    let mut path = operation.path.clone();
    for (behind, name) in operation.path_parameters() {
        let prefix = match behind.as_str() {
            "api-keys" => "key_",
            "companies" => "cmp_",
            "customers" => "cus_",
            "jobs" => "job_",
            "offers" => "ofr_",
            "saved-views" => "viw_",
            "sessions" => "ses_",
            "sign-ins" => "sgn_",
            "secrets" => "vsc_",
            "uploads" => "upl_",
            "users" => "usr_",
            "workflows" => "wfl_",
            // Numbers, not ids.
            "versions" | "diff" => {
                path = path.replace(&format!("{{{name}}}"), "1");
                continue;
            }
            // A key that nobody has, in every catalogue.
            "reasons" | "templates" => "no_",
            _ => "",
        };
        path = path.replace(
            &format!("{{{name}}}"),
            &format!("{prefix}01h455vb4pex5vsknk084sn02q"),
        );
    }
    path
}

async fn ask(client: &Client, operation: &Operation, company: &TestCompany) -> Answer {
    // The one company that company people may read is their own.
    let path = if operation.id == "read_company" {
        format!("/api/v1/companies/{}", company.id)
    } else {
        harmless(operation)
    };
    let mut headers = Vec::new();
    if operation.if_match {
        headers.push(("if-match", "\"v1\""));
    }
    let media = operation.body.as_ref().map(|(media, _)| media.clone());
    if let Some(media) = &media {
        headers.push(("content-type", media.as_str()));
    }
    let body = if media.as_deref() == Some("application/json") {
        "{}"
    } else {
        ""
    };
    client.send(operation.method.clone(), &path, &headers, body).await
}

/// Everybody there is, as clients.
pub(crate) async fn everybody(app: &TestApp, company: &TestCompany) -> Vec<(Who, Client)> {
    let (outside, inside) = app.kale_admin(company).await;
    let mut all = vec![
        (Who::Nobody, app.stranger()),
        (
            Who::Person {
                role: Role::KaleAdmin,
                in_company: false,
            },
            outside,
        ),
        (
            Who::Person {
                role: Role::KaleAdmin,
                in_company: true,
            },
            inside,
        ),
        (
            Who::Person {
                role: Role::RetentionAdmin,
                in_company: true,
            },
            company.owner.clone(),
        ),
        (
            Who::Person {
                role: Role::RetentionExpert,
                in_company: true,
            },
            company.expert.clone(),
        ),
    ];
    let grantable: BTreeSet<Permission> = Permission::ALL
        .iter()
        .copied()
        .filter(|one| one.grantable_to_keys())
        .collect();
    for only in &grantable {
        let others: BTreeSet<Permission> = grantable.iter().copied().filter(|one| one != only).collect();
        for held in [BTreeSet::from([*only]), others] {
            let names: Vec<&str> = held.iter().map(|one| one.name()).collect();
            all.push((Who::Key(held.clone()), company.program_with(app, &names).await));
        }
    }
    all
}

/// Whether a key with these permissions is one to ask with where this one is needed: the key with its permission alone, the key
/// with every other one; two keys where it needs none that keys hold.
pub(crate) fn is_asked(needed: Option<Permission>, who: &Who) -> bool {
    let Who::Key(held) = who else { return true };
    let needed = needed.filter(|one| one.grantable_to_keys());
    held.contains(&needed.unwrap_or(Permission::ReadCompany)) == (held.len() == 1)
}

/// The permission that an operation names, unless it names a word for all or for everybody signed in.
fn permission(operation: &Operation) -> Option<Permission> {
    let named = operation.permission.as_deref();
    Permission::ALL
        .iter()
        .copied()
        .find(|one| named == Some(one.name()))
}

async fn matrix(wanted: impl Fn(&Operation) -> bool) -> Vec<Seen> {
    let app = TestApp::shared();
    let asked: Vec<Operation> = operations(document()).into_iter().filter(wanted).collect();
    // Whoever signs out is nobody from then on, so that each way of it has people of its own.
    let (leaving, staying): (Vec<_>, Vec<_>) = asked.into_iter().partition(|operation| {
        ["sign_out", "end_all_sign_ins", "leave_company_for_good"].contains(&operation.id.as_str())
    });
    let mut seen = Vec::new();
    ask_all(&app, &staying, &mut seen, |_| true).await;
    // A Kale admin is there twice, in a company and in none, and is out of both at once.
    let outside = |who: &Who| {
        matches!(
            who,
            Who::Person {
                in_company: false,
                ..
            }
        )
    };
    for operation in &leaving {
        let alone = std::slice::from_ref(operation);
        ask_all(&app, alone, &mut seen, |who| !outside(who)).await;
        ask_all(&app, alone, &mut seen, outside).await;
    }
    app.stop().await;
    seen
}

async fn ask_all(app: &TestApp, asked: &[Operation], seen: &mut Vec<Seen>, wanted: impl Fn(&Who) -> bool) {
    if asked.is_empty() {
        return;
    }
    let company = app.company("Globex").await;
    let everybody = everybody(app, &company).await;
    for operation in asked {
        for (who, client) in everybody
            .iter()
            .filter(|(who, _)| wanted(who) && is_asked(permission(operation), who))
        {
            let answer = ask(client, operation, &company).await;
            seen.push(Seen {
                operation: operation.clone(),
                who: who.clone(),
                answer,
            });
        }
    }
}

/// The cells that differ from a table.
fn disagreements(seen: &[Seen], table: impl Fn(&Operation, &Who) -> Cell) -> Vec<String> {
    let mut wrong = Vec::new();
    for Seen {
        operation,
        who,
        answer,
    } in seen
    {
        let expected = table(operation, who);
        let agrees = match &expected {
            Cell::Allowed => !matches!(answer.code(), 401 | 403),
            Cell::Unauthenticated => answer.code() == 401 && answer.problem() == "unauthenticated",
            Cell::Lacks(permission) => {
                answer.code() == 403
                    && answer.problem() == "forbidden"
                    && answer.text().contains(permission.name())
            }
            Cell::Refused(code) => answer.code() == 403 && answer.problem() == *code,
        };
        if !agrees {
            wrong.push(format!(
                "{} × {who:?}: {expected:?}, but {} {}",
                operation.name(),
                answer.code(),
                answer.text()
            ));
        }
    }
    wrong
}

#[actix_web::test]
async fn every_operation_answers_and_refuses_as_the_table_says() {
    let nameless: Vec<String> = operations(document())
        .iter()
        .filter(|one| {
            !one.permission
                .as_deref()
                .is_some_and(kale_web::permission::is_declaration)
        })
        .map(Operation::name)
        .collect();
    assert_eq!(
        nameless,
        Vec::<String>::new(),
        "these operations name no permission"
    );

    let seen = matrix(|_| true).await;

    assert_eq!(disagreements(&seen, expected), Vec::<String>::new());
    let refused = seen
        .iter()
        .filter(|one| matches!(one.answer.code(), 401 | 403))
        .count();
    assert!(
        seen.len() >= 430 && refused >= 150,
        "{} cells, {refused} refused",
        seen.len()
    );
}

#[actix_web::test]
async fn a_wrong_table_is_seen_cell_by_cell() {
    let seen = matrix(|one| one.permission.as_deref() == Some("customers.write")).await;
    assert_eq!(disagreements(&seen, expected), Vec::<String>::new());

    let operations = seen.iter().filter(|one| one.who == Who::Nobody).count();
    let too_kind = |operation: &Operation, who: &Who| match who {
        Who::Person {
            role: Role::RetentionExpert,
            ..
        } => Cell::Allowed,
        _ => expected(operation, who),
    };
    let too_strict = |operation: &Operation, who: &Who| match who {
        Who::Person {
            role: Role::RetentionAdmin,
            ..
        } => Cell::Lacks(Permission::WriteCustomers),
        _ => expected(operation, who),
    };
    let other_name = |operation: &Operation, who: &Who| match expected(operation, who) {
        Cell::Lacks(_) if matches!(who, Who::Key(_)) => Cell::Lacks(Permission::ReadJobs),
        cell => cell,
    };
    for (wrong, count) in [
        (disagreements(&seen, too_kind), operations),
        (disagreements(&seen, too_strict), operations),
        (disagreements(&seen, other_name), operations),
    ] {
        assert_eq!(wrong.len(), count, "{wrong:#?}");
    }
}

#[actix_web::test]
async fn nobody_gives_a_key_more_than_a_key_may_hold() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for permission in Permission::ALL.iter().filter(|one| !one.grantable_to_keys()) {
        let wish = json!({ "name": "Too much", "permissions": [permission.name()] });
        let refused = company.owner.post("/api-keys", &wish).await.expect(422);
        assert_eq!(
            refused.json()["errors"][0]["code"],
            "not-grantable",
            "{permission:?}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_list_of_permissions_is_the_table() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;

    let listed = company.expert.get("/permissions").await.expect(200).json();

    let table: Vec<Value> = Permission::ALL
        .iter()
        .map(|one| json!({ "name": one.name(), "roles": one.roles(), "grantable_to_keys": one.grantable_to_keys() }))
        .collect();
    assert_eq!(listed["data"], Value::from(table));
    app.stop().await;
}
