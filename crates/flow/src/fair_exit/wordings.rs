//! Wording that presses, blames or frightens.

use std::borrow::Cow;

use super::{
    On, Phrases,
    look::{Look, phrase},
};
use crate::{problem::Problem, said::Role, wording::words};

pub(super) fn refused(
    look: &Look<'_>,
    key: &str,
    on: On,
    phrases: &Phrases,
    says: &str,
    found: &mut Vec<Problem>,
) {
    for line in look.lines() {
        let covered = match on {
            On::Anywhere => true,
            On::Button => line.said.role.is_way_on(),
            On::Consent => line.said.role == Role::Consent,
        };
        if !covered {
            continue;
        }
        if let Some(phrase) = phrase(&words(line.text), line.locale, phrases) {
            let mut problem = line.problem("wording", format!("{says} (`{phrase}`)"));
            problem.field.code = Cow::Owned(format!("wording-{key}"));
            found.push(problem);
        }
    }
}
