//! `/workflows`: made, edited side by side, checked, published in numbered versions.

mod archive;
mod change;
mod create;
mod diff;
mod list;
mod ops;
mod pause;
mod problems;
mod publish;
mod read;
mod redo;
mod resume;
mod rollback;
mod tree;
mod undo;
mod version;
mod versions;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(create::handle)
        .service(read::handle)
        .service(change::handle)
        .service(tree::handle)
        .service(ops::handle)
        .service(undo::handle)
        .service(redo::handle)
        .service(problems::handle)
        .service(publish::handle)
        .service(rollback::handle)
        .service(pause::handle)
        .service(resume::handle)
        .service(archive::handle)
        .service(versions::handle)
        .service(version::handle)
        .service(diff::handle);
}
