// Exclusive prefix sums of the rows of a matrix, in place; one workgroup a row.
// values -> sums of the values before in the row, total of each row.
#import common/layout
#import common/scan

const VALUES_PER_THREAD = 4u;

@group(0) @binding(0) var<uniform> rows: ScanRows;
// [rows, length]
@group(0) @binding(1) var<storage, read_write> values: array<u32>;
// [first_total + rows]
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
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
        let before = carry + workgroup_exclusive_sum(thread, sum);
        for (var i = 0u; i < VALUES_PER_THREAD; i++) {
            let at = start + thread * VALUES_PER_THREAD + i;
            if at < rows.length {
                values[first + at] = before + own[i];
            }
        }
        carry += workgroup_total();
        workgroupBarrier();
    }
    if thread == 0u {
        totals[rows.first_total + group.x] = carry;
    }
}
