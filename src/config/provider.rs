//! Whose model it is, by the address: a label for dashboards, and nothing is decided by it.

use super::Model;

/// Ends of host names, and the provider's name in OpenTelemetry's conventions for generative AI.
const PROVIDERS: [(&str, &str); 10] = [
    ("openai.azure.com", "azure.ai.openai"),
    ("services.ai.azure.com", "azure.ai.inference"),
    ("anthropic.com", "anthropic"),
    ("cohere.ai", "cohere"),
    ("deepseek.com", "deepseek"),
    ("groq.com", "groq"),
    ("googleapis.com", "gcp.gemini"),
    ("mistral.ai", "mistral_ai"),
    ("perplexity.ai", "perplexity"),
    ("x.ai", "x_ai"),
];

impl Model {
    /// The provider's name; `openai` for whoever only speaks its protocol, as the conventions want.
    pub fn provider(&self) -> &'static str {
        let (_, rest) = self.base_url.expose().split_once("://").unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let host = host.split(':').next().unwrap_or_default();
        let is_of = |end: &str| {
            host.strip_suffix(end)
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let known = PROVIDERS.iter().find(|(end, _)| is_of(end));
        known.map_or("openai", |(_, name)| name)
    }
}
