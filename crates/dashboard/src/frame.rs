//! What all pages share: what stands around them, how they are answered, forms, addresses and problems.

mod address;
mod form;
mod here;
mod page;
mod said;
mod surface;

pub(crate) use self::{
    address::{Query, local_path},
    form::Form,
    here::Here,
    page::Frame,
};
pub use self::surface::surface;
