//! The live page as one file that opens from a disk: figures, script and style inside it.
//!
//! The figures stand in a data block in which no `<` survives, so nothing that a caller said can end
//! it. The policy allows exactly the scripts and the style that were compiled in, by their hashes.

use std::collections::HashSet;

use serde_json::Value;

use super::assets::{SCRIPT, STYLE, UPLOT, csp_hash};
use super::{Admin, calls, stats};

/// Timelines in a report: those of the slowest turns, then of the latest ones.
const TIMELINES_MAX: usize = 40;

/// Their size together: a call of an hour has a few hundred KB.
const TIMELINES_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The policy inside the file, and as a header, where it says besides what a file cannot say of itself.
pub fn policy() -> String {
    let (uplot, script, style) = (csp_hash(UPLOT), csp_hash(SCRIPT), csp_hash(STYLE));
    format!(
        "default-src 'none'; script-src {uplot} {script}; style-src {style}; img-src data:; \
         base-uri 'none'; form-action 'none'"
    )
}

pub async fn html(admin: &Admin) -> String {
    let stats = stats::whole(admin, usize::MAX, usize::MAX).await;
    let calls = calls::list(admin).await;
    let timelines = timelines(admin, &stats).await;
    let data = format!("{{\"stats\":{stats},\"calls\":{calls},\"timelines\":{{{timelines}}}}}");
    // Valid JSON still, and no way out of the block.
    let data = data.replace('<', "\\u003c");
    let policy = &admin.report_policy;
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Firstword report</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{}\n\
         <script type=\"application/json\" id=\"report\">{data}</script>\n\
         <script>{UPLOT}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        body()
    )
}

/// What stands between the page's own `<body>` and its scripts.
fn body() -> &'static str {
    let page = super::assets::HTML;
    let inside = page.split_once("<body>").map_or("", |(_, rest)| rest);
    inside
        .split_once("<!-- scripts -->")
        .map_or(inside, |(body, _)| body)
}

/// The members of an object: timelines by the numbers of their calls.
async fn timelines(admin: &Admin, stats: &Value) -> String {
    let mut text = String::new();
    let mut taken = HashSet::new();
    let list = |name: &str| stats[name].as_array().map_or(&[][..], Vec::as_slice);
    for turn in list("slowest").iter().chain(list("turns").iter().rev()) {
        if taken.len() < TIMELINES_MAX
            && let Some(call) = turn["call"].as_u64()
            && taken.insert(call)
            && let Some(timeline) = admin.latency.timeline(call.to_string()).await
        {
            let comma = if text.is_empty() { "" } else { "," };
            let member = format!("{comma}\"{call}\":{}", timeline.json());
            if text.len() + member.len() > TIMELINES_BYTES_MAX {
                break;
            }
            text.push_str(&member);
        }
    }
    text
}
