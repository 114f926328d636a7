#!/usr/bin/env bash
# Drops one predicate of the access rules at a time and says which test notices: a mutant that no test catches is a hole in the tests.
#
#   tests/mutants/run.sh                 all of list.json (hours on a small machine)
#   tests/mutants/run.sh --only REGEX    those whose names match
#   tests/mutants/run.sh --tests FILTER  with these tests only (a filter of cargo-nextest)
#   tests/mutants/run.sh --package NAME  with the tests of this package only (may be given more than once), which saves building the others
#   tests/mutants/run.sh --all-failures  names all tests that notice, not only the first
#   tests/mutants/run.sh --check         only whether each still applies; nothing is built
#
# The mutants are made in a copy of what is committed or changed in this folder, in SCRATCH (target/mutants), with a target folder of its own.
# The table is printed and kept in SCRATCH/mutants.md. Needs Python 3, rsync or cp, and cargo-nextest.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 tests/mutants/run.py "$@"
