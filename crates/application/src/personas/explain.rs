//! Why a customer has its persona, and what would change that.

use kale_domain::{company::Company, id::CustomerId, id::PersonaId, persona::PersonaState};
use kale_persistence::Reach;
use kale_rules::{
    facts::FactMap,
    flip::{Flip, nearest_flip},
    trace::{Trace, trace},
};

use super::{configuration::Personas, error::PersonaError};
use crate::customers::{Customers, today};

/// One persona's rule, judged about one customer.
#[derive(Debug, Clone)]
pub struct ExplainedPersona {
    /// Which.
    pub id: PersonaId,
    /// What people call it.
    pub name: String,
    /// Its priority.
    pub priority: u32,
    /// Whether its rule matches.
    pub matches: bool,
    /// The rule, node by node, with the customer's values.
    pub trace: Trace,
    /// The smallest change that would turn the outcome.
    pub flip: Option<Flip>,
}

/// Why a customer has its persona.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Where the customer is, and who put it there.
    pub state: PersonaState,
    /// Where the rules would put it; differs where a person decided or values changed since.
    pub by_rule: Option<PersonaId>,
    /// The configuration's version this was judged with.
    pub version: u64,
    /// The enabled personas, the highest priority first, down to the one that matches.
    pub personas: Vec<ExplainedPersona>,
}

impl Personas {
    /// Judges one customer again and keeps every step.
    pub async fn explain(
        &self,
        reach: Reach,
        company: &Company,
        id: CustomerId,
    ) -> Result<Explanation, PersonaError> {
        let customer = Customers::new(self.store.clone()).get(reach, id).await?;
        let (checked, labels) = self.judging(reach.tenant(), company).await?;
        let facts = FactMap::of(&customer);
        let day = today(&self.store, company);
        let by_rule = checked.assign(&facts, day).copied();
        let mut personas = Vec::new();
        for persona in checked.personas().iter().filter(|persona| persona.enabled) {
            let matches = Some(persona.id) == by_rule;
            personas.push(ExplainedPersona {
                id: persona.id,
                name: persona.name.clone(),
                priority: persona.priority,
                matches,
                trace: trace(&persona.expression, &facts, day, &labels),
                flip: nearest_flip(&persona.expression, &facts, day, &labels),
            });
            if matches {
                break;
            }
        }
        Ok(Explanation {
            state: customer.persona,
            by_rule,
            version: checked.version(),
            personas,
        })
    }
}
