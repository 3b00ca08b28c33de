//! The callers that handlers take as parameters.

use std::{marker::PhantomData, sync::Arc};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::{
    Installation, Reach, Tenant,
    access::{Caller, Presence, Who},
};
use kale_domain::{access::Permission, company::Company};

use super::gate::Gate;
use crate::{Problem, permission::Required};

/// Anybody who is signed in, or a program with a key.
#[derive(Debug, Clone)]
pub struct Authenticated(
    /// Who.
    pub Caller,
);

/// A person who is signed in; programs are refused.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who, as every caller.
    pub caller: Caller,
    /// Who, with their sign-in.
    pub presence: Arc<Presence>,
}

/// [`Authenticated`], also where they impersonate somebody and so change nothing: for going out, and for seeing one's own again.
#[derive(Debug, Clone)]
pub struct Leaving(
    /// Who.
    pub Caller,
);

/// Whoever looks at what is for everybody: the caller, where somebody is signed in.
#[derive(Debug, Clone)]
pub struct Visitor(
    /// Who.
    pub Option<Caller>,
);

/// A caller who has the permission that `P` stands for, in a company.
#[derive(Debug, Clone)]
pub struct Allowed<P> {
    /// Who.
    pub caller: Caller,
    reach: Reach,
    permission: PhantomData<fn() -> P>,
}

impl<P> Allowed<P> {
    /// The company's data.
    #[must_use]
    pub const fn tenant(&self) -> Tenant {
        self.reach.tenant()
    }

    /// The customers they may see.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// The company they work in, for its zone and currency.
    pub fn company(&self) -> Result<&Company, Problem> {
        self.caller.company().ok_or_else(Problem::choose_a_company)
    }
}

/// A Kale admin, whether they are in a company or not.
#[derive(Debug, Clone)]
pub struct InstallationAdmin {
    /// Who.
    pub caller: Caller,
    /// What belongs to no company.
    pub installation: Installation,
}

/// What came of looking for the caller of this request: kept, so that however many ask, one looks.
#[derive(Debug, Clone)]
pub(super) struct Known(pub(super) Result<Caller, Problem>);

async fn known(request: &HttpRequest) -> Result<Caller, Problem> {
    let known = request.extensions().get::<Known>().cloned();
    if let Some(Known(outcome)) = known {
        return outcome;
    }
    let outcome = find(request).await;
    request.extensions_mut().insert(Known(outcome.clone()));
    outcome
}

/// The caller of a route that needs one. Only here a stranger is counted: what is for everybody (pages of a flow, assets,
/// health) costs them nothing.
async fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    match known(request).await {
        Err(refusal) if refusal.code() == "unauthenticated" => {
            Err(gate(request)?.limits().refused(request, refusal))
        }
        outcome => outcome,
    }
}

/// The same, who looks where they impersonate somebody, and changes nothing.
async fn acting(request: &HttpRequest) -> Result<Caller, Problem> {
    let caller = caller(request).await?;
    if caller.impersonated_by().is_some() && !request.method().is_safe() {
        return Err(Problem::of("impersonating"));
    }
    Ok(caller)
}

/// Looks for the caller.
pub(super) async fn find(request: &HttpRequest) -> Result<Caller, Problem> {
    let caller = gate(request)?.caller(request).await?;
    caller.ok_or_else(Problem::unauthenticated)
}

/// What stands before every route.
pub(super) fn gate(request: &HttpRequest) -> Result<&Data<Gate>, Problem> {
    request.app_data().ok_or_else(|| {
        tracing::error!("a route wants a caller, and no gate is configured");
        Problem::of("internal")
    })
}

/// The rule of [`Allowed`]: the permission first, so that nobody learns of companies they could not use.
pub(super) fn judge<R>(may: bool, permission: Permission, reach: Option<R>) -> Result<R, Problem> {
    if !may {
        return Err(Problem::forbidden(permission));
    }
    reach.ok_or_else(Problem::choose_a_company)
}

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { acting(&request).await.map(Self) }.boxed_local()
    }
}

impl FromRequest for Person {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let caller = acting(&request).await?;
            match &caller.who {
                Who::Person(presence) => Ok(Self {
                    presence: Arc::clone(presence),
                    caller,
                }),
                Who::Program(_) => Err(Problem::people_only()),
            }
        }
        .boxed_local()
    }
}

impl FromRequest for Leaving {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { caller(&request).await.map(Self) }.boxed_local()
    }
}

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { Ok(Self(known(&request).await.ok())) }.boxed_local()
    }
}

impl<P: Required> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let caller = acting(&request).await?;
            let reach = judge(caller.may(P::PERMISSION), P::PERMISSION, caller.reach())?;
            Ok(Self {
                caller,
                reach,
                permission: PhantomData,
            })
        }
        .boxed_local()
    }
}

impl FromRequest for InstallationAdmin {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let caller = acting(&request).await?;
            let needed = Permission::ManageInstallation;
            let installation = caller.installation().filter(|_| caller.may(needed));
            let installation = installation.ok_or_else(|| Problem::forbidden(needed))?;
            Ok(Self { caller, installation })
        }
        .boxed_local()
    }
}
