// As sort.wgsl, eight bits a round: half the rounds, with a table of 256 digits in workgroup memory. Which
// of the two is faster depends on the device (renderer/src/tuning.rs).
// depths -> (key, slot) pairs from near to far.
#import common/layout
#import common/scan
#import common/sort

// [digit] counts of the block, then where the next key of the digit goes
var<workgroup> shared_digits: array<atomic<u32>, DIGITS>;
// [digit, word] one bit a thread
var<workgroup> shared_bits: array<atomic<u32>, DIGITS * WORKGROUP_WORDS>;

@compute @workgroup_size(WORKGROUP)
fn count(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let visible = visible_count();
    atomicStore(&shared_digits[thread], 0u);
    workgroupBarrier();
    for (var i = 0u; i < KEYS_PER_THREAD; i++) {
        let at = group.x * SORT_BLOCK + i * WORKGROUP + thread;
        if at < visible {
            atomicAdd(&shared_digits[digit_of(load_key(at))], 1u);
        }
    }
    workgroupBarrier();
    counts[thread * round.blocks + group.x] = atomicLoad(&shared_digits[thread]);
}

@compute @workgroup_size(WORKGROUP)
fn scatter(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let visible = visible_count();
    let first = group.x * SORT_BLOCK;
    if first >= visible {
        return;
    }
    // There is a thread for each digit.
    let base = workgroup_exclusive_sum(thread, totals[thread]) + counts[thread * round.blocks + group.x];
    atomicStore(&shared_digits[thread], base);
    let rounds = min((visible - first + WORKGROUP - 1u) / WORKGROUP, KEYS_PER_THREAD);
    for (var i = 0u; i < rounds; i++) {
        for (var w = thread; w < DIGITS * WORKGROUP_WORDS; w += WORKGROUP) {
            atomicStore(&shared_bits[w], 0u);
        }
        workgroupBarrier();
        let at = first + i * WORKGROUP + thread;
        var pair = vec2u(0u);
        var words = 0u;
        let word = thread / 32u;
        let bit = 1u << (thread % 32u);
        if at < visible {
            pair = load_pair(at);
            words = digit_of(pair.x) * WORKGROUP_WORDS;
            atomicOr(&shared_bits[words + word], bit);
        }
        workgroupBarrier();
        if at < visible {
            var to = atomicLoad(&shared_digits[digit_of(pair.x)]);
            for (var w = 0u; w < word; w++) {
                to += countOneBits(atomicLoad(&shared_bits[words + w]));
            }
            to += countOneBits(atomicLoad(&shared_bits[words + word]) & (bit - 1u));
            pairs_out[to] = pair;
        }
        var placed = 0u;
        for (var w = 0u; w < WORKGROUP_WORDS; w++) {
            placed += countOneBits(atomicLoad(&shared_bits[thread * WORKGROUP_WORDS + w]));
        }
        workgroupBarrier();
        atomicAdd(&shared_digits[thread], placed);
    }
}
