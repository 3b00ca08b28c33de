//! What the dashboard stands on.

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};
use kale_application::{
    access::SignIns,
    api_keys::ApiKeys,
    audit::AuditLog,
    companies::Companies,
    customers::Customers,
    identity::ProviderSignIns,
    installation::Setup,
    live::Live,
    mail::KeptMails,
    measures::Measures,
    offers::Offers,
    personas::Personas,
    reasons::Reasons,
    saved_views::SavedViews,
    sessions::{Seen, Sessions},
    team::Team,
    uploads::Uploads,
    viewer::{Viewer, ViewerSettings},
    work::Work,
    workflows::Workflows,
};
use kale_domain::clock::Clock;
use kale_web::{Drain, Problem};

/// What the dashboard stands on: every use case, so that leaving one out does not compile. All are cheap to clone.
///
/// The extractors stand on [`kale_web::Deps`], which the application installs beside.
#[derive(Debug, Clone)]
pub struct Deps {
    /// The time, for `6 min ago`.
    pub clock: Arc<dyn Clock>,
    /// How people come in.
    pub door: Door,
    /// Mails that are kept for a developer, where they are.
    pub kept: Option<KeptMails>,
    /// Signing in and out.
    pub sign_ins: SignIns,
    /// Making the first Kale admin.
    pub setup: Setup,
    /// Signing in through a company's own sign-in, where there is a provider for it.
    pub provider: Provider,
    /// Inviting people and joining.
    pub team: Team,
    /// Keys of programs.
    pub api_keys: ApiKeys,
    /// The audit log.
    pub audit: AuditLog,
    /// Companies and their people.
    pub companies: Companies,
    /// Customers.
    pub customers: Customers,
    /// Personas and their rules.
    pub personas: Personas,
    /// What subscribers walk through.
    pub workflows: Workflows,
    /// What subscribers walked.
    pub sessions: Sessions,
    /// What became of them.
    pub measures: Measures,
    /// How subscribers see it, and who lets them in.
    pub viewer: Viewer,
    /// Why subscribers leave.
    pub reasons: Reasons,
    /// What they are offered.
    pub offers: Offers,
    /// Draws the page of a card that nobody walks.
    pub picture: Picture,
    /// Kept views of the customer list.
    pub saved_views: SavedViews,
    /// Files that people give us.
    pub uploads: Uploads,
    /// Background work.
    pub work: Work,
    /// What changes, as it changes.
    pub live: Live,
    /// Whether this process goes away: then live streams end.
    pub drain: Drain,
}

/// Draws the page of a card as a subscriber of that company sees it. Who installs the dashboard hands in the viewer's
/// own, since the dashboard does not stand on the viewer.
#[derive(Debug, Clone, Copy)]
pub struct Picture(pub fn(&str, &ViewerSettings, &Seen) -> Result<HttpResponse, Problem>);

/// Who says who people are, where this installation does not do so itself. Then it signs nobody in by a link that they
/// asked for.
#[derive(Debug, Clone)]
pub struct Provider(pub Option<ProviderSignIns>);

impl Provider {
    /// The provider; without one, what belongs to it does not exist.
    pub(crate) fn there(&self) -> Result<&ProviderSignIns, Problem> {
        self.0.as_ref().ok_or_else(Problem::not_found)
    }
}

/// How people come in.
#[derive(Debug, Clone)]
pub struct Door {
    /// Makes the nonce that ties a sign-in link to a browser: at least 122 random bits as text.
    pub fresh_nonce: fn() -> String,
    /// Whether cookies are for HTTPS only: the settings' answer.
    pub secure_cookies: bool,
    /// The address of the mail catcher of a demo, where there is one.
    pub mailbox: Option<String>,
}

impl Deps {
    /// Hands each one to the handlers, which name those they take as `Data<…>`.
    pub(crate) fn install(self, config: &mut ServiceConfig) {
        if let Some(kept) = self.kept {
            let _config = config.app_data(Data::new(kept));
        }
        config
            .app_data(Data::<dyn Clock>::from(self.clock))
            .app_data(Data::new(self.door))
            .app_data(Data::new(self.sign_ins))
            .app_data(Data::new(self.setup))
            .app_data(Data::new(self.provider))
            .app_data(Data::new(self.team))
            .app_data(Data::new(self.api_keys))
            .app_data(Data::new(self.audit))
            .app_data(Data::new(self.companies))
            .app_data(Data::new(self.customers))
            .app_data(Data::new(self.personas))
            .app_data(Data::new(self.workflows))
            .app_data(Data::new(self.sessions))
            .app_data(Data::new(self.measures))
            .app_data(Data::new(self.viewer))
            .app_data(Data::new(self.reasons))
            .app_data(Data::new(self.offers))
            .app_data(Data::new(self.picture))
            .app_data(Data::new(self.saved_views))
            .app_data(Data::new(self.uploads))
            .app_data(Data::new(self.work))
            .app_data(Data::new(self.live))
            .app_data(Data::new(self.drain));
    }
}
