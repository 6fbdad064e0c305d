//! Where traces go: the section `[otel]`, by the names and rules of OpenTelemetry's own variables.

use serde::Deserialize;

use super::{Secret, Url};

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Otel {
    /// The collector's address for OTLP over HTTP, up to and without `/v1/traces`. Empty: no traces,
    /// and nothing is done for them.
    pub endpoint: Url,
    /// `name=value` pairs with commas between them, percent-encoded where need be; most services
    /// want their key in here.
    pub headers: Secret,
    /// Under which name the collector lists us.
    pub service_name: String,
}

impl Default for Otel {
    fn default() -> Self {
        Self {
            endpoint: Url::default(),
            headers: Secret::default(),
            service_name: "firstword".to_owned(),
        }
    }
}

impl Otel {
    pub fn is_on(&self) -> bool {
        !self.endpoint.is_empty()
    }

    /// Where the spans are posted to.
    pub fn url(&self) -> Url {
        let base = self.endpoint.expose().trim_end_matches('/');
        Url::new(format!("{base}/v1/traces"))
    }

    /// The headers of each post, decoded. Whether they may stand in a request is checked by whoever
    /// builds one.
    pub fn header_pairs(&self) -> Vec<(String, String)> {
        // As in a form, but with commas, and a plus is a plus.
        let form = self.headers.expose().replace('&', "%26");
        let form = form.replace('+', "%2B").replace(',', "&");
        form_urlencoded::parse(form.as_bytes())
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .filter(|(name, _)| !name.is_empty())
            .collect()
    }
}
