//! The live page on the private port: what is served, to whom, and that no call pays for it.

mod calls; // timelines, words only where allowed, hostile words
mod events; // server-sent events and slow readers
mod figures; // percentiles, columns, /stats, `firstword top`
mod status; // the word of a call
mod trail; // marks become a timeline

use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;
use firstword::config::Timelines;
use firstword::telemetry::latency::Sample;
use firstword::telemetry::stages::{Split, TurnTimes};
use firstword::telemetry::trail::{Mark, Readers, Trail};

use super::world::http::{get, send};
use super::world::phone::Phone;
use super::world::{World, on_runtime, says};

const FILES: [&str; 5] = ["/", "/page.css", "/page.js", "/uplot.js", "/favicon.svg"];

#[test]
fn every_path_of_the_page_is_there_for_readers_only() {
    on_runtime(async {
        let world = World::start(says("Hello.", 1)).await;
        let private = world.server.private;
        let cases = [
            ("/", "text/html; charset=utf-8"),
            ("/calls", "text/html; charset=utf-8"),
            ("/calls/CA1", "text/html; charset=utf-8"),
            ("/page.css", "text/css; charset=utf-8"),
            ("/page.js", "text/javascript; charset=utf-8"),
            ("/uplot.js", "text/javascript; charset=utf-8"),
            ("/favicon.svg", "image/svg+xml"),
            ("/favicon.ico", "image/svg+xml"),
            ("/stats", "application/json"),
            ("/calls.json", "application/json"),
            ("/latency.hgrm", "text/plain; charset=utf-8"),
            ("/report.html", "text/html; charset=utf-8"),
        ];
        for (path, content_type) in cases {
            let answer = get(private, path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("content-type"), Some(content_type), "{path}");
            assert!(!answer.body.is_empty(), "{path}");
            for method in ["POST", "PUT", "DELETE"] {
                let answer = send(private, method, path, &[], "").await;
                assert_eq!(answer.status, 405, "{method} {path}");
                assert_eq!(answer.header("allow"), Some("GET, HEAD"));
            }
            let head = send(private, "HEAD", path, &[], "").await;
            assert_eq!((head.status, head.body.as_str()), (200, ""), "HEAD {path}");
        }
        for path in [
            "/calls/CA1.json",
            "/latency.hgrm?metric=nothing",
            "/page.js/",
        ] {
            assert_eq!(get(private, path).await.status, 404, "{path}");
        }
    });
}

#[test]
fn every_answer_forbids_what_the_page_does_not_need() {
    on_runtime(async {
        let world = World::start(says("Hello.", 1)).await;
        for path in [
            "/",
            "/page.js",
            "/stats",
            "/calls.json",
            "/metrics",
            "/nowhere",
        ] {
            let answer = get(world.server.private, path).await;
            let policy = answer.header("content-security-policy").unwrap_or_default();
            let rules: Vec<_> = policy.split("; ").collect();
            for rule in [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "connect-src 'self'",
                "img-src 'self'",
                "frame-ancestors 'none'",
            ] {
                assert!(rules.contains(&rule), "{path}: {rule} is not in {policy}");
            }
            // The keywords that let in-line script and style through begin alike.
            assert!(!policy.contains("'un"), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        }
    });
}

#[test]
fn a_file_is_gzipped_for_whom_takes_that_and_not_sent_again_to_whom_has_it() {
    on_runtime(async {
        let world = World::start(says("Hello.", 1)).await;
        let private = world.server.private;
        for path in FILES {
            let plain = get(private, path).await;
            assert_eq!(plain.header("content-encoding"), None, "{path}");
            let tag = plain.header("etag").expect("each file has one").to_owned();
            let cases = [
                ("gzip", true),
                ("br, gzip;q=0.8", true),
                ("*", true),
                ("gzip;q=0", false),
                ("br", false),
                ("identity", false),
            ];
            for (accepted, zipped) in cases {
                let headers = [("accept-encoding", accepted)];
                let answer = send(private, "GET", path, &headers, "").await;
                let encoding = answer.header("content-encoding");
                assert_eq!(encoding, zipped.then_some("gzip"), "{path} {accepted}");
                assert_eq!(answer.header("vary"), Some("accept-encoding"));
                let same = answer.header("etag") == Some(tag.as_str());
                assert_eq!(same, !zipped, "{path}: another form, another tag");
            }
            let weak = format!("\"other\", W/{tag}");
            for (known, status) in [(tag.as_str(), 304), (&weak, 304), ("\"other\"", 200)] {
                let headers = [("if-none-match", known)];
                let answer = send(private, "GET", path, &headers, "").await;
                assert_eq!(answer.status, status, "{path} {known}");
                assert_eq!(answer.body.is_empty(), status == 304, "{path} {known}");
            }
        }
    });
}

/// What a browser fetches for the whole page; the issue allows no more.
const GZIPPED_BYTES_MAX: usize = 60_000;

#[test]
fn the_whole_page_is_small() {
    on_runtime(async {
        let world = World::start(says("Hello.", 1)).await;
        let mut sum = 0;
        for path in FILES {
            let headers = [("accept-encoding", "gzip")];
            let answer = send(world.server.private, "GET", path, &headers, "").await;
            assert_eq!(answer.header("content-encoding"), Some("gzip"));
            let length = answer.header("content-length").expect("it is known");
            sum += length.parse::<usize>().expect("a number");
        }
        println!("the page is {sum} bytes gzipped");
        assert!(sum > 10_000, "{sum} bytes are no page");
        assert!(sum <= GZIPPED_BYTES_MAX, "{sum} bytes");
    });
}

#[test]
fn a_foreign_name_for_this_machine_is_refused() {
    on_runtime(async {
        let world = World::start(says("Hello.", 1)).await;
        let open = World::with(
            says("Hello.", 1),
            "",
            &[("FIRSTWORD_SERVER_ADMIN_OPEN", "true")],
        )
        .await;
        let cases = [
            ("localhost:9464", 200),
            ("127.0.0.1", 200),
            ("[::1]:9464", 200),
            ("page.localhost", 200),
            ("attacker.example", 421),
            ("127.0.0.1.attacker.example:9464", 421),
            ("localhost.attacker.example", 421),
        ];
        for (host, status) in cases {
            let request =
                format!("GET /calls.json HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            let answer = super::world::http::exchange(world.server.private, &request).await;
            assert_eq!(answer.status, status, "{host}");
            let answer = super::world::http::exchange(open.server.private, &request).await;
            assert_eq!(answer.status, 200, "{host}, with server.admin_open");
        }
    });
}

#[test]
fn the_report_holds_all_it_needs_and_its_policy_allows_nothing_else() {
    on_runtime(async {
        let world = World::start(says("All is well.", 1)).await;
        let mut phone = Phone::call(&world).await;
        phone.say("How are you?").await;
        phone.hear("All is well.").await;
        let report = get(world.server.private, "/report.html").await;
        let policy = report.header("content-security-policy");
        let policy = policy.expect("a report has one").to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"));
        assert!(!policy.contains("'un") && !policy.contains("http"));
        // A file cannot say who may frame it.
        let inside = policy.strip_suffix("; frame-ancestors 'none'");
        let inside = inside.expect("nothing may frame a report");
        assert!(report.body.contains(&format!("content=\"{inside}\"")));
        for outside in [
            "<script src",
            "<link rel=\"stylesheet\"",
            "@import",
            "url(http",
        ] {
            assert!(!report.body.contains(outside), "{outside}");
        }
        let (_, rest) = report
            .body
            .split_once("id=\"report\">")
            .expect("the figures");
        let (data, _) = rest.split_once("</script>").expect("their end");
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(data["stats"]["figures"]["answered"], 1.0);
        assert!(data["timelines"]["1"]["marks"].as_array().is_some());
    });
}

#[test]
fn another_site_may_lead_here_and_costs_no_other_work() {
    on_runtime(async {
        let world = World::start(says("Hello.", 1)).await;
        let private = world.server.private;
        for (site, dest, status) in [
            ("cross-site", "document", 200),
            ("cross-site", "image", 403),
            ("cross-site", "iframe", 403),
            ("same-origin", "empty", 200),
            ("none", "document", 200),
        ] {
            let headers = [("sec-fetch-site", site), ("sec-fetch-dest", dest)];
            let answer = send(private, "GET", "/report.html", &headers, "").await;
            assert_eq!(answer.status, status, "{site} {dest}");
            let resource = answer.header("cross-origin-resource-policy");
            assert_eq!(resource, Some("same-origin"), "{site} {dest}");
        }
    });
}

#[test]
fn a_report_is_bounded_however_long_its_calls_were() {
    on_runtime(async {
        let world = World::start(says("Hello.", 1)).await;
        let latency = &world.server.latency;
        let mut samples = latency.samples();
        let readers = Readers {
            timelines: Timelines::Times,
            spans: true,
        };
        let trails = samples.trails(readers);
        let turn = TurnId::from_u32(1);
        let split = Split {
            read: CallTime::ZERO,
            stages: [1_000; 6],
            is_whole: true,
        };
        let times = TurnTimes {
            stages: split.stages.map(|stage| Micros(stage.into())),
            first_piece: Micros(2_000),
        };
        for number in 0..12 {
            let call = latency.registry().enter(&format!("CA{number}"), true);
            let trail = Trail::begin(&trails, &call, CallTime::ZERO);
            for _ in 0..2_400 {
                trail.mark(CallTime::ZERO, Mark::Stages(turn, split, None));
            }
            samples.push(Sample::Turn {
                call: call.live().number,
                turn,
                times,
                over: false,
            });
            // The thread has taken all of it when it answers.
            latency.look(0, 0).await;
        }
        let bytes = get(world.server.private, "/report.html").await.body.len();
        assert!((3 << 20..5 << 20).contains(&bytes), "{bytes} bytes");
    });
}
