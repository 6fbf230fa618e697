//! One's own account: who one is, where one is signed in, what happened at one's own door, tokens for programs.

use std::collections::BTreeSet;

use askama::Template;
use basis::{Id, Refusal, Span, Time};
use frame::pages::{Cell, Column, Form, Goto, Moment, Page, State, Table, Tone};
use frame::{ANYBODY, Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::step_up::needs_proof;
use super::told_once::ToldOnce;
use crate::acts::{self, PastSignIn, SignInDeed};
use crate::rules::{TokenId, TokenKind};
use crate::store::StoredToken;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .page("/account", ANYBODY, "Shows one's own account", account_page)
        .form(
            "/account/sign-ins/{token}/end",
            ANYBODY,
            "Ends a sign-in of one's own",
            account_page,
            end_one,
        )
        .form(
            "/account/sign-ins/end",
            ANYBODY,
            "Ends all other sign-ins of one's own",
            account_page,
            end_others,
        )
        .page(
            "/account/history",
            ANYBODY,
            "Shows one's own sign-in history",
            history_page,
        )
        .page("/account/tokens", ANYBODY, "Shows one's own tokens", tokens_page)
        .form(
            "/account/tokens",
            "people.issue_token",
            "Makes a token for a program",
            tokens_page,
            issue_token,
        )
        .form(
            "/account/calendar",
            "people.issue_token",
            "Makes an address for calendar programs",
            tokens_page,
            make_calendar_address,
        )
        .form(
            "/account/tokens/{token}/end",
            ANYBODY,
            "Ends a token of one's own",
            tokens_page,
            end_token,
        )
}

/// One sign-in, and the form that ends it.
#[derive(Debug, Clone)]
struct SignInCard {
    token: TokenId,
    began: Moment,
    proven_by: String,
    proven: Moment,
    source: String,
    last_used: Option<Moment>,
    until: Moment,
    is_this_one: bool,
    end: Form,
    end_label: String,
}

/// Who one is and where one is signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "account.html")]
pub(super) struct AccountPage {
    name: String,
    handle: String,
    person: String,
    roles: Vec<String>,
    waits: bool,
    sign_ins: Vec<SignInCard>,
    end_others: Option<Form>,
}

fn role_words<'a>(roles: impl IntoIterator<Item = &'a basis::Role>) -> Vec<String> {
    roles
        .into_iter()
        .map(|role| role.name().replace('_', " "))
        .collect()
}

fn way_words(way: basis::Authentication) -> String {
    match way {
        basis::Authentication::PasswordTotp => "password and one-time code".to_owned(),
        other => other.name().to_owned(),
    }
}

impl Page for AccountPage {
    fn title(&self) -> String {
        "Your account".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let at = |minute: i64| Moment(Time::from_ms(1_795_334_400_000 + minute * 60_000));
        let card = |number: u64, source: &str| SignInCard {
            token: TokenId::from_number(number),
            began: at(0),
            proven_by: way_words(basis::Authentication::PasswordTotp),
            proven: at(3),
            source: source.to_owned(),
            last_used: (number == 1).then(|| at(5)),
            until: at(480),
            is_this_one: number == 1,
            end: Form::sample(&format!("/account/sign-ins/TOK-{number:04}/end")),
            end_label: format!("End TOK-{number:04}"),
        };
        let page = |sign_ins: Vec<SignInCard>| Self {
            name: "Anna Ames".to_owned(),
            handle: "anna".to_owned(),
            person: "PER-0001".to_owned(),
            roles: vec!["administrator".to_owned(), "system owner".to_owned()],
            waits: sign_ins.len() > 1,
            end_others: (sign_ins.len() > 1).then(|| Form::sample("/account/sign-ins/end")),
            sign_ins,
        };
        vec![
            ("one sign-in", page(vec![card(1, "192.0.2.7")])),
            (
                "several",
                page(vec![
                    card(1, "192.0.2.7"),
                    card(2, ""),
                    card(3, "2001:db8:85a3::8a2e:370:7334"),
                ]),
            ),
        ]
    }
}

fn account_page(call: &Call<'_>) -> Result<AccountPage, Refusal> {
    let (person, _, _) = acts::show(call.organisation(), call.actor, call.actor.person)?;
    let this = acts::present_sign_in(call.actor);
    let sign_ins: Vec<SignInCard> = acts::own_sign_ins(call.organisation(), call.actor)?
        .into_iter()
        .map(|token| SignInCard {
            token: token.id,
            began: Moment(token.issued_at),
            proven_by: way_words(token.proven_by),
            proven: Moment(token.proven_at),
            last_used: call.house.gatekeeper.last_used(token.id.number()).map(Moment),
            until: Moment(token.expires_at),
            is_this_one: this == Some(token.id),
            end: call.form(format!("/account/sign-ins/{}/end", token.id)),
            end_label: format!("End {}", token.id),
            source: token.source,
        })
        .collect();
    Ok(AccountPage {
        waits: person.usable_roles() != person.roles,
        handle: person.handle.as_str().to_owned(),
        person: person.id.to_string(),
        roles: role_words(&person.roles),
        name: person.name,
        end_others: (sign_ins.len() > 1).then(|| call.form("/account/sign-ins/end")),
        sign_ins,
    })
}

fn end_one(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let token: TokenId = call.id("token")?;
    acts::revoke_token(call.organisation(), call.actor, token)?;
    if acts::present_sign_in(call.actor) == Some(token) {
        return Ok(Goto::to("/sign-in").signed_out());
    }
    Ok(Goto::to("/account"))
}

fn end_others(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    acts::end_other_sign_ins(call.organisation(), call.actor)?;
    Ok(Goto::to("/account"))
}

/// What happened at one's own door.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in_history.html")]
pub(super) struct HistoryPage {
    table: Table,
}

fn history_table(lines: Vec<PastSignIn>) -> Table {
    let columns = ["When", "What", "With", "From", "Entry"];
    let row = |line: PastSignIn| {
        let (word, tone) = match line.deed {
            SignInDeed::SignedIn => ("signed in", Tone::Good),
            SignInDeed::ProvedAgain => ("proved again", Tone::Good),
            SignInDeed::Failed => ("failed", Tone::Warning),
            SignInDeed::CopySuspected => ("refused: the passkey may have been copied", Tone::Bad),
        };
        let with = match line.passkey {
            Some(passkey) => format!("passkey {passkey}"),
            None if line.with_recovery_code => "password and recovery code".to_owned(),
            None => "password and one-time code".to_owned(),
        };
        vec![
            Cell::Time(Some(line.at)),
            Cell::State(State::new(word, tone)),
            Cell::text(with),
            Cell::text(if line.source.is_empty() {
                "not noted"
            } else {
                &line.source
            }),
            Cell::Number(line.entry),
        ]
    };
    Table::new(
        "Newest first",
        columns.into_iter().map(Column::new).collect(),
        "Nobody has signed in as you.",
    )
    .with_rows(lines.into_iter().map(row))
}

impl Page for HistoryPage {
    fn title(&self) -> String {
        "Your sign-in history".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |minute: i64, deed, with_recovery_code, passkey: Option<u64>| PastSignIn {
            entry: 40 + minute.unsigned_abs(),
            at: Time::from_ms(1_795_334_400_000 + minute * 60_000),
            deed,
            by: basis::Authentication::PasswordTotp,
            with_recovery_code,
            passkey: passkey.map(crate::rules::PasskeyId::from_number),
            source: "192.0.2.7".to_owned(),
        };
        let lines = vec![
            line(4, SignInDeed::CopySuspected, false, Some(1)),
            line(3, SignInDeed::ProvedAgain, false, Some(1)),
            line(2, SignInDeed::SignedIn, true, None),
            line(1, SignInDeed::Failed, false, None),
        ];
        vec![
            (
                "empty",
                Self {
                    table: history_table(Vec::new()),
                },
            ),
            (
                "each kind",
                Self {
                    table: history_table(lines),
                },
            ),
        ]
    }
}

fn history_page(call: &Call<'_>) -> Result<HistoryPage, Refusal> {
    let lines = acts::sign_in_history(call.organisation(), call.actor)?;
    Ok(HistoryPage {
        table: history_table(lines),
    })
}

/// One token, and the form that ends it.
#[derive(Debug, Clone)]
struct TokenCard {
    token: TokenId,
    name: String,
    scope: String,
    until: Moment,
    state: State,
    end: Option<Form>,
    end_label: String,
}

/// Tokens for programs.
#[derive(Debug, Clone, Template)]
#[template(path = "tokens.html")]
pub(super) struct TokensPage {
    needs_proof: bool,
    tokens: Vec<TokenCard>,
    new: Option<Form>,
    new_calendar: Option<Form>,
}

impl Page for TokensPage {
    fn title(&self) -> String {
        "Your tokens for programs".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let card = |number: u64, is_good: bool| TokenCard {
            token: TokenId::from_number(number),
            name: "deployment pipeline".to_owned(),
            scope: "permits.ask_gate permits.read".to_owned(),
            until: Moment(Time::from_ms(1_795_334_400_000)),
            state: token_state(is_good),
            end: is_good.then(|| Form::sample(&format!("/account/tokens/TOK-{number:04}/end"))),
            end_label: format!("End TOK-{number:04}"),
        };
        let page = |tokens: Vec<TokenCard>| Self {
            needs_proof: !tokens.is_empty(),
            new: Some(Form::sample("/account/tokens")),
            new_calendar: Some(Form::sample("/account/calendar")),
            tokens,
        };
        vec![
            ("empty", page(Vec::new())),
            ("two", page(vec![card(1, true), card(2, false)])),
        ]
    }
}

fn token_state(is_good: bool) -> State {
    match is_good {
        true => State::new("good", Tone::Good),
        false => State::new("ended", Tone::Plain),
    }
}

fn tokens_page(call: &Call<'_>) -> Result<TokensPage, Refusal> {
    let (organisation, now) = (call.organisation(), call.organisation().now());
    let may_issue = call
        .house
        .gatekeeper
        .admit(organisation, call.actor, "people.issue_token")
        .is_ok();
    let card = |token: StoredToken| {
        let is_good = token.revoked_at.is_none() && now < token.expires_at;
        TokenCard {
            token: token.id,
            name: token.name,
            scope: match token.kind {
                TokenKind::Calendar => "fetching the calendar, and nothing else".to_owned(),
                TokenKind::SignIn | TokenKind::Api => {
                    let acts = token.scope.unwrap_or_default();
                    acts.into_iter().collect::<Vec<_>>().join(" ")
                }
            },
            until: Moment(token.expires_at),
            state: token_state(is_good),
            end: is_good.then(|| call.form(format!("/account/tokens/{}/end", token.id))),
            end_label: format!("End {}", token.id),
        }
    };
    let tokens = acts::own_tokens(organisation, call.actor)?;
    Ok(TokensPage {
        needs_proof: needs_proof(organisation, call.actor)?,
        tokens: tokens
            .into_iter()
            .filter(|token| token.kind != TokenKind::SignIn)
            .map(card)
            .collect(),
        new: may_issue.then(|| call.form("/account/tokens")),
        new_calendar: may_issue.then(|| call.form("/account/calendar")),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewTokenForm {
    name: Option<String>,
    /// Names of acts, with spaces or line ends between them.
    scope: Option<String>,
    days: u16,
}

fn issue_token(call: &Call<'_, Nothing, NewTokenForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let scope: BTreeSet<String> = form
        .scope
        .as_deref()
        .unwrap_or_default()
        .split([' ', ',', '\n'])
        .filter(|act| !act.is_empty())
        .map(str::to_owned)
        .collect();
    let life = Span::days(form.days.into());
    let name = form.name.as_deref().unwrap_or_default();
    let new = acts::issue_token(call.organisation(), call.actor, name, scope, life)?;
    Goto::to("/account/tokens").showing(&ToldOnce {
        title: format!("The token {}", new.id),
        about: format!(
            "It is good until {} and shown only now.",
            new.expires.to_minutes()
        ),
        secrets: vec![new.token],
        next: ("To your tokens", "/account/tokens".to_owned()),
    })
}

fn make_calendar_address(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let new = acts::issue_calendar_token(call.organisation(), call.actor)?;
    let origin = call.house.web.origin();
    Goto::to("/account/tokens").showing(&ToldOnce {
        title: "Your address for calendar programs".to_owned(),
        about: format!(
            "Subscribe to it in your calendar. It is good until {} and shown only now; whoever has it sees when which change is \
             planned, by its number alone. End {} when it is no longer needed.",
            new.expires.to_minutes(),
            new.id
        ),
        secrets: vec![format!("{origin}/calendar/feeds/{}/tagout.ics", new.token)],
        next: ("To your tokens", "/account/tokens".to_owned()),
    })
}

fn end_token(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    acts::revoke_token(call.organisation(), call.actor, call.id("token")?)?;
    Ok(Goto::to("/account/tokens"))
}
