//! What lets a company's subscribers in: settings (`viewer_settings`, one document a company), secrets that sign tokens
//! (`viewer_secrets`, index `{company_id, _id}`) and the handles of hosted pages (`viewer_handles`, by hash; expire by a
//! TTL index).

pub mod handles;
pub mod secrets;
pub mod settings;
