// As scan.wgsl, for devices with subgroups: two barriers instead of nine for every 1024 values.
#import common/layout
#import common/scan_rows

// [subgroup] sum of its threads
var<workgroup> shared_sums: array<u32, WORKGROUP>;

// Which thread of which subgroup this is.
struct Place {
    subgroup: u32,
    subgroups: u32,
    lane: u32,
    lanes: u32,
}

var<private> place: Place;

fn sums_of(thread: u32, value: u32) -> vec2u {
    let in_subgroup = subgroupExclusiveAdd(value);
    if place.lane == place.lanes - 1u {
        shared_sums[place.subgroup] = in_subgroup + value;
    }
    workgroupBarrier();
    // Each subgroup adds up the sums of those before it, and of all.
    var before = 0u;
    var all = 0u;
    for (var s = place.lane; s < place.subgroups; s += place.lanes) {
        let of_subgroup = shared_sums[s];
        all += of_subgroup;
        before += select(0u, of_subgroup, s < place.subgroup);
    }
    return vec2u(subgroupAdd(before) + in_subgroup, subgroupAdd(all));
}

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
    place = Place(subgroup, subgroups, lane, lanes);
    // The order that the subgroups themselves have: `index` need not follow it.
    scan_row(group.x, subgroup * lanes + lane);
}
