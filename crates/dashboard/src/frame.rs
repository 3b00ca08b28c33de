//! What all pages share: what stands around them, how they are answered, forms, addresses and problems.

mod address;
mod cookie;
mod form;
mod here;
mod page;
mod said;
mod surface;

pub use self::surface::surface;
pub(crate) use self::{
    address::{Query, local_path},
    cookie::{Keep, add as add_cookie},
    form::Form,
    here::Here,
    page::{Frame, THEME, is_kale_admin, theme_named, zone},
};
