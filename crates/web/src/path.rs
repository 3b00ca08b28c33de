//! Parts of the path.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures::{FutureExt as _, future::LocalBoxFuture};
use serde::de::DeserializeOwned;

use crate::Problem;

/// Parts of the path, such as `Path<CustomerId>`. A text that is no such id names nothing: 404, as for one that does
/// not exist.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(
    /// What stands there.
    pub T,
);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let inner = web::Path::<T>::from_request(request, payload);
        async move {
            match inner.await {
                Ok(path) => Ok(Self(path.into_inner())),
                Err(_names_nothing) => Err(Problem::not_found()),
            }
        }
        .boxed_local()
    }
}
