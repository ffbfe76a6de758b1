// Exclusive prefix sums of the rows of a matrix.
#import common/layout
#import common/scan
#import common/scan_rows

fn sums_of(thread: u32, value: u32) -> vec2u {
    let before = workgroup_exclusive_sum(thread, value);
    return vec2u(before, workgroup_total());
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    scan_row(group.x, thread);
}
