//! What the server makes of requests: who asks, what is sent, which paths and methods there are.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::toy::{LIMIT_BYTES, ToyHouse, read_reply};

const JSON_BYTES_MAX: usize = 1 << 20;

#[test]
fn a_call_is_answered_with_what_the_room_says() {
    let house = ToyHouse::open();
    let reply = house.get("/lamps/LMP-0003");
    assert_eq!(reply.status, 200);
    let lamp = serde_json::json!({
        "id": "LMP-0003", "title": "shown", "made_by": "PER-0001", "made_at": "2026-11-22T18:00:00.000Z",
    });
    assert_eq!(reply.json(), lamp);
    assert_eq!(house.get("/health").json(), serde_json::json!({ "status": "ok" }));
}

#[test]
fn only_one_known_bearer_token_opens_the_door() {
    let house = ToyHouse::open();
    let status = |headers: &[&str]| {
        let reply = house.ask("GET /api/v1/lamps", headers, b"");
        if reply.status == 401 {
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            assert_eq!(reply.problem().problem_type, "urn:tagout:refusal:unauthenticated");
        }
        reply.status
    };
    assert_eq!(status(&["Authorization: Bearer anna"]), 200);
    assert_eq!(status(&["authorization: bearer anna"]), 200);
    let long = format!("Authorization: Bearer {}", "a".repeat(513));
    let refused: [&[&str]; 9] = [
        &[],
        &["Cookie: token=anna"],
        &["Authorization: Bearer nobody"],
        &["Authorization: Bearer"],
        &["Authorization: Bearer "],
        &["Authorization: Basic anna"],
        &["Authorization: Bearer anna extra"],
        &["Authorization: Bearer anna", "Authorization: Bearer ben"],
        &[&long],
    ];
    for headers in refused {
        assert_eq!(status(headers), 401, "{headers:?}");
    }
}

#[test]
fn anybody_may_sign_in() {
    let house = ToyHouse::open();
    let body = br#"{"title":"anna"}"#;
    let headers = [
        "Content-Type: application/json; charset=utf-8",
        "Content-Length: 16",
    ];
    let reply = house.ask("POST /api/v1/sign-ins", &headers, body);
    assert_eq!(reply.json(), serde_json::json!("anna-token"));
}

#[test]
fn a_wrong_body_is_refused_and_names_its_field() {
    let house = ToyHouse::open();
    let rows: [(&[u8], &str); 6] = [
        (
            br#"{"title":"a","wats":1}"#,
            "field `wats`: unknown field `wats`, expected `title` or `watts`",
        ),
        (
            br#"{"title":"a","watts":-1}"#,
            "field `watts`: invalid value: integer `-1`, expected u32",
        ),
        (br#"{"watts":1}"#, "missing field `title`"),
        (b"", "missing field `title`"),
        (b"{\"title\":\"\xff\"}", "invalid unicode code point"),
        (&[b'['; 100_000], "the body is not a JSON object"),
    ];
    for (body, expected) in rows {
        let reply = house.post("/lamps", &[], body);
        assert_eq!(reply.status, 400);
        let detail = reply.problem().detail;
        assert!(detail.contains(expected), "{detail}");
    }
}

#[test]
fn a_body_that_is_not_said_to_be_json_is_refused() {
    let house = ToyHouse::open();
    for headers in [
        vec!["Content-Length: 13"],
        vec!["Content-Length: 13", "Content-Type: text/plain"],
        vec!["Content-Length: 13", "Content-Type: application/jsonp"],
    ] {
        let headers: Vec<&str> = [vec!["Authorization: Bearer anna"], headers].concat();
        let reply = house.ask("POST /api/v1/lamps", &headers, br#"{"title":"a"}"#);
        assert_eq!((reply.status, reply.problem().rule.as_str()), (415, "media type"));
    }
}

#[test]
fn a_wrong_query_or_id_is_refused() {
    let house = ToyHouse::open();
    for (path, expected) in [
        ("/lamps?limit=501", "`limit` is 501; a page has 1 to 500 items"),
        ("/lamps?limit=x", "query parameter `limit`"),
        ("/lamps?limit=1&limit=2", "`limit`: it is given more than once"),
        ("/lamps?size=1", "unknown field `size`"),
        (
            "/lamps?after=CHG-0001",
            "`after`: `CHG-0001` is not a lamp id; write it like `LMP-0001`",
        ),
        (
            "/lamps/LMP-1",
            "`LMP-1` is not a lamp id; write it like `LMP-0001`",
        ),
        ("/lamps/%4cMP-0001%20", "is not a lamp id"),
        ("/lamps/%ff", "not UTF-8"),
        ("/lamps/LMP-0001?verbose", "unknown field `verbose`"),
    ] {
        let reply = house.get(path);
        assert_eq!(reply.status, 400, "{path}");
        let detail = reply.problem().detail;
        assert!(detail.contains(expected), "{path}: {detail}");
    }
    assert_eq!(house.get("/lamps/%4cMP-0001").status, 200);
}

#[test]
fn a_list_is_read_page_by_page() {
    let house = ToyHouse::open();
    let first = house.get("/lamps?limit=5").json();
    assert_eq!(
        (first["items"].as_array().unwrap().len(), &first["next"]),
        (5, &"LMP-0005".into())
    );
    let second = house.get("/lamps?limit=5&after=LMP-0005").json();
    assert_eq!(
        (second["items"].as_array().unwrap().len(), second.get("next")),
        (2, None)
    );
}

#[test]
fn unknown_paths_and_methods_are_refused() {
    let house = ToyHouse::open();
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/lamp",
        "/api/v2/lamps",
        "/api/v1/lamps/",
    ] {
        let reply = house.ask(&format!("GET {path}"), &[], b"");
        assert_eq!(
            (reply.status, reply.problem().rule.as_str()),
            (404, "path"),
            "{path}"
        );
    }
    for (request, allowed) in [
        ("PUT /api/v1/lamps", vec!["GET", "HEAD", "POST"]),
        ("POST /api/v1/lamps/LMP-0001", vec!["DELETE", "GET", "HEAD"]),
        (
            "OPTIONS /api/v1/lamps/measurements",
            vec!["DELETE", "GET", "HEAD", "POST"],
        ),
        ("DELETE /api/v1/health", vec!["GET", "HEAD"]),
        ("POST /api/v1/openapi.json", vec!["GET", "HEAD"]),
    ] {
        let reply = house.ask(request, &["Authorization: Bearer anna"], b"");
        assert_eq!(
            (reply.status, reply.problem().rule.as_str()),
            (405, "method"),
            "{request}"
        );
        let mut allow: Vec<&str> = reply.header("allow").unwrap_or_default().split(',').collect();
        allow.sort_unstable();
        if !request.contains("measurements") {
            assert_eq!(allow, allowed, "{request}");
        }
    }
}

#[test]
fn every_answer_is_hardened() {
    let house = ToyHouse::open();
    let replies = [
        house.get("/lamps"),
        house.get("/health"),
        house.get("/openapi.json"),
        house.get("/lamps/LMP-0001/manual?size_bytes=3"),
        house.get("/refusals/fault"),
        house.get("/nowhere"),
        house.ask("PUT /api/v1/lamps", &[], b""),
        house.ask("GET /api/v1/lamps", &[], b""),
        house.post("/lamps", &[], b"{"),
    ];
    for reply in replies {
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; frame-ancestors 'none'"),
            "{policy}"
        );
    }
}

fn lamp_of_size(size: usize) -> Vec<u8> {
    let frame = r#"{"title":""}"#.len();
    format!(r#"{{"title":"{}"}}"#, "a".repeat(size - frame)).into_bytes()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for chunk in body.chunks(60_000) {
        wire.extend(format!("{:x}\r\n", chunk.len()).bytes());
        wire.extend(chunk);
        wire.extend(b"\r\n");
    }
    wire.extend(b"0\r\n\r\n");
    wire
}

#[test]
fn a_json_body_has_at_most_one_mebibyte() {
    let house = ToyHouse::open();
    let headers = [
        "Authorization: Bearer anna",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
    ];
    for (size, expected) in [
        (JSON_BYTES_MAX, 200),
        (JSON_BYTES_MAX + 1, 413),
        (5 * JSON_BYTES_MAX, 413),
    ] {
        let body = lamp_of_size(size);
        let reply = house.post("/lamps", &[], &body);
        assert_eq!(reply.status, expected, "{size} bytes announced");
        let reply = house.ask("POST /api/v1/lamps", &headers, &chunked(&body));
        assert_eq!(reply.status, expected, "{size} bytes in chunks");
        if expected == 413 {
            assert_eq!(reply.problem().problem_type, "urn:tagout:refusal:limit");
        }
    }
}

#[test]
fn a_file_has_at_most_the_bytes_its_route_allows() {
    let house = ToyHouse::open();
    let names = std::fs::read_dir(house.house.organisation.data())
        .unwrap()
        .count();
    let limit = usize::try_from(LIMIT_BYTES).unwrap();
    for (size, expected) in [(0, 200), (limit, 200), (limit + 1, 413), (limit * 5, 413)] {
        let body = vec![1; size];
        let announced = house.post("/lamps/measurements", &["X-Other: 1"], &body);
        let headers = ["Authorization: Bearer anna", "Transfer-Encoding: chunked"];
        let in_chunks = house.ask("POST /api/v1/lamps/measurements", &headers, &chunked(&body));
        for reply in [announced, in_chunks] {
            assert_eq!(reply.status, expected, "{size} bytes");
            if expected == 200 {
                // The file has no name while the room reads it.
                let measured = serde_json::json!({ "size_bytes": size, "sum": size, "names": names });
                assert_eq!(reply.json(), measured);
            }
        }
    }
}

#[test]
fn a_file_of_nobody_is_refused_before_it_is_sent() {
    let house = ToyHouse::open();
    for token in ["nobody", ""] {
        let token = format!("Authorization: Bearer {token}");
        let headers = [token.as_str(), "Content-Length: 200000", "Expect: 100-continue"];
        let reply = house.ask("POST /api/v1/lamps/measurements", &headers, b"");
        assert_eq!(reply.status, 401);
    }
}

#[test]
fn the_ninth_file_at_once_is_turned_away() {
    let house = ToyHouse::open();
    let head = "POST /api/v1/lamps/measurements HTTP/1.1\r\nHost: toy\r\nAuthorization: Bearer anna\r\n\
                Connection: close\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
    let go_ahead = b"HTTP/1.1 100 Continue\r\n\r\n";
    let begun: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = house.connect();
            stream.write_all(head.as_bytes()).unwrap();
            let mut answer = [0; 25];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(answer, *go_ahead);
            stream
        })
        .collect();
    let ninth = house.post("/lamps/measurements", &[], b"a");
    assert_eq!(
        (ninth.status, ninth.problem().rule.as_str()),
        (503, "files at once")
    );
    assert_eq!(ninth.header("retry-after"), Some("5"));
    for mut stream in begun {
        stream.write_all(b"a").unwrap();
        assert_eq!(read_reply(stream).unwrap().status, 200);
    }
    assert_eq!(house.post("/lamps/measurements", &[], b"a").status, 200);
}

#[test]
fn a_download_is_an_attachment_that_no_browser_runs() {
    let house = ToyHouse::open();
    for place in ["memory", "disk"] {
        for size in [0, 1, 131_072, 131_073, 1_000_000] {
            let reply = house.get(&format!("/lamps/LMP-0001/manual?size_bytes={size}&place={place}"));
            assert_eq!(reply.status, 200);
            let expected: Vec<u8> = (0..size).map(|number| number as u8).collect();
            assert!(reply.body == expected, "{size} bytes from {place}");
            assert_eq!(reply.header("content-length"), Some(size.to_string().as_str()));
            assert_eq!(reply.header("content-type"), Some("text/html"));
            assert_eq!(
                reply.header("content-disposition"),
                Some(
                    "attachment; filename=\"LMP-0001--manual-.html\"; filename*=UTF-8''LMP-0001%20%3Cmanual%3E.html"
                )
            );
            let policy = reply.header("content-security-policy").unwrap();
            assert!(policy.ends_with("; sandbox"), "{policy}");
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        }
    }
}

#[test]
fn every_class_of_refusal_has_its_status() {
    let house = ToyHouse::open();
    let rows = [
        ("invalid", 400),
        ("unauthenticated", 401),
        ("forbidden", 403),
        ("not-found", 404),
        ("conflict", 409),
        ("policy", 422),
        ("outside", 502),
        ("limit", 429),
        ("fault", 500),
    ];
    for (class, status) in rows {
        let reply = house.get(&format!("/refusals/{class}"));
        let problem = reply.problem();
        assert_eq!(
            (reply.status, problem.problem_type),
            (status, format!("urn:tagout:refusal:{class}"))
        );
        assert_eq!(
            (problem.detail.as_str(), problem.rule.as_str()),
            ("refused as asked", "4.2")
        );
        assert_eq!(problem.missing, ["one thing", "another thing"]);
        assert_eq!(problem.way_out, ["ask for something else"]);
    }
}
