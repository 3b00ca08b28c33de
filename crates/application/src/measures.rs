//! Figures: sessions counted into roll-ups, counted anew, checked against a count from scratch, and read.
//!
//! A change of a session marks it dirty in the write itself. Counting takes some that are dirty, works out what each
//! counts for now and adds the difference to what it counted for before, all in one transaction: so nothing counts twice
//! and nothing is forgotten, whoever is killed when. Reading reads roll-ups only; its cost follows their number and never
//! that of sessions or events.

mod analytics;
mod check;
mod count;
mod rebuild;
mod sweep;
mod wake;

pub use kale_measures::{
    cell::{Cell, Given, Place},
    definition::{Definition, definitions},
    rate::{FEWEST, Rate, Share},
    tally::{CardTally, OfferTally, ReasonTally, Tally, WorthTally},
};
pub use kale_persistence::rollups::Checked;
use kale_persistence::{Store, StoreError, Tenant, rollups, sessions};

pub use self::{
    analytics::{
        AnalyticsError, AnalyticsFilter, AnswerFigures, CardFigures, Day, ElementFigures, NamedTally,
        OfferFigures, Overview, ReasonFigures, WorkflowFigures, WorkflowRow,
    },
    check::{CheckRollups, check_rollups},
    count::{RollUp, roll_up},
    rebuild::{RebuildRollups, rebuild_rollups},
    sweep::{SweepRollups, sweep_rollups},
};
pub(crate) use self::{count::ask, wake::Waker};

/// Reading figures, and having them counted anew.
#[derive(Debug, Clone)]
pub struct Measures {
    store: Store,
}

/// How far counting is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// Whether some sessions have changed since they were counted.
    pub pending: bool,
    /// Whether the roll-ups are being rebuilt; until that ends, figures are those of before it.
    pub rebuilding: bool,
    /// When the last count was.
    pub counted_at: Option<jiff::Timestamp>,
    /// What the last comparison with a count from scratch found.
    pub checked: Option<Checked>,
}

impl Measures {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// How far counting is.
    pub async fn counting(&self, tenant: Tenant) -> Result<Counting, StoreError> {
        let state = rollups::state(&self.store, tenant).await?;
        let pending = !sessions::dirty(&self.store, tenant, 1).await?.is_empty();
        Ok(Counting {
            pending,
            rebuilding: state.building != state.shown,
            counted_at: state.counted_at,
            checked: state.checked,
        })
    }
}
