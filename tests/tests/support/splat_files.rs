//! Splat files of every kind, for the tests of formats.
#![allow(
    dead_code,
    reason = "each test file that includes this uses a part of it"
)]
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::fs;

use glam::{Quat, Vec3};
use scene::{
    Column, ColumnValues, GaussianCloud, SplatLayer, Transform,
    cloud::CloudParts,
    io::{self, IoError, Loaded, SaveOptions},
    sh,
    sink::Collect,
};

/// Random numbers that come out the same on every machine (xorshift64*).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n.max(1)
    }

    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// A cloud of random values with normals, labels and a column of another type.
pub(crate) fn random_cloud(seed: u64, n: usize, degree: u32) -> GaussianCloud {
    let mut random = Random(seed | 1);
    let mut vec3 = |scale: f32, offset: f32| {
        let mut axis = || (random.unit() - 0.5) * scale + offset;
        Vec3::new(axis(), axis(), axis())
    };
    let means = (0..n).map(|_| vec3(10.0, 0.0)).collect();
    let log_scales = (0..n).map(|_| vec3(6.0, -4.0)).collect();
    let rotations = (0..n).map(|_| Quat::from_vec4(vec3(2.0, 0.1).extend(0.3)));
    let rotations = rotations.collect();
    let normals = (0..n).flat_map(|_| vec3(2.0, 0.05).to_array()).collect();
    let k = 3 * sh::coefficient_count(degree);
    GaussianCloud::new(CloudParts {
        means,
        rotations,
        log_scales,
        opacity_logits: (0..n).map(|_| random.unit() * 8.0 - 4.0).collect(),
        sh_degree: degree,
        sh: (0..n * k).map(|_| random.unit() - 0.5).collect(),
        columns: vec![
            Column {
                name: "normal".into(),
                width: 3,
                values: ColumnValues::F32(normals),
            },
            Column {
                name: "label".into(),
                width: 1,
                values: ColumnValues::U8((0..n).map(|i| (i % 5) as u8).collect()),
            },
            Column {
                name: "weird".into(),
                width: 1,
                values: ColumnValues::F64((0..n).map(|i| i as f64 / 3.0).collect()),
            },
        ],
    })
    .expect("a valid cloud")
}

/// Reads a file that lies in memory.
pub(crate) fn load_bytes(bytes: &[u8]) -> Result<(GaussianCloud, Loaded), IoError> {
    let mut sink = Collect::default();
    let loaded = io::load_ply_bytes(bytes, &mut sink)?;
    let mut cloud = GaussianCloud::default();
    for part in sink.parts {
        cloud.append(part).expect("parts of one file fit together");
    }
    Ok((cloud, loaded))
}

/// A layer that remembers its file.
pub(crate) fn layer(cloud: GaussianCloud, loaded: &Loaded) -> SplatLayer {
    let mut layer = SplatLayer::new(cloud, "test");
    layer.layout = loaded.layout.clone();
    layer
}

/// What saving one layer writes.
pub(crate) fn saved(layer: &SplatLayer, transform: &Transform) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("saved.ply");
    let options = SaveOptions::default();
    let report = io::save(&path, &[(layer, transform)], &options).expect("saved");
    let bytes = fs::read(&path).expect("there");
    assert_eq!(report.bytes, bytes.len() as u64, "reported size");
    bytes
}

/// Properties of a plain SH 0 splat file.
pub(crate) const PLAIN: [&str; 14] = [
    "x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0", "scale_1", "scale_2",
    "rot_0", "rot_1", "rot_2", "rot_3",
];

/// The header of a plain file of so many splats.
pub(crate) fn plain_header(count: u64) -> String {
    let properties = PLAIN
        .map(|name| format!("property float {name}\n"))
        .concat();
    format!(
        "ply\nformat binary_little_endian 1.0\nelement vertex {count}\n{properties}end_header\n"
    )
}

/// A plain file of such rows.
pub(crate) fn plain(rows: &[[f32; 14]]) -> Vec<u8> {
    let mut bytes = plain_header(rows.len() as u64).into_bytes();
    bytes.extend(rows.iter().flatten().flat_map(|v| v.to_le_bytes()));
    bytes
}

/// One ordinary splat.
pub(crate) const GOOD: [f32; 14] = [
    1.0, 2.0, 3.0, 0.1, 0.2, 0.3, 1.5, -3.0, -3.0, -4.0, 1.0, 0.0, 0.0, 0.0,
];

/// [`GOOD`] with another value in one place.
pub(crate) fn with(index: usize, value: f32) -> [f32; 14] {
    let mut row = GOOD;
    row[index] = value;
    row
}

/// A valid file with properties in any order and of any type, comments, further elements, any encoding.
pub(crate) fn any_layout(seed: u64) -> Vec<u8> {
    let mut random = Random(seed | 1);
    let n = 1 + random.below(40);
    let encoding = random.below(3);
    let newline = ["\n", "\r\n"][random.below(2)];
    let degree = random.below(5) as u32;
    let mut names: Vec<String> = PLAIN.map(String::from).into();
    names.extend((0..3 * (sh::coefficient_count(degree) - 1)).map(|i| format!("f_rest_{i}")));
    if random.below(2) == 0 {
        names.extend(["nx", "ny", "nz"].map(String::from));
    }
    names.extend(["label", "my_tag", "label2"].map(String::from));
    for i in (1..names.len()).rev() {
        names.swap(i, random.below(i + 1));
    }
    let types: Vec<&str> = names
        .iter()
        .map(|name| match name.as_str() {
            "label" => "uchar",
            "my_tag" => ["int", "ushort", "int8", "float64"][random.below(4)],
            _ if random.below(12) == 0 => "double",
            _ => ["float", "float32"][random.below(2)],
        })
        .collect();

    let format = ["ascii", "binary_little_endian", "binary_big_endian"][encoding];
    let mut lines = vec![
        String::from("ply"),
        format!("format {format} 1.0"),
        String::from("comment  two  spaces and ümlauts"),
    ];
    let before = random.below(2) == 0;
    if before {
        lines.push("element camera 2".into());
        lines.push("property list uchar short tags".into());
        lines.push("property double focal".into());
    }
    lines.push(format!("element vertex {n:04}"));
    for (name, kind) in names.iter().zip(&types) {
        lines.push(format!("property {kind} {name}"));
    }
    lines.push("obj_info made by a test".into());
    lines.push("element face 1".into());
    lines.push("property list uchar int vertex_indices".into());
    lines.push("end_header".into());
    let mut bytes: Vec<u8> = lines
        .iter()
        .flat_map(|l| format!("{l}{newline}").into_bytes())
        .collect();

    let big = encoding == 2;
    if encoding == 0 {
        if before {
            bytes.extend(format!("2 7 8 0.25{newline}{newline}0 1e3{newline}").bytes());
        }
        for _ in 0..n {
            let words: Vec<String> = types.iter().map(|kind| word(kind, &mut random)).collect();
            bytes.extend(format!("{}{newline}", words.join("  ")).bytes());
        }
        bytes.extend(format!("3 0 0 0{newline}").bytes());
    } else {
        let put = |bytes: &mut Vec<u8>, little: &[u8]| {
            let mut value = little.to_vec();
            if big {
                value.reverse();
            }
            bytes.extend(value);
        };
        if before {
            bytes.push(1);
            put(&mut bytes, &7_i16.to_le_bytes());
            put(&mut bytes, &0.25_f64.to_le_bytes());
            bytes.push(0);
            put(&mut bytes, &0.5_f64.to_le_bytes());
        }
        for _ in 0..n {
            for kind in &types {
                let value = f64::from(random.unit()) * 4.0 - 2.0;
                match *kind {
                    "uchar" | "int8" => bytes.push(random.below(100) as u8),
                    "ushort" => put(&mut bytes, &(random.below(60_000) as u16).to_le_bytes()),
                    "int" => put(&mut bytes, &(random.next() as i32).to_le_bytes()),
                    "double" | "float64" => put(&mut bytes, &value.to_le_bytes()),
                    _ => put(&mut bytes, &(value as f32).to_le_bytes()),
                }
            }
        }
        bytes.push(3);
        bytes.extend([0; 12]);
    }
    bytes
}

pub(crate) fn word(kind: &str, random: &mut Random) -> String {
    match kind {
        "uchar" | "int8" => random.below(100).to_string(),
        "ushort" | "int" => random.below(60_000).to_string(),
        _ => match random.below(3) {
            // Spellings that no printer would choose.
            0 => format!("{:.3}", random.unit() * 4.0 - 2.0),
            1 => format!("+{:e}", random.unit() + 0.1),
            _ => format!("0{}.50", random.below(3)),
        },
    }
}

/// Changes some bytes as damage, truncation or malice would.
pub(crate) fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let words: [&[u8]; 10] = [
        b"4294967295",
        b"-1",
        b"list uchar int",
        b"double",
        b"ascii",
        b"\n",
        b"element vertex 7\n",
        b"property float x\n",
        b"nan",
        b"\xff\xff\xff\xff",
    ];
    let at = random.below(bytes.len() + 1);
    // Headers are where the surprises are.
    let at = if random.below(2) == 0 {
        at.min(random.below(700))
    } else {
        at
    };
    let at = at.min(bytes.len());
    match random.below(6) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 if at < bytes.len() => bytes[at] = random.next() as u8,
        2 => bytes.truncate(at),
        3 => {
            let end = (at + 1 + random.below(40)).min(bytes.len());
            bytes.drain(at..end);
        }
        4 => {
            let word = words[random.below(words.len())];
            bytes.splice(at..at, word.iter().copied());
        }
        _ => {
            let end = (at + random.below(200)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            bytes.splice(at..at, copy);
        }
    }
}
