//! Files to start from.

use kale_domain::upload::UploadKind;

/// A CSV file with the header we suggest and two rows that show what is meant.
#[must_use]
pub const fn template(kind: UploadKind) -> &'static str {
    match kind {
        UploadKind::CustomerData => concat!(
            "customer_id,name,email,domain,plan,amount,tier,country,signup_date,seats\r\n",
            "C-1001,Northwind Traders,ada@northwind.example,northwind.example,Team,49.00,Standard,DE,2024-03-18,12\r\n",
            "C-1002,Contoso Ltd,grace@contoso.example,contoso.example,Business,199.00,Premium,US,2023-11-02,45\r\n",
        ),
    }
}
