// As scan.wgsl, for devices with subgroups: two barriers instead of nine for every 1024 values.
// values -> sums of the values before in the row, total of each row.
#import common/layout

const VALUES_PER_THREAD = 4u;

@group(0) @binding(0) var<uniform> rows: ScanRows;
// [rows, length]
@group(0) @binding(1) var<storage, read_write> values: array<u32>;
// [first_total + rows]
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;

// [subgroup] sum of its threads
var<workgroup> shared_sums: array<u32, WORKGROUP>;

// One thread alone, where the subgroups do not cover the workgroup: slow, and right on any driver.
fn sum_alone(row: u32) {
    var sum = 0u;
    for (var at = row * rows.length; at < (row + 1u) * rows.length; at++) {
        let own = values[at];
        values[at] = sum;
        sum += own;
    }
    totals[rows.first_total + row] = sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) index: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
    @builtin(subgroup_size) lanes: u32,
    @builtin(subgroup_invocation_id) lane: u32,
) {
    if subgroups * lanes != WORKGROUP {
        if index == 0u {
            sum_alone(group.x);
        }
        return;
    }
    // The order that the subgroups themselves have: `index` need not follow it.
    let thread = subgroup * lanes + lane;
    let first = group.x * rows.length;
    var carry = 0u;
    for (var start = 0u; start < rows.length; start += WORKGROUP * VALUES_PER_THREAD) {
        var own: array<u32, VALUES_PER_THREAD>;
        var sum = 0u;
        for (var i = 0u; i < VALUES_PER_THREAD; i++) {
            let at = start + thread * VALUES_PER_THREAD + i;
            own[i] = sum;
            if at < rows.length {
                sum += values[first + at];
            }
        }
        let in_subgroup = subgroupExclusiveAdd(sum);
        if lane == lanes - 1u {
            shared_sums[subgroup] = in_subgroup + sum;
        }
        workgroupBarrier();
        // Each subgroup adds up the sums of those before it, and of all.
        var before = 0u;
        var all = 0u;
        for (var s = lane; s < subgroups; s += lanes) {
            let of_subgroup = shared_sums[s];
            all += of_subgroup;
            before += select(0u, of_subgroup, s < subgroup);
        }
        before = carry + subgroupAdd(before) + in_subgroup;
        carry += subgroupAdd(all);
        for (var i = 0u; i < VALUES_PER_THREAD; i++) {
            let at = start + thread * VALUES_PER_THREAD + i;
            if at < rows.length {
                values[first + at] = before + own[i];
            }
        }
        workgroupBarrier();
    }
    if thread == 0u {
        totals[rows.first_total + group.x] = carry;
    }
}
