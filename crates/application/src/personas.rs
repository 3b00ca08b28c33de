//! Personas: the configuration, its versions, previews, and moving customers.

mod assignment;
mod configuration;
mod error;
mod explain;
mod preview;

pub use self::{
    assignment::{AssignPersonas, ReassignTarget, assign_personas},
    configuration::{PersonaView, Personas, PersonasView},
    error::PersonaError,
    explain::{Explanation, ExplainedPersona},
    preview::{MovedCustomers, Preview},
};
