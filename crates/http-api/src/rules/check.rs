//! `POST /rules/check`

use std::collections::BTreeSet;

use actix_web::{post, web::Data, web::Json as Answer};
use kale_application::personas::{PersonaError, Personas};
use kale_web::{Allowed, Json, NoQuery, Problem, Required, permission::ManagePersonas};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A rule to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleCheck)]
pub(super) struct Body {
    /// The rule.
    #[schema(value_type = Object)]
    rule: Value,
}

/// A rule that can be used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedRule)]
pub(super) struct View {
    /// Always true: a rule that can't be used is answered with 422.
    valid: bool,
    /// What it says.
    #[schema(example = "contract is Month-to-month and tenure is less than 6")]
    sentence: String,
    /// What it needs that nobody has a value of yet.
    waiting_for: BTreeSet<String>,
}

/// Errors of a rule as errors of the body that holds it.
fn in_body(error: PersonaError) -> Problem {
    match error {
        PersonaError::Invalid(mut wrong) => {
            for error in &mut wrong {
                error.pointer = format!(
                    "#/rule{}",
                    error.pointer.strip_prefix('#').unwrap_or(&error.pointer)
                );
            }
            Problem::validation(wrong)
        }
        other => other.into(),
    }
}

/// Reads and checks a rule against the company's customers: its sentence and what it waits for.
///
/// Pointers of errors lead into the rule: `#/rule/all/1/op`. For those who may save one: a rule that compares with a
/// percentile tells something about all customers of the company.
#[utoipa::path(
    operation_id = "check_rule",
    tag = "Personas",
    request_body(content = Body, example = json!({"rule": {"all": [
    {"attribute": "contract", "op": "eq", "value": "Month-to-month"},
    {"attribute": "tenure", "op": "lt", "value": 6}
]}})),
    responses((status = 200, description = "It can be used.", body = View, example = json!({
        "valid": true, "sentence": "contract is Month-to-month and tenure is less than 6", "waiting_for": []
    }))),
    extensions(("x-permission" = json!(ManagePersonas::NAME))),
)]
#[post("/rules/check")]
#[tracing::instrument(name = "api.rules.check", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManagePersonas>,
    personas: Data<Personas>,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<Answer<View>, Problem> {
    let checked = personas
        .check_rule(allowed.reach(), allowed.company()?, &body.rule)
        .await;
    let (sentence, waiting_for) = checked.map_err(in_body)?;
    Ok(Answer(View {
        valid: true,
        sentence,
        waiting_for,
    }))
}

#[cfg(test)]
mod tests {
    use kale_domain::error::FieldError;

    use super::*;

    #[test]
    fn a_mistake_is_told_with_its_place_in_the_body() {
        let wrong = ["#", "#/all/1/op"]
            .map(|pointer| FieldError::new(pointer, "x", "y"))
            .to_vec();

        let problem = in_body(PersonaError::Invalid(wrong));

        let pointers: Vec<&str> = problem
            .fields()
            .iter()
            .map(|error| error.pointer.as_str())
            .collect();
        assert_eq!(pointers, ["#/rule", "#/rule/all/1/op"]);
    }
}
