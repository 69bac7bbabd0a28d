/*
 * even.c
 *	  Cuts in leaves that only their watts tell apart.
 *
 * The loops over leaves are without a branch, since which leaves are above a
 * level is as good as random to a processor, and in 32 bits, of which it takes
 * many at a time.
 */
#include "even.h"
#include "work.h"

/*
 * Compiled twice: for any processor, and for those that take eight numbers at a
 * time.  Which it is to be is found out when the library is loaded.
 */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* Above every level. */
#define NO_LEVEL ((int64_t) INT32_MAX + 1)

/* What a level gives to a run of leaves. */
typedef struct Filling
{
	int64_t		given;			/* W */
	int32_t		above;			/* leaves that hold more than the level */
} Filling;

static WIDE Filling
fill_to(const int32_t *watts, int32_t n, int32_t level)
{
	int64_t		given = 0;
	int32_t		above = 0;
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		given += watts[i] < level ? watts[i] : level;
		above += watts[i] > level;
	}
	return (Filling) {given, above};
}

static inline int32_t
count_above(const int32_t *watts, int32_t n, int32_t level)
{
	int32_t		above = 0;
	int32_t		i;

	for (i = 0; i < n; i++)
		above += watts[i] > level;
	return above;
}

static inline void
keep_at_most(int32_t *watts, int32_t n, int32_t level)
{
	int32_t		i;

	for (i = 0; i < n; i++)
		watts[i] = watts[i] < level ? watts[i] : level;
}

/*
 * Makes a cut.  The watts above the level are given out to runs of leaves, up to
 * the run for which they do not suffice, and then leaf by leaf.
 */
static WIDE void
make_cut(int32_t *watts, PnEvenCut cut)
{
	enum {RUN = 64};
	int32_t    *leaf = watts + cut.first;
	int32_t    *end = leaf + cut.n;

	for (; cut.extra > 0 && end - leaf >= RUN; leaf += RUN)
	{
		int32_t		above = count_above(leaf, RUN, cut.level);

		if (above > cut.extra)
			break;
		keep_at_most(leaf, RUN, cut.level + 1);
		cut.extra -= above;
	}
	for (; cut.extra > 0; leaf++)
	{
		bool		above = *leaf > cut.level;

		*leaf = above ? cut.level + 1 : *leaf;
		cut.extra -= above;
	}
	keep_at_most(leaf, (int32_t) (end - leaf), cut.level);
}

/* The cuts that stand in a run of leaves. */
typedef struct Standing
{
	int32_t		from;			/* the first of them, or past all cuts */
	int64_t		lowest;			/* of their levels */
	int64_t		watts;			/* at their levels, of leaves that they cut */
	int64_t		above;			/* such leaves */
} Standing;

/*
 * Looks for the cuts in leaves before this one.
 */
static Standing
standing_before(const PnEven *even, int32_t leaf)
{
	Standing	standing = {even->cuts, NO_LEVEL, 0, 0};

	while (standing.from > 0 && even->cut[standing.from - 1].first < leaf)
	{
		PnEvenCut	cut = even->cut[--standing.from];

		standing.lowest = cut.level < standing.lowest ? cut.level : standing.lowest;
		standing.watts += (int64_t) cut.level * cut.above;
		standing.above += cut.above;
	}
	return standing;
}

/*
 * Makes those of the cuts from the i-th on that are up to a level; returns the
 * lowest level of the others.
 */
static int64_t
make_cuts(PnEven *even, int32_t i, int64_t level)
{
	int64_t		lowest = NO_LEVEL;
	int32_t		kept = i;

	for (; i < even->cuts; i++)
	{
		PnEvenCut	cut = even->cut[i];

		if (cut.level <= level)
			make_cut(even->watts, cut);
		else
		{
			lowest = cut.level < lowest ? cut.level : lowest;
			even->cut[kept++] = cut;
		}
	}
	even->cuts = kept;
	return lowest;
}

/*
 * The level at which a straight line through this filling meets the limit,
 * rounded down.
 */
static int64_t
newton(int64_t level, int64_t room, int32_t above)
{
	return level + room / above - (room % above < 0);
}

/*
 * A level to begin with.  Where cuts stand, it is the one that meets the limit if
 * all that is too much is taken from leaves that those cut: too low, as others
 * are cut too then.
 */
static int64_t
first_level(const PnEven *even, const Standing *standing)
{
	int64_t		level;

	if (standing->above == 0)
		return even->level;
	level = (standing->watts - (even->note.held - even->note.limit)) /
		standing->above;
	return level < standing->lowest ? level : standing->lowest - 1;
}

/*
 * Finds the level of the cut that is noted: the highest that gives no more than
 * the limit, by Newton's iteration for given(level) = limit; see level.c.
 * given() is concave with slope `above`: a step from a level that gives too much
 * does not stop short of the solution, one from below never passes it, and those
 * at least halve room * above, so there are at most 62 of them, one before, and
 * one more where the first level is above all leaves.
 *
 * Where a cut stands, given() is that of the leaves without it as long as the
 * level is below its own.  A level that is not makes it: from below because it
 * will not be passed again, from above for no harm.
 */
static PnStatus
find_level(PnEven *even, PnInterrupt check)
{
	PnEvenNote	note = even->note;
	Standing	standing = standing_before(even, note.first + note.n);
	int64_t		lowest = standing.lowest;
	int64_t		level = first_level(even, &standing);
	int64_t		room;
	Filling		filling;

	PN_COUNT_CUT(note.n);
	for (;;)
	{
		/* Not below the level at which nobody holds less. */
		if ((level + 1) * note.n <= note.limit)
			level = note.limit / note.n;
		if (pn_interrupted_before(check, note.n))
			return PN_INTERRUPTED;
		if (level >= lowest)
			lowest = make_cuts(even, standing.from, level);
		PN_COUNT_PASS(note.n);
		filling = fill_to(even->watts + note.first, note.n, (int32_t) level);
		room = note.limit - filling.given;
		if (room >= 0 && room < filling.above)
			break;
		level = filling.above == 0 ? -1 : newton(level, room, filling.above);
	}

	PN_COUNT_PASS(note.n);		/* which makes it, if it stands */
	if (standing.above == 0)
		even->level = (int32_t) level;
	even->cuts = standing.from;
	even->cut[even->cuts++] = (PnEvenCut) {
		.first = note.first, .n = note.n, .level = (int32_t) level,
		.extra = (int32_t) room, .above = filling.above
	};
	even->note.n = 0;
	return PN_OK;
}

PnStatus
pn_even_cut(PnEven *even, int32_t first, int32_t n, int64_t held,
			int32_t limit, PnInterrupt check)
{
	PnEvenNote *note = &even->note;

	if (note->n == n && note->first == first)
	{
		note->limit = limit;	/* of an only child's parent: less */
		return PN_OK;
	}
	if (note->n > 0 && find_level(even, check) != PN_OK)
		return PN_INTERRUPTED;
	*note = (PnEvenNote) {.first = first, .n = n, .limit = limit, .held = held};
	return PN_OK;
}

PnStatus
pn_even_settle(PnEven *even, PnInterrupt check)
{
	if (even->note.n > 0 && find_level(even, check) != PN_OK)
		return PN_INTERRUPTED;
	while (even->cuts > 0)
	{
		PnEvenCut	cut = even->cut[--even->cuts];

		if (pn_interrupted_before(check, cut.n))
			return PN_INTERRUPTED;
		make_cut(even->watts, cut);
	}
	return PN_OK;
}
