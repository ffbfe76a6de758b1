// Exclusive prefix sum over the threads of a workgroup (Hillis and Steele 1986).

var<workgroup> shared_sums: array<u32, 2u * WORKGROUP>;

// The sum of the values of all threads before this one; every thread of the workgroup must call it.
fn workgroup_exclusive_sum(thread: u32, value: u32) -> u32 {
    var side = 0u;
    shared_sums[thread] = value;
    for (var reach = 1u; reach < WORKGROUP; reach *= 2u) {
        workgroupBarrier();
        var sum = shared_sums[side + thread];
        if thread >= reach {
            sum += shared_sums[side + thread - reach];
        }
        side = WORKGROUP - side;
        shared_sums[side + thread] = sum;
    }
    workgroupBarrier();
    return shared_sums[side + thread] - value;
}

// The sum over all threads, after workgroup_exclusive_sum; a barrier must follow before the next one.
fn workgroup_total() -> u32 {
    // log2(WORKGROUP) = 8 rounds end on the side where they began.
    return shared_sums[WORKGROUP - 1u];
}
