//! Kale on the command line.

use std::process::ExitCode;

use clap::Parser as _;
use kale::{cli::Cli, command};

#[expect(
    clippy::print_stderr,
    reason = "the command line says on standard error why it failed"
)]
fn main() -> ExitCode {
    let cli = Cli::parse();
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        eprintln!("kale: another crypto provider was installed first");
        return ExitCode::FAILURE;
    }
    // The server's threads each run a runtime of their own; the store's client, heart-beats and the live stream live
    // on this one.
    let runtime = || {
        let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        match built {
            Ok(runtime) => runtime,
            Err(error) => {
                eprintln!("kale: no threads can be started: {error}");
                std::process::exit(1)
            }
        }
    };
    match actix_web::rt::System::with_tokio_rt(runtime).block_on(command::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kale: {error:#}");
            ExitCode::FAILURE
        }
    }
}
