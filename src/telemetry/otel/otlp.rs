//! Spans as OTLP in JSON: one request to `/v1/traces`.
//!
//! Ids are in hexadecimal and 64-bit numbers are strings, as OTLP wants them in JSON. Facts: the
//! OpenTelemetry protocol, "JSON Protobuf Encoding", and the message `ExportTraceServiceRequest`.

use serde_json::{Value as Json, json};

use super::span::{Attributes, Kind, Moment, Span, Value};

/// The body of one request.
pub fn request<'a>(service_name: &str, spans: impl Iterator<Item = &'a Span>) -> Vec<u8> {
    let spans: Vec<_> = spans.map(span).collect();
    let resource = vec![
        ("service.name", service_name.into()),
        ("service.version", env!("CARGO_PKG_VERSION").into()),
    ];
    let request = json!({"resourceSpans": [{
        "resource": {"attributes": attributes(&resource)},
        "scopeSpans": [{
            "scope": {"name": "firstword", "version": env!("CARGO_PKG_VERSION")},
            "spans": spans,
        }],
    }]});
    request.to_string().into_bytes()
}

/// What a collector says of a request that it took: how many of the spans it did not take, and why,
/// or what else it wants people to know.
#[derive(Debug, Default)]
pub struct Outcome {
    pub refused: u64,
    pub message: String,
}

/// Reads the answer to a request: an object, or nothing at all. `None` if it is neither.
pub fn outcome(answer: &[u8]) -> Option<Outcome> {
    if answer.is_empty() {
        return Some(Outcome::default());
    }
    let answer: Json = serde_json::from_slice(answer).ok()?;
    let partial = answer.as_object()?.get("partialSuccess");
    let field = |name: &str| partial.map_or(&Json::Null, |partial| &partial[name]);
    let rejected = field("rejectedSpans");
    let number = rejected.as_str().and_then(|text| text.parse().ok());
    Some(Outcome {
        refused: number.or_else(|| rejected.as_u64()).unwrap_or(0),
        message: field("errorMessage").as_str().unwrap_or("").to_owned(),
    })
}

fn span(span: &Span) -> Json {
    let mut json = json!({
        "traceId": span.trace.hex(),
        "spanId": span.id.hex(),
        "name": span.name,
        "kind": match span.kind {
            Kind::Internal => 1,
            Kind::Server => 2,
            Kind::Client => 3,
        },
        "startTimeUnixNano": span.begin_ns.to_string(),
        "endTimeUnixNano": span.end_ns.to_string(),
        "attributes": attributes(&span.attributes),
        "events": span.events.iter().map(event).collect::<Vec<_>>(),
        "status": {},
    });
    if let Some(parent) = span.parent {
        json["parentSpanId"] = parent.hex().into();
    }
    if span.failed {
        json["status"]["code"] = STATUS_ERROR.into();
    }
    json
}

const STATUS_ERROR: u8 = 2;

fn event(moment: &Moment) -> Json {
    json!({
        "timeUnixNano": moment.at_ns.to_string(),
        "name": moment.name,
        "attributes": attributes(&moment.attributes),
    })
}

fn attributes(attributes: &Attributes) -> Vec<Json> {
    let pairs = attributes.iter();
    pairs
        .map(|(key, value)| json!({"key": key, "value": any(value)}))
        .collect()
}

fn any(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!({"stringValue": text}),
        Value::Whole(number) => json!({"intValue": number.to_string()}),
        Value::Number(number) => json!({"doubleValue": number}),
        Value::Switch(switch) => json!({"boolValue": switch}),
    }
}
