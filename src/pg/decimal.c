/*
 * decimal.c
 *	  Whole numbers of numeric values, without arithmetic on numerics.
 *
 * A numeric is stored as 16-bit words: a header, in the long form a weight, and
 * the digits to base 10,000, the first of which stands for 10,000^weight.  Digits
 * that are 0 at either end are left out.
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"

#include "pg/compat.h"
#include "pg/decimal.h"

#define DIGIT_BASE 10000

/* The two highest bits of the header. */
#define FORM_MASK 0xC000
#define FORM_POSITIVE 0x0000	/* long */
#define FORM_NEGATIVE 0x4000	/* long */
#define FORM_SHORT 0x8000
#define FORM_SPECIAL 0xC000

/* The header of the short form: sign, scale (not needed here), weight. */
#define SHORT_NEGATIVE 0x2000
#define SHORT_WEIGHT_SIGN 0x0040
#define SHORT_WEIGHT_MASK 0x003F

#define SPECIAL_MASK 0xF000
#define SPECIAL_NEGATIVE_INFINITY 0xF000

/* A numeric taken apart. */
typedef struct Decimal
{
	bool		negative;
	int			weight;
	int			ndigits;
	const char *digits;			/* 16 bits each, not aligned */
} Decimal;

static uint16
word_at(const char *words, int i)
{
	uint16		word;

	memcpy(&word, words + i * sizeof(word), sizeof(word));
	return word;
}

static Decimal
take_apart(const char *words, int nwords)
{
	uint16		header = word_at(words, 0);
	Decimal		decimal;
	int			before = 1;

	if ((header & FORM_MASK) == FORM_SHORT)
	{
		decimal.negative = (header & SHORT_NEGATIVE) != 0;
		decimal.weight = header & SHORT_WEIGHT_MASK;
		if (header & SHORT_WEIGHT_SIGN)
			decimal.weight -= SHORT_WEIGHT_MASK + 1;
	}
	else
	{
		decimal.negative = (header & FORM_MASK) == FORM_NEGATIVE;
		decimal.weight = (int16) word_at(words, 1);
		before = 2;
	}
	decimal.ndigits = nwords - before;
	decimal.digits = words + before * sizeof(uint16);
	return decimal;
}

/*
 * The part before the point, as a negative number, of which there is one more
 * than of positive ones; false where it does not fit.
 */
static bool
whole_part(const Decimal *decimal, int64 *negated)
{
	*negated = 0;
	for (int i = 0; i <= decimal->weight; i++)
	{
		int32		digit = i < decimal->ndigits ? word_at(decimal->digits, i) : 0;

		if (pg_mul_s64_overflow(*negated, DIGIT_BASE, negated) ||
			pg_sub_s64_overflow(*negated, digit, negated))
			return false;
	}
	return true;
}

bool
decimal_to_whole(Datum numeric, Rounding rounding, int64 *whole)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(numeric);
	const char *words = VARDATA_ANY(value);
	uint16		header = word_at(words, 0);
	bool		negative = (header & SPECIAL_MASK) == SPECIAL_NEGATIVE_INFINITY;

	if ((header & FORM_MASK) != FORM_SPECIAL)
	{
		Decimal		decimal = take_apart(words, (int) (VARSIZE_ANY_EXHDR(value) / sizeof(uint16)));
		bool		away = decimal.ndigits > Max(decimal.weight + 1, 0) &&
			(decimal.negative || rounding == ROUND_UP);

		negative = decimal.negative;
		if (whole_part(&decimal, whole) && !pg_sub_s64_overflow(*whole, away, whole) &&
			(negative || !pg_sub_s64_overflow(0, *whole, whole)))
			return true;
	}
	*whole = negative ? PG_INT64_MIN : PG_INT64_MAX;
	return false;
}
