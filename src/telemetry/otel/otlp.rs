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

/// How many of the spans the collector did not take, by its answer to a request.
pub fn rejected(answer: &[u8]) -> u64 {
    let answer: Json = serde_json::from_slice(answer).unwrap_or_default();
    let rejected = &answer["partialSuccess"]["rejectedSpans"];
    let number = rejected.as_str().and_then(|text| text.parse().ok());
    number.or_else(|| rejected.as_u64()).unwrap_or(0)
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
