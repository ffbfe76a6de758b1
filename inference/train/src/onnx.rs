//! Writes a trained network as an ONNX graph, by hand: six kinds of protocol-buffer messages are enough.

use crate::mlp::Mlp;

const IR_VERSION: u64 = 8;
const OPSET: u64 = 17;
/// `TensorProto.DataType.FLOAT`.
const FLOAT: u64 = 1;

/// The graph `input [N, inputs] → output [N, outputs]`; the number of rows is free.
pub(crate) fn write(mlp: &Mlp, input: &str, output: &str) -> Vec<u8> {
    let mut graph = Message::default();
    let mut previous = input.to_owned();
    let mut tensors = Message::default();
    for (i, layer) in mlp.layers.iter().enumerate() {
        let (weights, bias) = (format!("weights{i}"), format!("bias{i}"));
        let linear = format!("linear{i}");
        let last = i + 1 == mlp.layers.len();
        let after = if last {
            output.to_owned()
        } else {
            format!("hidden{i}")
        };
        graph.message(1, &node("Gemm", &[&previous, &weights, &bias], &linear));
        let activation = if last { "Sigmoid" } else { "Relu" };
        graph.message(1, &node(activation, &[&linear], &after));
        let shape = [layer.inputs as u64, layer.outputs as u64];
        tensors.message(5, &tensor(&weights, &shape, &layer.weights));
        tensors.message(5, &tensor(&bias, &shape[1..], &layer.bias));
        previous = after;
    }
    graph.text(2, "decoder");
    graph.0.extend(tensors.0);
    graph.message(11, &value(input, mlp.inputs() as u64));
    graph.message(12, &value(output, mlp.outputs() as u64));

    let mut opset = Message::default();
    opset.text(1, "");
    opset.number(2, OPSET);
    let mut model = Message::default();
    model.number(1, IR_VERSION);
    model.text(2, "splatwright");
    model.message(7, &graph);
    model.message(8, &opset);
    model.0
}

fn node(operator: &str, inputs: &[&str], output: &str) -> Message {
    let mut node = Message::default();
    for input in inputs {
        node.text(1, input);
    }
    node.text(2, output);
    node.text(3, output);
    node.text(4, operator);
    node
}

fn tensor(name: &str, shape: &[u64], values: &[f32]) -> Message {
    let mut tensor = Message::default();
    for &length in shape {
        tensor.number(1, length);
    }
    tensor.number(2, FLOAT);
    tensor.text(8, name);
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    tensor.bytes(9, &bytes);
    tensor
}

fn value(name: &str, columns: u64) -> Message {
    let (mut rows, mut width, mut shape) =
        (Message::default(), Message::default(), Message::default());
    rows.text(2, "rows");
    width.number(1, columns);
    shape.message(1, &rows);
    shape.message(1, &width);
    let (mut dense, mut kind, mut value) =
        (Message::default(), Message::default(), Message::default());
    dense.number(1, FLOAT);
    dense.message(2, &shape);
    kind.message(1, &dense);
    value.text(1, name);
    value.message(2, &kind);
    value
}

/// Bytes of a protocol-buffer message.
#[derive(Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u64, inner: &Self) {
        self.bytes(field, &inner.0);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
mod tests {
    use inference::{Runtime, Session, Tensor};

    use super::*;
    use crate::random::Random;

    #[test]
    fn the_runtime_computes_what_was_trained() {
        let mut random = Random::new(9);
        let mut mlp = Mlp::new(&[6, 10, 8, 4], &mut random);
        for p in mlp.parameters_mut() {
            *p += 0.1 * random.normal();
        }
        let runtime = Runtime::load(None).unwrap();
        let graph = write(&mlp, "features", "surface");
        let mut session = Session::new(&runtime, "trained", &graph).unwrap();
        assert_eq!(session.inputs()[0].shape, [None, Some(6)]);
        let x: Vec<f32> = (0..6 * 33).map(|_| random.normal()).collect();
        let tensor = Tensor {
            shape: vec![33, 6],
            values: x.clone(),
        };
        let out = session.run(&[("features", &tensor)]).unwrap();
        assert_eq!(out[0].shape, [33, 4]);
        for (a, b) in out[0].values.iter().zip(mlp.forward(&x)) {
            assert!((a - b).abs() < 1e-5, "{a} and {b}");
        }
    }
}
