//! What the API stands on.

use actix_web::web::Data;
use kale_application::{
    access::SignIns, api_keys::ApiKeys, audit::AuditLog, companies::Companies, customers::Customers,
    events::Events, identity::ProviderSignIns, live::Live, measures::Measures, offers::Offers,
    personas::Personas, reasons::Reasons, saved_views::SavedViews, sessions::Sessions, team::Team,
    uploads::Uploads, viewer::Viewer, work::Work, workflows::Workflows,
};
use kale_web::{Drain, Problem};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{auth::Nonces, viewer::PublicUrl};

/// What the API stands on: every use case, so that leaving one out does not compile. All are cheap to clone.
///
/// The extractors stand on [`kale_web::Deps`], which the application installs beside.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Signing in and out.
    pub sign_ins: SignIns,
    /// Who says who people are, where it is not this installation.
    pub provider: Option<ProviderSignIns>,
    /// Makes the nonce that ties a sign-in link to whoever asked for it: at least 122 random bits as text.
    pub fresh_nonce: fn() -> String,
    /// Keys of programs.
    pub api_keys: ApiKeys,
    /// The audit log.
    pub audit: AuditLog,
    /// Companies and their people.
    pub companies: Companies,
    /// The people of a company.
    pub team: Team,
    /// Customers.
    pub customers: Customers,
    /// Personas and their rules.
    pub personas: Personas,
    /// Kept views of the customer list.
    pub saved_views: SavedViews,
    /// The catalogues of why people leave.
    pub reasons: Reasons,
    /// What companies offer.
    pub offers: Offers,
    /// Workflows and their versions.
    pub workflows: Workflows,
    /// Files that people give us.
    pub uploads: Uploads,
    /// What lets subscribers in.
    pub viewer: Viewer,
    /// Subscribers' walks.
    pub sessions: Sessions,
    /// What is told of subscribers.
    pub events: Events,
    /// Figures.
    pub measures: Measures,
    /// Where this installation is reached, without a slash at its end.
    pub public_url: String,
    /// Background work.
    pub work: Work,
    /// What changes, as it changes.
    pub live: Live,
    /// Whether this process goes away: then live streams end.
    pub drain: Drain,
}

impl Deps {
    /// Hands each one to the handlers, which name those they take as `Data<…>`.
    pub(crate) fn install(self, config: &mut ServiceConfig<'_>) {
        config
            .app_data(Data::new(self.sign_ins))
            .app_data(Data::new(Provider(self.provider)))
            .app_data(Data::new(Nonces(self.fresh_nonce)))
            .app_data(Data::new(self.api_keys))
            .app_data(Data::new(self.audit))
            .app_data(Data::new(self.companies))
            .app_data(Data::new(self.team))
            .app_data(Data::new(self.customers))
            .app_data(Data::new(self.personas))
            .app_data(Data::new(self.saved_views))
            .app_data(Data::new(self.reasons))
            .app_data(Data::new(self.offers))
            .app_data(Data::new(self.workflows))
            .app_data(Data::new(self.uploads))
            .app_data(Data::new(self.viewer))
            .app_data(Data::new(self.sessions))
            .app_data(Data::new(self.events))
            .app_data(Data::new(self.measures))
            .app_data(Data::new(PublicUrl(self.public_url)))
            .app_data(Data::new(self.work))
            .app_data(Data::new(self.live))
            .app_data(Data::new(self.drain));
    }
}

/// Who says who people are, where this installation does not do so itself.
#[derive(Debug, Clone)]
pub(crate) struct Provider(Option<ProviderSignIns>);

impl Provider {
    /// The provider; without one, what belongs to it does not exist.
    pub(crate) fn there(&self) -> Result<&ProviderSignIns, Problem> {
        self.0.as_ref().ok_or_else(Problem::not_found)
    }
}
