//! What may be typed into a number field: arithmetic, and units.

/// What a plain number means in a field, and which units convert to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number without a unit; `%` means hundredths.
    Plain,
    /// Metres; `mm`, `cm`, `m`, `km`, `in` and `ft` convert.
    Meters,
    /// Degrees; `°`, `deg` and `rad` convert.
    Degrees,
    /// Seconds; `ms`, `s` and `min` convert.
    Seconds,
}

impl Unit {
    fn factor(self, name: &str) -> Option<f64> {
        Some(match (self, name) {
            (_, "%") => 0.01,
            (Self::Meters, "m") => 1.0,
            (Self::Meters, "mm") => 0.001,
            (Self::Meters, "cm") => 0.01,
            (Self::Meters, "km") => 1000.0,
            (Self::Meters, "in") => 0.0254,
            (Self::Meters, "ft") => 0.3048,
            (Self::Degrees, "°" | "deg") => 1.0,
            (Self::Degrees, "rad") => 180.0 / std::f64::consts::PI,
            (Self::Seconds, "s") => 1.0,
            (Self::Seconds, "ms") => 0.001,
            (Self::Seconds, "min") => 60.0,
            _ => return None,
        })
    }
}

/// The value of `text` ("1.5 + 20 cm", "360/7", "-(2*3)"), or `None` where it makes no finite sense.
pub fn evaluate(text: &str, unit: Unit) -> Option<f64> {
    // Decimal commas and the minus sign of typographers are what people type and paste.
    let text = text.trim().replace(',', ".").replace('−', "-");
    let mut parser = Parser {
        rest: &text,
        unit,
        depth: 0,
    };
    let value = parser.sum()?;
    parser.skip_space();
    (parser.rest.is_empty() && value.is_finite()).then_some(value)
}

struct Parser<'a> {
    rest: &'a str,
    unit: Unit,
    depth: u32,
}

impl Parser<'_> {
    /// Parentheses deeper than this are no number a person typed.
    const MAX_DEPTH: u32 = 32;

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, symbol: char) -> bool {
        self.skip_space();
        let stripped = self.rest.strip_prefix(symbol);
        self.rest = stripped.unwrap_or(self.rest);
        stripped.is_some()
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        loop {
            if self.eat('+') {
                value += self.product()?;
            } else if self.eat('-') {
                value -= self.product()?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.factor()?;
        loop {
            if self.eat('*') || self.eat('×') {
                value *= self.factor()?;
            } else if self.eat('/') || self.eat('÷') {
                value /= self.factor()?;
            } else {
                return Some(value);
            }
        }
    }

    fn factor(&mut self) -> Option<f64> {
        self.depth += 1;
        if self.depth > Self::MAX_DEPTH {
            return None;
        }
        let value = if self.eat('-') {
            -self.factor()?
        } else if self.eat('+') {
            self.factor()?
        } else if self.eat('(') {
            let value = self.sum()?;
            if !self.eat(')') {
                return None;
            }
            value
        } else {
            self.number()?
        };
        self.depth -= 1;
        Some(value)
    }

    fn number(&mut self) -> Option<f64> {
        self.skip_space();
        let digits = self
            .rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(self.rest.len());
        let value: f64 = self.rest.get(..digits)?.parse().ok()?;
        self.rest = self.rest.get(digits..)?;
        self.skip_space();
        let letters = self
            .rest
            .find(|c: char| !(c.is_alphabetic() || c == '%' || c == '°'))
            .unwrap_or(self.rest.len());
        let name = self.rest.get(..letters)?;
        if name.is_empty() {
            return Some(value);
        }
        self.rest = self.rest.get(letters..)?;
        Some(value * self.unit.factor(name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_and_units_give_the_expected_number() {
        for (text, unit, expected) in [
            ("1+2*3", Unit::Plain, 7.0),
            ("-(2 − 5) / 2", Unit::Plain, 1.5),
            ("50%", Unit::Plain, 0.5),
            ("1 m + 20 cm", Unit::Meters, 1.2),
            ("360/8", Unit::Degrees, 45.0),
            ("90°", Unit::Degrees, 90.0),
            ("1,5", Unit::Plain, 1.5),
            ("500ms", Unit::Seconds, 0.5),
        ] {
            let value = evaluate(text, unit).unwrap_or(f64::NAN);
            assert!((value - expected).abs() < 1e-9, "{text} gave {value}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "1/0", "two", "1 parsec", "(1", "1 2", "--", "1e999"] {
            assert_eq!(
                evaluate(text, Unit::Plain),
                None,
                "{text:?} must be refused"
            );
        }
        let deep = "(".repeat(10_000);
        assert_eq!(
            evaluate(&deep, Unit::Plain),
            None,
            "deep nesting must be refused"
        );
    }
}
