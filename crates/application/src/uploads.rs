//! A file a user gives us: received, profiled, mapped, checked, imported, taken back.

mod check;
mod describe;
mod effect;
mod error;
mod import;
mod jobs;
mod notice;
mod profile;
mod read;
mod receive;
mod refresh;
mod turn;

pub(crate) use self::jobs::{has_to_end, job_cancelled};
pub use self::{
    describe::Uploads,
    error::UploadError,
    jobs::{
        ImportUpload, ProfileUpload, RefreshCustomers, ValidateUpload, run_import, run_profile, run_refresh,
        run_validation,
    },
    read::FileStream,
};
