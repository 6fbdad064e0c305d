//! One signed request of the vectors, with every text that its signature depends on.
//!
//! A test changes what it likes and asks for the verdict; nothing here knows what the verdict should be.

use std::fs;

use firstword::wire::signature::{Request, Verdict, Verifier};
use serde_json::Value;

/// One request as it reaches the server, with everything that its signature depends on.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) token: String,
    pub(super) public_url: String,
    pub(super) kind: Kind,
    pub(super) path_and_query: String,
    pub(super) params: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) signature: String,
    pub(super) settings: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Form,
    Body,
    Upgrade,
}

impl Case {
    fn from_vector(vector: &Value) -> Self {
        let text = |key: &str| vector[key].as_str().unwrap_or_default().to_owned();
        let url = text("url");
        let (scheme, rest) = url.split_once("://").expect("a vector has a full address");
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let mut params = params_of(&vector["params"]);
        let mut path_and_query = if path.is_empty() {
            "/".to_owned()
        } else {
            path.to_owned()
        };
        let kind = match (scheme, vector.get("body")) {
            ("wss", _) => Kind::Upgrade,
            (_, Some(_)) => Kind::Body,
            (_, None) => Kind::Form,
        };
        if matches!(kind, Kind::Upgrade) && !params.is_empty() {
            let pairs: Vec<_> = params.drain(..).map(|(k, v)| format!("{k}={v}")).collect();
            path_and_query = format!("{path_and_query}?{}", pairs.join("&"));
        }
        let sha256 = vector["alg"] == "sha256";
        Self {
            name: text("name"),
            token: text("auth_token"),
            public_url: format!("https://{authority}"),
            kind,
            path_and_query,
            params,
            body: text("body"),
            signature: text("signature"),
            settings: sha256.then(|| "key=webhooks_1, algorithm=HMAC_SHA256".to_owned()),
        }
    }

    pub(super) fn request(&self) -> Request<'_> {
        let path_and_query = &self.path_and_query;
        match self.kind {
            Kind::Form => Request::Form {
                path_and_query,
                params: &self.params,
            },
            Kind::Body => Request::Body {
                path_and_query,
                body: self.body.as_bytes(),
            },
            Kind::Upgrade => Request::Upgrade { path_and_query },
        }
    }

    /// How the request was signed in the words of the log, or "refused".
    pub(super) fn verdict(&self) -> String {
        let Ok(verifier) = Verifier::new(&self.public_url, [&self.token]) else {
            return "refused".to_owned();
        };
        match verifier.verify(&self.request(), &self.signature, self.settings.as_deref()) {
            Verdict::Valid(variant) => variant.to_string(),
            Verdict::Invalid => "refused".to_owned(),
        }
    }

    /// Every text that the signature depends on.
    fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = vec![
            &mut self.token,
            &mut self.public_url,
            &mut self.path_and_query,
            &mut self.body,
            &mut self.signature,
        ];
        texts.extend(
            self.params
                .iter_mut()
                .flat_map(|(name, value)| [name, value]),
        );
        texts
    }

    /// The same case with one bit of one byte of one text turned over, for every bit there is.
    /// A turn that leaves no UTF-8 is left out: such a request can't be written as a `str`.
    pub(super) fn flipped(&self) -> impl Iterator<Item = Self> {
        let lengths: Vec<_> = self.clone().texts().iter().map(|text| text.len()).collect();
        let bits = lengths
            .into_iter()
            .enumerate()
            .flat_map(|(text, len)| (0..len * 8).map(move |bit| (text, bit)));
        bits.filter_map(|(text, bit)| {
            let mut case = self.clone();
            let target = case.texts().remove(text);
            let mut bytes = std::mem::take(target).into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            *target = String::from_utf8(bytes).ok()?;
            Some(case)
        })
    }
}

fn params_of(params: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("values are texts").to_owned();
    let pairs = params.as_object().expect("parameters are an object").iter();
    pairs
        .flat_map(|(name, value)| match value {
            Value::Array(values) => values.iter().map(|v| (name.clone(), text(v))).collect(),
            value => vec![(name.clone(), text(value))],
        })
        .collect()
}

pub(super) fn vectors() -> Vec<Case> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/signature_vectors.json"
    );
    let vectors: Value = serde_json::from_slice(&fs::read(path).expect("the vectors are there"))
        .expect("the vectors are JSON");
    vectors
        .as_array()
        .expect("a list")
        .iter()
        .map(Case::from_vector)
        .collect()
}

pub(super) fn vector(name: &str) -> Case {
    vectors()
        .into_iter()
        .find(|case| case.name == name)
        .expect("a vector of this name")
}
