// Exclusive prefix sums of the rows of a matrix, in place; one workgroup a row. What imports this says how a
// workgroup adds up: `sums_of` gives the sum of the values of all threads before, and of all.
// values -> sums of the values before in the row, total of each row.

const VALUES_PER_THREAD = 4u;

@group(0) @binding(0) var<uniform> rows: ScanRows;
// [rows, length]
@group(0) @binding(1) var<storage, read_write> values: array<u32>;
// [first_total + rows]
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;

// Every thread of the workgroup must call it.
fn scan_row(row: u32, thread: u32) {
    let first = row * rows.length;
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
        let sums = sums_of(thread, sum);
        for (var i = 0u; i < VALUES_PER_THREAD; i++) {
            let at = start + thread * VALUES_PER_THREAD + i;
            if at < rows.length {
                values[first + at] = carry + sums.x + own[i];
            }
        }
        carry += sums.y;
        workgroupBarrier();
    }
    if thread == 0u {
        totals[rows.first_total + row] = carry;
    }
}
