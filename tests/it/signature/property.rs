//! A signature belongs to one address: requests that differ from the signed one in host, path or query
//! are made at random, and none of them may be believed.

use fastrand::Rng;
use firstword::wire::signature::{Request, Verdict, Verifier};

use super::super::http::signed::sign;

const TOKEN: &str = "12345678901234567890123456789012";
const CASES: u64 = 20_000;

/// The address of a request, as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Address {
    host: String,
    target: String,
}

impl Address {
    fn new(target: String) -> Self {
        Self {
            host: "voice.example.com".to_owned(),
            target,
        }
    }

    /// A call's socket, a part of one, or plain `/relay`; seldom with a query.
    fn socket(rng: &mut Rng) -> Self {
        let mut target = format!("/relay/CA{:032x}", rng.u128(..));
        if rng.u8(..3) == 0 {
            target.truncate(rng.usize("/relay".len()..target.len()));
        }
        if rng.u8(..4) == 0 {
            target += "?tenant=acme&v=2";
        }
        Self::new(target)
    }

    /// One change of the kinds that a stranger would try with a signature that was observed.
    fn change(&mut self, rng: &mut Rng) {
        let target = &mut self.target;
        if target.len() < 2 {
            return;
        }
        let at = rng.usize(1..target.len());
        let sign = b"?=&/%#.;+aZ09 -_"[rng.usize(..16)] as char;
        match rng.u8(..9) {
            // The end of the path becomes a query.
            0 | 1 => {
                target.insert(at, '?');
                target.insert(rng.usize(at + 1..=target.len()), '=');
            }
            2 => target.insert(at, sign),
            3 => drop(target.remove(at)),
            4 => target.truncate(at),
            5 => {
                let byte = target.remove(at);
                target.insert_str(at, &format!("%{:02X}", byte as u32));
            }
            6 => target.push('/'),
            7 => target.insert(0, '/'),
            _ => drop(self.host.remove(rng.usize(..self.host.len()))),
        }
    }

    fn is_believed(&self, signature: &str, params: Option<&[(String, String)]>) -> bool {
        let path_and_query = &self.target;
        let request = match params {
            Some(params) => Request::Form {
                path_and_query,
                params,
            },
            None => Request::Upgrade { path_and_query },
        };
        Verifier::new(&format!("https://{}", self.host), [TOKEN]).is_ok_and(|verifier| {
            matches!(
                verifier.verify(&request, signature, None),
                Verdict::Valid(_)
            )
        })
    }
}

#[test]
fn an_upgrade_that_differs_from_the_signed_one_is_never_believed() {
    let mut tried = 0;
    for seed in 0..CASES {
        let mut rng = Rng::with_seed(seed);
        let signed = Address::socket(&mut rng);
        let signature = sign(TOKEN, &format!("wss://{}{}", signed.host, signed.target));
        assert!(signed.is_believed(&signature, None), "{signed:?}");
        let mut asked = signed.clone();
        for _ in 0..rng.usize(1..4) {
            asked.change(&mut rng);
        }
        if asked != signed {
            let believed = asked.is_believed(&signature, None);
            assert!(!believed, "seed {seed}: {asked:?} for {signed:?}");
            tried += 1;
        }
    }
    assert!(tried > CASES / 2, "only {tried} changes were tried");
}

/// What every webhook of a call carries.
fn webhook() -> Vec<(String, String)> {
    let pairs = [("AccountSid", "AC1"), ("CallSid", "CA1"), ("From", "+1")];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    pairs.map(owned).to_vec()
}

#[test]
fn a_webhook_that_differs_from_the_signed_one_is_never_believed() {
    let plain: String = webhook().into_iter().map(|(k, v)| k + &v).collect();
    let mut tried = 0;
    for seed in 0..CASES {
        let mut rng = Rng::with_seed(seed);
        // Other addresses of the same host, as an account may have.
        let ends = ["", "?tenant=acme", "?a", "/other", "-other", ".php", "%20x"];
        let end = ends[rng.usize(..ends.len())];
        let signed = Address::new(format!("/twiml{end}"));
        let signature = sign(
            TOKEN,
            &format!("https://{}{}{plain}", signed.host, signed.target),
        );
        assert!(signed.is_believed(&signature, Some(&webhook())));
        let mut asked = signed.clone();
        let mut params = webhook();
        if rng.bool() && !end.is_empty() {
            // What the address ended with comes as a parameter, whose name and value nothing separates.
            let at = rng.usize(1..=end.len());
            asked.target.truncate("/twiml".len());
            params.push((end[..at].to_owned(), end[at..].to_owned()));
        } else {
            asked.change(&mut rng);
        }
        if asked != signed {
            let believed = asked.is_believed(&signature, Some(&params));
            assert!(
                !believed,
                "seed {seed}: {asked:?} {params:?} for {signed:?}"
            );
            tried += 1;
        }
    }
    assert!(tried > CASES / 2, "only {tried} changes were tried");
}
