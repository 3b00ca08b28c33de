//! `GET /customers`

use actix_web::{HttpRequest, get, web::Data, web::Json};
use kale_application::{customers::Customers, personas::Personas};
use kale_web::{Allowed, Count, Cursors, Page, Problem, Required, permission::ReadCustomers};
use serde_json::Value;

use crate::openapi::params::{FieldsParam, PageParams};

use super::{
    list_query,
    view::{CustomerView, PersonaNames, example},
};

/// Lists customers: found by words, filtered by the words of rules, sorted, page by page.
///
/// A filter is `filter[name]=value` or `filter[name][op]=value`; all have to hold. Names are `persona` (keys, or
/// `unassigned`), `expert` (ids of users, or `nobody`), `tag`, metrics (`mrr`), fields (`lifecycle`, `tier`, `locale`, `name`, `email`, `domain`,
/// `external_id`) and `attributes.<name>`; operators are those of rules. Amounts are minor units of the company's
/// currency. Several values are separated by commas. A retention expert sees the customers assigned to them. While
/// customers are being made sortable by an attribute, sorting by it is 409 `wrong-state`.
#[utoipa::path(
    operation_id = "list_customers",
    tag = "Customers",
    params(
        PageParams,
        FieldsParam,
        ("sort" = Option<String>, Query,
            description = "`name`, `created_at`, `mrr`, `persona` or a sortable attribute; `-` for the largest first.", example = "-mrr"),
        ("include" = Option<String>, Query, pattern = "^count$", description = "`count` counts the customers on \
            all pages: all of them where nothing is filtered or the company has at most 10,000, else up to 1,000."),
        ("q" = Option<String>, Query,
            description = "Words, each the beginning of a word of name, e-mail, domain or external id."),
        ("filter[persona]" = Option<String>, Query, min_length = 1, description = "Keys of personas, or `unassigned`.",
            example = "early_monthly,unassigned"),
        ("filter[mrr][gte]" = Option<String>, Query, pattern = "^[0-9]{1,12}$",
            description = "One of the many: any name with any operator of rules.", example = "1000"),
    ),
    responses((status = 200, description = "A page.", body = Page<CustomerView>,
        example = json!({"data": [example()], "page": {"next_cursor": null, "has_more": false}}))),
    extensions(("x-permission" = json!(ReadCustomers::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[get("/customers")]
#[tracing::instrument(name = "api.customers.list", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<Json<Page<Value>>, Problem> {
    let query = list_query::read(request.query_string())?;
    let after = cursors.decode(&query.page)?;
    let list = customers
        .prepare(allowed.reach(), allowed.company()?, &query.request)
        .await?;
    let (limit, count) = (usize::from(query.page.limit), query.page.includes("count"));
    let page = customers
        .page(allowed.reach(), &list, after.as_ref(), limit, count)
        .await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    let next = page
        .next
        .map(|next| cursors.encode(&query.page, &next))
        .transpose()?;
    let views = page
        .customers
        .into_iter()
        .map(|customer| CustomerView::new(customer, &names))
        .collect();
    let count = page.count.map(|tally| Count {
        value: tally.value,
        capped: tally.capped,
    });
    Page::new(views, next)
        .count(count)
        .project(&query.page.fields)
        .map(Json)
}
