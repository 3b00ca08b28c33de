//! `POST /customers/experts/assign`: who looks after many customers.

use actix_web::{HttpResponse, web::Data};
use kale_application::customers::{CustomerError, Customers, Selection, Sharing};
use kale_domain::id::UserId;
use kale_web::{Problem, permission::AssignExperts};

use super::{address::Address, bulk::ids};
use crate::{
    frame::{Form, Here},
    view::{format, parts::Tone},
    words::sentence,
};

/// Puts the selection into the hands of those who are ticked.
#[tracing::instrument(name = "dashboard.customers.assign_experts", skip_all)]
pub(super) async fn assign(
    here: Here<AssignExperts>,
    customers: Data<Customers>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let list = Address::read(form.get("query"));
    let selection = if form.get("scope") == "filter" {
        let found = customers
            .prepare(here.reach(), here.company()?, &list.request()?)
            .await?;
        Selection::List(Box::new(found))
    } else {
        Selection::Ids(ids(&form)?)
    };
    if matches!(&selection, Selection::Ids(ids) if ids.is_empty()) {
        let said = "Select the customers first.";
        return Ok(here.frame.see_other_saying(list.first().href(), said, Tone::Sun));
    }
    let back = list.first().href();
    let experts = chosen(&form)?;
    let sharing = match form.get("by") {
        "round_robin" => Sharing::RoundRobin,
        "load" => Sharing::Load,
        // Nothing is divided that nobody said.
        _ => Sharing::Together,
    };
    let assigned = customers
        .assign_experts(here.reach(), here.caller(), selection, &experts, sharing)
        .await;
    let (said, tone) = match assigned {
        Ok(assigned) => (said(assigned, experts.len()), Tone::Leaf),
        Err(CustomerError::Invalid(wrong)) => {
            let why: Vec<String> = wrong.iter().map(|one| sentence(&one.message)).collect();
            (format!("Nobody changed hands. {}", why.join(" ")), Tone::Sun)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(here.frame.see_other_saying(back, said, tone))
}

/// Those who are ticked.
pub(super) fn chosen(form: &Form) -> Result<Vec<UserId>, Problem> {
    let ids = form.all("expert").map(str::parse);
    ids.collect::<Result<_, _>>()
        .map_err(|_names_nobody| Problem::not_found())
}

fn said(assigned: u64, experts: usize) -> String {
    let customers = format::count(assigned, "customer", "customers");
    match experts {
        0 => format!("Nobody looks after {customers} any more."),
        _ => format!("{customers} changed hands."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_ticked_is_an_id_of_somebody() {
        let form = |id: &str| Form::of(vec![("expert".to_owned(), id.to_owned())]);
        assert_eq!(chosen(&form("usr_01h455vb4pex5vsknk084sn02q")).unwrap().len(), 1);
        let nobody = chosen(&form("cus_01h455vb4pex5vsknk084sn02q")).unwrap_err();
        assert_eq!(nobody.code(), "not-found");
    }

    #[test]
    fn what_was_done_is_said_in_words() {
        assert_eq!(said(1, 2), "1 customer changed hands.");
        assert_eq!(said(12, 0), "Nobody looks after 12 customers any more.");
    }
}
