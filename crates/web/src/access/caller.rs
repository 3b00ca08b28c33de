//! The callers that handlers take as parameters.

use std::marker::PhantomData;

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, web::Data};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::{Installation, Reach, Tenant, access::Caller};
use kale_domain::{access::Permission, company::Company};

use super::gate::Gate;
use crate::{Problem, permission::Required};

/// Anybody who is signed in, or a program with a key.
#[derive(Debug, Clone)]
pub struct Authenticated(
    /// Who.
    pub Caller,
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

/// The caller; found once a request, however many extractors ask.
async fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    if let Some(known) = request.extensions().get::<Caller>() {
        return Ok(known.clone());
    }
    let Some(gate) = request.app_data::<Data<Gate>>() else {
        tracing::error!("a route wants a caller, and no gate is configured");
        return Err(Problem::of("internal"));
    };
    let found = gate.caller(request).await?.ok_or_else(Problem::unauthenticated)?;
    request.extensions_mut().insert(found.clone());
    Ok(found)
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
        async move { caller(&request).await.map(Self) }.boxed_local()
    }
}

impl<P: Required> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let caller = caller(&request).await?;
            let reach = judge(caller.may(P::PERMISSION), P::PERMISSION, caller.reach())?;
            Ok(Self { caller, reach, permission: PhantomData })
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
            let caller = caller(&request).await?;
            let needed = Permission::ManageInstallation;
            let installation = caller.installation().filter(|_| caller.may(needed));
            let installation = installation.ok_or_else(|| Problem::forbidden(needed))?;
            Ok(Self { caller, installation })
        }
        .boxed_local()
    }
}
