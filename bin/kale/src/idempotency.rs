//! Joins the edge's idempotency to the store's.

use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_persistence::{
    Store,
    idempotency::{Begun as Stored, Slot, StoredAnswer},
};
use kale_web::{Attempt, Begun, IdempotencySlot, IdempotencyStore, KeptAnswer, Problem};

/// Keeps answers in the database.
#[derive(Debug, Clone)]
pub(crate) struct StoredAnswers(pub(crate) Store);

#[derive(Debug)]
struct StoredSlot {
    store: Store,
    slot: Slot,
}

impl IdempotencyStore for StoredAnswers {
    fn begin<'a>(&'a self, attempt: Attempt<'a>) -> LocalBoxFuture<'a, Result<Begun, Problem>> {
        async move {
            let answers = self.0.idempotency();
            let begun = answers
                .begin(
                    attempt.tenant,
                    attempt.actor,
                    attempt.route,
                    attempt.key,
                    attempt.request_hash,
                )
                .await?;
            Ok(match begun {
                Stored::Fresh(slot) => Begun::Fresh(Box::new(StoredSlot {
                    store: self.0.clone(),
                    slot,
                })),
                Stored::Replay(answer) => Begun::Replay(KeptAnswer {
                    status: answer.status,
                    headers: answer.headers,
                    body: answer.body,
                }),
                Stored::Running => Begun::Running,
                Stored::OtherBody => Begun::OtherRequest,
            })
        }
        .boxed_local()
    }
}

impl IdempotencySlot for StoredSlot {
    fn finish(self: Box<Self>, answer: KeptAnswer) -> LocalBoxFuture<'static, Result<(), Problem>> {
        async move {
            let kept = StoredAnswer {
                status: answer.status,
                headers: answer.headers,
                body: answer.body,
            };
            self.store.idempotency().finish(self.slot, &kept).await?;
            Ok(())
        }
        .boxed_local()
    }

    fn abandon(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), Problem>> {
        async move { Ok(self.store.idempotency().abandon(self.slot).await?) }.boxed_local()
    }
}
