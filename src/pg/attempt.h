/*
 * attempt.h
 *	  What a pass over the fleet tries, and goes on after if it fails.
 *
 * An error by which somebody wants the pass to end, a cancel, a timeout or a
 * shutdown, is raised again by whatever it comes out of.
 */
#ifndef PN_ATTEMPT_H
#define PN_ATTEMPT_H

typedef struct DueSite DueSite;

/* What is done for a site at a time. */
typedef void (*SiteStep) (DueSite *site);

/*
 * Takes a step in a subtransaction: an error undoes it, and is returned in the
 * current memory context.  NULL where there was none.
 */
extern ErrorData *try_step(SiteStep step, DueSite *site);

/*
 * Ends a transaction and begins the next.  Each statement of it sees what was
 * committed before, whatever the session's default: a pass must see what other
 * sessions have done while it went on.
 */
extern void next_transaction(void);

/*
 * The same.  What a site's cycle left to the commit, as deferred triggers do, may
 * fail there: the error is returned, and the next transaction has begun all the same.
 */
extern ErrorData *try_to_commit(void);

/* An error in words, cut off where they are very many. */
extern char *message_of(const ErrorData *error);

#endif							/* PN_ATTEMPT_H */
