#!/bin/sh
# Fuzz every target for SECONDS (first argument, 60 if absent); the first failure ends it.
set -eu
cd "$(dirname "$0")"
seconds="${1:-60}"

if ! cargo fuzz --version >/dev/null 2>&1; then
    echo "cargo-fuzz is missing; install it: cargo install cargo-fuzz --locked" >&2
    exit 1
fi
# The sanitizer flags are unstable; this lets the stable compiler take them, so no nightly is needed.
export RUSTC_BOOTSTRAP=1

# A seed shows the fuzzer the way in: a small file, for speed, with running status, a chord, two
# channels and an unknown chunk. In the writers' inputs a request of 24 bytes stands before it.
mkdir -p corpus/parse corpus/replace corpus/exchange
{
    printf 'MThd\000\000\000\006\000\001\000\002\000\140'
    printf 'MTrk\000\000\000\023\000\377\121\003\007\241\040\000\377\130\004\003\002\030\010\000\377\057\000'
    printf 'XFIH\000\000\000\002hi'
    printf 'MTrk\000\000\000\043\000\300\005\000\220\074\120\000\100\120\140\074\000\000\100\000\000\221\060\120\060\220\074\100\060\074\000\060\201\060\100\000\377\057\000'
} >corpus/parse/small
{
    printf '\140\000\300\000\000\000\000\000\000\040\074\120\040\040\100\120\100\040\103\120\140\040\110\120'
    cat corpus/parse/small
} >corpus/replace/small
cp corpus/replace/small corpus/exchange/small
# Two songs, the second with a byte between its chunks and a length that is too short.
{
    cat corpus/parse/small
    printf '\000\000MThd\000\000\000\006\000\001\000\003\000\140'
    printf 'MTrk\000\000\000\007\000\220\074\120\140\074\000\000\377\057\000\000'
    printf 'MTrk\000\000\000\014\000\221\074\120\140\074\000\000\377\057\000'
} >corpus/parse/broken
{
    printf '\140\000\300\000\000\000\000\001\000\040\074\120\040\040\100\120\100\040\103\120\140\040\110\120'
    cat corpus/parse/broken
} >corpus/replace/broken
{
    printf '\000\001\001\000\000\000\000\001\000\040\074\120\040\040\100\120\100\040\103\120\140\040\110\120'
    cat corpus/parse/broken
} >corpus/exchange/broken

for target in parse replace exchange; do
    echo "fuzzing $target for $seconds seconds"
    cargo fuzz run "$target" -- -max_total_time="$seconds" -dict=midi.dict -max_len=2048 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
done
