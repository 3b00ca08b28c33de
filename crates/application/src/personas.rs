//! Personas: the configuration, its versions, previews, and moving customers.

mod assignment;
mod configuration;
mod error;
mod explain;
mod find;
mod preview;
mod stored;
mod sweep;

pub use kale_rules::{
    draft::Draft,
    persona::{Configuration, Persona, PersonaCategory},
};

pub use self::{
    assignment::{AssignPersonas, assign_personas},
    configuration::{PersonaView, Personas, PersonasView},
    error::PersonaError,
    explain::{ExplainedPersona, Explanation},
    preview::{MovedCustomers, Outcomes, Preview},
    sweep::{SweepPersonas, sweep_personas},
};
