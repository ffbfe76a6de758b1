//! Looks into the bytes of an ONNX graph for what packages may not use.
//!
//! ONNX Runtime checks the graph itself; here only what would reach outside the package or ask
//! for foreign code is refused: operator domains that are not declared, and tensors whose values
//! lie in other files. The protocol buffer is walked by hand; only five messages matter.

use super::PackageError;
use super::manifest::Requires;

/// Operator sets that this version accepts.
const OPSETS: std::ops::RangeInclusive<u64> = 7..=23;
/// Graphs nest in the attributes of `If` and `Loop`; deeper ones are refused.
const MAX_DEPTH: usize = 16;

/// Checks one graph.
pub(super) fn check(name: &str, graph: &[u8], requires: &Requires) -> Result<(), PackageError> {
    let refuse = |reason: String| PackageError::GraphRefused {
        graph: name.to_owned(),
        reason,
    };
    let broken = || refuse("the file is damaged".to_owned());
    let mut has_graph = false;
    for field in Fields(graph) {
        match field.ok_or_else(broken)? {
            // ModelProto.graph
            (7, Value::Bytes(bytes)) => {
                has_graph = true;
                if holds_external_data(bytes, Message::Graph, 0).ok_or_else(broken)? {
                    return Err(refuse(
                        "it keeps values in another file, which this version does not read"
                            .to_owned(),
                    ));
                }
            }
            // ModelProto.opset_import
            (8, Value::Bytes(bytes)) => {
                let (domain, version) = opset(bytes).ok_or_else(broken)?;
                let standard = domain.is_empty() || domain == "ai.onnx";
                if standard && !OPSETS.contains(&version) {
                    return Err(refuse(format!("it uses operator set {version}")));
                }
                if !standard && !requires.domains.contains(&domain) {
                    return Err(refuse(format!(
                        "it uses operators of {domain}, which the package does not declare"
                    )));
                }
            }
            _ => {}
        }
    }
    if has_graph {
        Ok(())
    } else {
        Err(refuse("it is not an ONNX graph".to_owned()))
    }
}

#[derive(Clone, Copy)]
enum Message {
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
}

fn child(message: Message, field: u64) -> Option<Message> {
    match (message, field) {
        (Message::Graph, 1) => Some(Message::Node),
        (Message::Graph, 5) | (Message::Attribute, 5 | 10) | (Message::SparseTensor, 1 | 2) => {
            Some(Message::Tensor)
        }
        (Message::Graph, 15) | (Message::Attribute, 22 | 23) => Some(Message::SparseTensor),
        (Message::Node, 5) => Some(Message::Attribute),
        (Message::Attribute, 6 | 11) => Some(Message::Graph),
        _ => None,
    }
}

/// `None` where the bytes are damaged.
fn holds_external_data(bytes: &[u8], message: Message, depth: usize) -> Option<bool> {
    if depth > MAX_DEPTH {
        return None;
    }
    for field in Fields(bytes) {
        let (number, value) = field?;
        let found = match (message, value) {
            // TensorProto.external_data, TensorProto.data_location
            (Message::Tensor, Value::Bytes(_)) if number == 13 => true,
            (Message::Tensor, Value::Varint(v)) if number == 14 => v != 0,
            (_, Value::Bytes(inner)) => match child(message, number) {
                Some(next) => holds_external_data(inner, next, depth + 1)?,
                None => false,
            },
            _ => false,
        };
        if found {
            return Some(true);
        }
    }
    Some(false)
}

fn opset(bytes: &[u8]) -> Option<(String, u64)> {
    let mut domain = String::new();
    let mut version = 0;
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(b)) => domain = std::str::from_utf8(b).ok()?.to_owned(),
            (2, Value::Varint(v)) => version = v,
            _ => {}
        }
    }
    Some((domain, version))
}

enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Fields of one message; yields `None` inside once and stops where the bytes are damaged.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = read_field(&mut self.0);
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

fn read_field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let key = varint(bytes)?;
    let value = match key & 7 {
        0 => Value::Varint(varint(bytes)?),
        1 => take(bytes, 8).map(|_| Value::Other)?,
        2 => {
            let length = usize::try_from(varint(bytes)?).ok()?;
            Value::Bytes(take(bytes, length)?)
        }
        5 => take(bytes, 4).map(|_| Value::Other)?,
        _ => return None,
    };
    Some((key >> 3, value))
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = bytes.split_at_checked(length)?;
    *bytes = tail;
    Some(head)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(field: u8, inner: &[u8]) -> Vec<u8> {
        let mut bytes = vec![field << 3 | 2, u8::try_from(inner.len()).unwrap()];
        bytes.extend(inner);
        bytes
    }

    fn model(graph: &[u8], domain: &str, version: u8) -> Vec<u8> {
        let mut opset = message(1, domain.as_bytes());
        opset.extend([2 << 3, version]);
        let mut bytes = message(7, graph);
        bytes.extend(message(8, &opset));
        bytes
    }

    #[test]
    fn undeclared_operator_domains_are_refused() {
        let mut requires = Requires::default();
        let graph = model(&[], "com.example", 1);
        assert!(check("g", &graph, &requires).is_err(), "undeclared");
        requires.domains.push("com.example".to_owned());
        assert!(check("g", &graph, &requires).is_ok(), "declared");
        assert!(
            check("g", &model(&[], "", 17), &requires).is_ok(),
            "standard"
        );
        assert!(check("g", &model(&[], "", 99), &requires).is_err(), "opset");
    }

    #[test]
    fn tensors_in_other_files_are_refused_wherever_they_hide() {
        let external = [14 << 3, 1];
        let tensor_in_node = message(1, &message(5, &message(5, &external)));
        let requires = Requires::default();
        for graph in [message(5, &external), tensor_in_node] {
            let error = check("g", &model(&graph, "", 17), &requires);
            assert!(error.is_err(), "external data must be refused");
        }
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let requires = Requires::default();
        for bytes in [&b""[..], b"hello", &[0x3a, 0xff, 0xff], &[0xff; 32]] {
            assert!(check("g", bytes, &requires).is_err(), "{bytes:?}");
        }
    }
}
