# What `just` can do here; every recipe is one line, longer work lives in xtask.

# List the recipes.
default:
    @just --list

# Start Kale with a database and data on this machine.
demo *ARGS:
    cargo demo {{ARGS}}

# Run everything that a change must pass.
test *ARGS:
    cargo xtask test {{ARGS}}

# Run the tests of one crate: `just crate rules`.
crate NAME:
    cargo test -p kale-{{NAME}}

# Check the repository's own rules.
tidy:
    cargo xtask tidy

# Format all Rust code.
fmt:
    cargo fmt --all

# Run the lints as the pipeline does.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Check licences, refused packages, sources and advisories (needs cargo-deny).
deny:
    cargo deny check

# Fetch the vendored browser files anew and note their hashes.
vendor:
    cargo xtask vendor

# Do what the pipeline does on a fresh machine.
ci:
    .ci/run
