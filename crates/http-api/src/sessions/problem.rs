//! A refused step: the problem tells where the session stands.

use kale_application::sessions::SessionError;
use kale_web::Problem;

use super::view::WalkView;

/// The problem of an error; that of a step has the session and its card as `current`.
pub(super) fn problem(error: SessionError) -> Problem {
    match error {
        SessionError::Step { refusal, seen } => {
            let current = serde_json::to_value(WalkView::from(*seen));
            let problem = Problem::from(refusal);
            match current {
                Ok(current) if !problem.status().is_server_error() => problem.current(current),
                _ => problem,
            }
        }
        other => other.into(),
    }
}
