// Stable radix sort of the visible splats by depth, four bits a round, without waiting between workgroups:
// `count` digits of each block, scan the rows of the count matrix, `scatter` (reduce-then-scan, Merrill
// and Grimshaw 2010). A thread ranks its keys alone; packed counters are then scanned over the workgroup.
// depths -> (key, slot) pairs from near to far.
#import common/layout
#import common/sort

// Two 16-bit counters a word: digits 4j and 4j + 2 in word 2j, digits 4j + 1 and 4j + 3 in word 2j + 1.
const COUNTER_WORDS = DIGITS / 2u;
// Neighboring threads whose counters one thread adds up.
const SEGMENT = 16u;
const SEGMENTS = WORKGROUP / SEGMENT;

// [counter word, thread]
var<workgroup> shared_counters: array<u32, COUNTER_WORDS * WORKGROUP>;
// [counter word, segment]
var<workgroup> shared_segments: array<u32, COUNTER_WORDS * SEGMENTS>;
// [digit] where the block's first key of the digit goes
var<workgroup> shared_bases: array<u32, DIGITS>;

// One in the byte of the digit: digit 4j + b lies in byte b of component j.
fn byte_of(digit: u32) -> vec4u {
    return vec4u(vec4u(digit / 4u) == vec4u(0u, 1u, 2u, 3u)) << vec4u(digit % 4u * 8u);
}

fn store_counters(thread: u32, bytes: vec4u) {
    for (var j = 0u; j < 4u; j++) {
        shared_counters[2u * j * WORKGROUP + thread] = bytes[j] & 0x00ff00ffu;
        shared_counters[(2u * j + 1u) * WORKGROUP + thread] = (bytes[j] >> 8u) & 0x00ff00ffu;
    }
}

fn counter_word(digit: u32) -> u32 {
    return digit / 4u * 2u + (digit & 1u);
}

fn counter_shift(digit: u32) -> u32 {
    return (digit & 2u) * 8u;
}

// Adds up segments of the counters, for the first COUNTER_WORDS * SEGMENTS threads.
fn sum_segments(thread: u32) {
    if thread < COUNTER_WORDS * SEGMENTS {
        var sum = 0u;
        for (var i = 0u; i < SEGMENT; i++) {
            sum += shared_counters[thread * SEGMENT + i];
        }
        shared_segments[thread] = sum;
    }
}

@compute @workgroup_size(WORKGROUP)
fn count(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let visible = visible_count();
    if group.x * SORT_BLOCK >= visible {
        if thread < DIGITS {
            counts[thread * round.blocks + group.x] = 0u;
        }
        return;
    }
    var bytes = vec4u(0u);
    for (var i = 0u; i < KEYS_PER_THREAD; i++) {
        let at = group.x * SORT_BLOCK + i * WORKGROUP + thread;
        if at < visible {
            bytes += byte_of(digit_of(load_key(at)));
        }
    }
    store_counters(thread, bytes);
    workgroupBarrier();
    sum_segments(thread);
    workgroupBarrier();
    if thread < DIGITS {
        var sum = 0u;
        for (var i = 0u; i < SEGMENTS; i++) {
            sum += shared_segments[counter_word(thread) * SEGMENTS + i];
        }
        counts[thread * round.blocks + group.x] = (sum >> counter_shift(thread)) & 0xffffu;
    }
}

@compute @workgroup_size(WORKGROUP)
fn scatter(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let visible = visible_count();
    if group.x * SORT_BLOCK >= visible {
        return;
    }
    let first = group.x * SORT_BLOCK + thread * KEYS_PER_THREAD;
    var bytes = vec4u(0u);
    for (var i = 0u; i < KEYS_PER_THREAD; i++) {
        if first + i < visible {
            bytes += byte_of(digit_of(load_key(first + i)));
        }
    }
    store_counters(thread, bytes);
    if thread < DIGITS {
        var base = counts[thread * round.blocks + group.x];
        for (var digit = 0u; digit < thread; digit++) {
            base += totals[digit];
        }
        shared_bases[thread] = base;
    }
    workgroupBarrier();
    sum_segments(thread);
    workgroupBarrier();

    // Replace the counters by the sums over all threads before.
    if thread < COUNTER_WORDS * SEGMENTS {
        var sum = 0u;
        for (var i = thread / SEGMENTS * SEGMENTS; i < thread; i++) {
            sum += shared_segments[i];
        }
        for (var i = 0u; i < SEGMENT; i++) {
            let own = shared_counters[thread * SEGMENT + i];
            shared_counters[thread * SEGMENT + i] = sum;
            sum += own;
        }
    }
    workgroupBarrier();

    bytes = vec4u(0u);
    for (var i = 0u; i < KEYS_PER_THREAD; i++) {
        if first + i < visible {
            let pair = load_pair(first + i);
            let digit = digit_of(pair.x);
            let byte = byte_of(digit);
            let own = (bytes[digit / 4u] >> (digit % 4u * 8u)) & 0xffu;
            let before = shared_counters[counter_word(digit) * WORKGROUP + thread] >> counter_shift(digit);
            pairs_out[shared_bases[digit] + (before & 0xffffu) + own] = pair;
            bytes += byte;
        }
    }
}
