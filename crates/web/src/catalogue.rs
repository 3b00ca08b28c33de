//! Every code a problem may carry: the one list that the page `/docs/errors` shows.

/// A type of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// The slug that never changes; the `type` of a problem is `/docs/errors#` and this.
    pub code: &'static str,
    /// The status it comes with.
    pub status: u16,
    /// One line for people.
    pub title: &'static str,
    /// What it means and what to do.
    pub explanation: &'static str,
}

macro_rules! problem_types {
    ($($code:literal $status:literal $title:literal: $explanation:literal;)+) => {
        const ALL: &[ProblemType] = &[$(
            ProblemType { code: $code, status: $status, title: $title, explanation: $explanation },
        )+];
    };
}

problem_types! {
    "malformed" 400 "The request can't be read":
        "The request breaks the rules of HTTP or of its format. The detail says where.";
    "malformed-json" 400 "The body is not JSON":
        "The detail gives line and column of the first character that does not fit.";
    "unknown-parameter" 400 "There is no such parameter":
        "Nothing is ignored: a parameter that this route does not know is refused. The detail lists those it knows.";
    "invalid-parameter" 400 "A parameter has a wrong value":
        "`errors` names the parameter and what is allowed.";
    "duplicate-parameter" 400 "A parameter stands there twice":
        "Send each parameter once. Several values of one filter are separated by commas.";
    "invalid-cursor" 400 "The cursor is not one of ours":
        "Take cursors from `page.next_cursor` as they are, or begin without one.";
    "cursor-mismatch" 400 "The cursor belongs to another list":
        "A cursor works with the route, the sorting and the filters of the page it came from. Begin without a cursor.";
    "invalid-idempotency-key" 400 "The Idempotency-Key can't be used":
        "A key has 1 to 255 visible ASCII characters, without spaces, and is sent once.";
    "idempotency-key-required" 400 "An Idempotency-Key is needed here":
        "This acts outside of Kale. Send a fresh Idempotency-Key, and the same one again when you retry.";
    "unauthenticated" 401 "Sign in first":
        "There was no credential, or it opens nothing any more. Send `Authorization: Bearer` with a token or an API key, \
         or sign in.";
    "sign-in-link-dead" 401 "The sign-in link works no more":
        "A link works once and for a quarter of an hour. Ask for a new one.";
    "sign-in-code-wrong" 401 "The code is wrong":
        "It has a digit that differs, is used or older than a quarter of an hour, or five wrong ones were typed before. Ask \
         for a new mail.";
    "refresh-token-dead" 401 "The refresh token works no more":
        "It was exchanged before, is too old, or its sign-in has ended. Sign in again. A refresh token that is used twice \
         ends its sign-in.";
    "sign-in-link-other-browser" 401 "The sign-in link belongs to another browser":
        "Open the link in the browser that asked for it, or ask for a new one in this one.";
    "signature-wrong" 401 "The signature is wrong":
        "A call of a provider is signed with the secret it shares with this installation, over the bytes as they are sent, \
         at the time it is sent. Check the secret and both clocks.";
    "link-dead" 401 "This link works no more":
        "It opens nothing, or its time is over. Begin again where you got it.";
    "forbidden" 403 "You may not do this":
        "The detail names the permission that is missing. An administrator of the company can give it.";
    "sign-in-elsewhere" 403 "People sign in through their company here":
        "This installation sends no links. Open `/sign-in` in a browser and continue with the company's own sign-in.";
    "choose-a-company" 403 "Choose a company first":
        "This belongs to a company, and you are in none. Enter one, then repeat the request.";
    "impersonating" 403 "You only look at what somebody else sees":
        "Nothing can be changed meanwhile. See your own again by `DELETE /me/impersonation`, then repeat the request in \
         your own name.";
    "people-only" 403 "Only people may do this":
        "This belongs to a person who is signed in; an API key has none of it.";
    "cross-site" 403 "The request comes from elsewhere":
        "With a cookie, only pages of this installation may change things. Send the `X-CSRF-Token` that `GET /me` \
         answers, or use a token instead of the cookie.";
    "not-found" 404 "There is no such thing":
        "It does not exist, or it is not for you: both are answered alike.";
    "invitation-dead" 404 "This invitation works no more":
        "It was used, replaced or taken back, or it is older than seven days. Ask whoever invited you for a new one.";
    "not-in-tree" 404 "The workflow has no such card":
        "The operation names a card, branch or element that the draft does not have. The detail says which.";
    "method-not-allowed" 405 "The address does not know this method":
        "The header `Allow` lists the methods it knows.";
    "not-acceptable" 406 "The answer does not exist in that format":
        "The header `Accept` names only formats in which there is no answer here.";
    "request-timeout" 408 "The request came too slowly":
        "The body stopped arriving. Send it again, over a better line.";
    "conflict" 409 "The request contradicts the present state":
        "Read the present state, then decide again.";
    "already-exists" 409 "It exists already":
        "Another thing has the same name or key.";
    "already-invited" 409 "This person is invited already":
        "Send the invitation again, or take it back, instead of making a second one.";
    "already-active" 409 "This person is in the company already":
        "An active user has this address. Change their role instead.";
    "already-deactivated" 409 "This person was deactivated":
        "A deactivated user has this address. Reactivate them instead.";
    "slug-taken" 409 "Another company has this short name":
        "Choose another short name; it stands in addresses and never changes.";
    "last-admin" 409 "A company keeps at least one admin":
        "This is the last active retention admin. Make somebody else one first.";
    "not-a-member" 409 "You belong to no company":
        "A Kale admin leaves a company by switching out of it: `POST /companies/{id}/leave`.";
    "lease-lost" 409 "The work was taken over":
        "Another worker goes on with this job.";
    "idempotency-key-in-use" 409 "The first request with this key is still running":
        "Wait a little and send the same request again.";
    "prerequisites-missing" 409 "Something has to come first":
        "The detail says what has to exist before this can be done.";
    "wrong-state" 409 "This can't be done in its present state":
        "The detail says what state it is in. Read it again.";
    "too-late" 409 "The time for this is over":
        "The detail says until when it could be done.";
    "superseded" 409 "Something newer stands in its place":
        "Undo what came later first.";
    "card-locked" 409 "The card is locked":
        "The author of the template locked it. Make a workflow without it, or leave it as it is.";
    "nothing-to-take-back" 409 "There is nothing to take back":
        "You have no edit to undo here, or no undo to redo.";
    "not-mapped" 409 "The columns are not mapped yet":
        "Confirm a mapping of the file's columns first.";
    "has-rejected-rows" 409 "The file has rows that can't be imported":
        "Mend the file, or say that those rows are to be left out.";
    "nothing-to-import" 409 "The file has no row that can be imported":
        "Look at the reasons in its list of rejected rows.";
    "out-of-step" 409 "Another step is expected next":
        "The session went on, perhaps in another tab. `current` says where it stands; show that card.";
    "step-taken" 409 "This step was taken with other content":
        "A step is taken once. The same post again is answered the same; this one differs. `current` says where it stands.";
    "another-card" 409 "The session stands at another card":
        "`current` says at which; show that card.";
    "session-ended" 409 "The session is over":
        "It has an outcome, or nobody went on with it for a day. `current` says which. Begin a new one.";
    "too-many-steps" 409 "This session can only be cancelled":
        "It went to and fro for 300 steps. Cancelling always works.";
    "stale-version" 412 "It was changed in between":
        "Read it again, apply your change to what you read, and send its new ETag in `If-Match`.";
    "tree-changed" 412 "Somebody changed the same cards in between":
        "`errors` says who did what. Read the draft again, then decide anew.";
    "unknown-revision" 412 "There is no such revision yet":
        "`base` is a revision of the draft that you read; it can't be newer than the draft.";
    "too-large" 413 "The body is too large":
        "The detail says how much is allowed here.";
    "unsupported-media-type" 415 "This type of body is not read here":
        "The detail says which type is.";
    "validation" 422 "The request is not valid":
        "`errors` names every place that is wrong, and what is allowed there.";
    "not-publishable" 422 "Something is in the way of publishing":
        "`errors` lists everything that the checks refuse, with pointers into the cards. Mend it, then publish again.";
    "breaks-tree" 422 "The change would break the workflow":
        "`errors` says what would not hold together any more: a jump back, a repeated id, a lane too deep.";
    "into-itself" 422 "A card can't go below itself":
        "Choose a lane that does not belong to the card.";
    "no-such-place" 422 "There is no such place":
        "The detail says which places there are.";
    "action-not-offered" 422 "The card does not offer that":
        "`actions` of the card lists what can be done on it.";
    "invalid-answers" 422 "Some answers can't be taken":
        "`errors` names each element and what is expected there.";
    "unreadable-file" 422 "The file can't be read":
        "The detail says what is wrong with it and where.";
    "idempotency-key-reused" 422 "The Idempotency-Key was used for another request":
        "A key belongs to one request. Send a fresh key for a new one.";
    "narrow-your-filter" 422 "The query takes too long":
        "Ask for less: a narrower filter, or a sorting that has an index.";
    "precondition-required" 428 "Say which version you change":
        "Send the ETag of what you read in `If-Match`, so that nobody's change is lost.";
    "rate-limited" 429 "Too many requests":
        "Wait as long as `Retry-After` says.";
    "headers-too-large" 431 "The header is too large":
        "Send fewer or shorter header fields.";
    "internal" 500 "Something broke on our side":
        "It is logged. Quote the request id when you report it.";
    "upstream" 502 "A provider failed":
        "The provider refused or failed. Trying again later may help.";
    "unavailable" 503 "Not available just now":
        "Try again after `Retry-After`.";
    "database-unavailable" 503 "Not available just now":
        "The database does not answer. Try again after `Retry-After`.";
    "file-store-unavailable" 503 "Not available just now":
        "The store of files does not answer. Try again after `Retry-After`.";
    "deadline-exceeded" 503 "It took too long":
        "The answer was not ready in time. Read the state before you try again.";
}

/// Every type of problem, by status, then by place in the list.
#[must_use]
pub const fn catalogue() -> &'static [ProblemType] {
    ALL
}

/// The type with that code.
#[must_use]
pub fn find(code: &str) -> Option<&'static ProblemType> {
    ALL.iter().find(|known| known.code == code)
}

/// Those of the codes that the catalogue lacks: for the tests of crates that make errors.
pub fn unlisted<'a>(codes: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    codes.into_iter().filter(|code| find(code).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_there_once_in_the_order_of_its_status() {
        let mut codes: Vec<&str> = ALL.iter().map(|known| known.code).collect();
        assert!(ALL.is_sorted_by_key(|known| known.status));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
        assert!(
            codes
                .iter()
                .all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        );
    }

    #[test]
    fn a_code_that_is_missing_is_named() {
        assert_eq!(unlisted(["not-found", "no-such-code"]), ["no-such-code"]);
    }
}
