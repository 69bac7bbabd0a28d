/*
 * fuzz_decode.c
 *	  Bytes as a case.
 *
 * Byte 0 is the number of nodes, byte 1 the policy, 2 and 3 are flags; then,
 * for each node, parent, limit and demand, and a byte for whatever else the
 * flags ask for, so that short inputs say much.  Missing bytes count as 0.
 */
#include "fuzz_allocate.h"

#define MAX_NODES 48
#define FLAG_ANY_PARENT 1		/* parents may loop and roots be many */
#define FLAG_ORDER 2			/* an order of its own */
#define FLAG_LARGE 4			/* watts up to the end of int32 */
#define FLAG_TIGHT 8			/* limits near what leaves want */
#define FLAG_MINIMUMS 16
#define FLAG_WEIGHTS 32
#define FLAG_TIMES 64			/* arrivals, departures and energy */
#define FLAG_PRIORITIES 128
#define FLAG_SHARES 256			/* shares of no policy */
#define FLAG_HEAVY 512			/* weights up to the end of int32 */
#define FLAG_SPELT_OUT 1024
#define FLAG_NO_ARRIVALS 2048
#define FLAG_EVERY_ARRAY 4096
#define FLAG_LONG_TIMES 8192	/* times up to the ends of int64 */

/* What is left to read. */
typedef struct Bytes
{
	const uint8_t *data;
	size_t		size;
	int32_t		flags;
} Bytes;

static int32_t
next_byte(Bytes *bytes)
{
	if (bytes->size == 0)
		return 0;
	bytes->size--;
	return *bytes->data++;
}

/* The next byte where a flag asks for it, else 0. */
static int32_t
byte_if(Bytes *bytes, int32_t flag)
{
	return bytes->flags & flag ? next_byte(bytes) : 0;
}

/* A byte as up to the end of int32; 254 and 255 are the last two. */
static int32_t
spread(int32_t byte)
{
	return byte >= 254 ? INT32_MAX - (255 - byte) : byte << (byte % 23);
}

static int32_t
as_watts(int32_t byte, int32_t flags)
{
	return flags & FLAG_LARGE ? spread(byte) : byte % 24;
}

static int32_t
as_limit(int32_t byte, int32_t flags)
{
	if (byte % 5 == 0)
		return PN_NO_LIMIT;
	return as_watts(byte, flags) * ((flags & (FLAG_TIGHT | FLAG_LARGE)) ? 1 : 4);
}

static int32_t
as_parent(int32_t byte, int32_t flags, int32_t node, int32_t n)
{
	if (flags & FLAG_ANY_PARENT)
		return byte % (n + 1) - 1;
	return node == 0 ? PN_NO_NODE : byte % node;
}

static int32_t
as_weight(int32_t byte, int32_t flags)
{
	int32_t		weight = flags & FLAG_HEAVY ? spread(byte) : byte % 7;

	return weight > 0 ? weight : 1;
}

static int64_t
as_time(int32_t byte, int32_t flags)
{
	if (byte % 8 == 0)
		return PN_NO_TIME;
	if (flags & FLAG_LONG_TIMES)
		return byte % 2 ? INT64_MAX - byte : INT64_MIN + byte;
	return (byte % 8 - 3) * INT64_C(1800000000);
}

static int64_t
as_energy(int32_t byte, int32_t flags)
{
	if (byte % 8 == 0)
		return -1;
	return flags & FLAG_LONG_TIMES ? INT64_MAX >> (byte % 60) : byte % 24;
}

static PnLeafFacts
next_facts(Bytes *bytes)
{
	PnLeafFacts facts = {0};

	facts.weight = as_weight(byte_if(bytes, FLAG_WEIGHTS), bytes->flags);
	facts.priority = (byte_if(bytes, FLAG_PRIORITIES) % 5 - 2) * (INT32_MAX / 2);
	facts.arrived_at = as_time(byte_if(bytes, FLAG_TIMES), bytes->flags);
	facts.departs_at = as_time(byte_if(bytes, FLAG_TIMES), bytes->flags);
	facts.energy = as_energy(byte_if(bytes, FLAG_TIMES), bytes->flags);
	return facts;
}

static Case
new_decoded(Bytes *bytes)
{
	int32_t		n = next_byte(bytes) % (MAX_NODES + 1);
	int32_t		policy = next_byte(bytes);
	Case		c;

	bytes->flags = next_byte(bytes);
	bytes->flags |= next_byte(bytes) << 8;
	c = new_case(n, bytes->flags & FLAG_ORDER);
	c.policy = policy % pn_policy_count();
	c.at = bytes->flags & FLAG_LONG_TIMES ? INT64_MIN : 0;
	c.facts = new_facts(n);
	if (bytes->flags & FLAG_MINIMUMS)
		c.minimum = new_array(n);
	if (bytes->flags & FLAG_SHARES)
		c.share = new_filled(n, sizeof(PnShare));
	c.spelt_out = bytes->flags & FLAG_SPELT_OUT;
	c.no_arrivals = bytes->flags & FLAG_NO_ARRIVALS;
	c.every_array = bytes->flags & FLAG_EVERY_ARRAY;
	return c;
}

Case
fuzz_decode(const uint8_t *data, size_t size, bool *small)
{
	Bytes		bytes = {data, size, 0};
	Case		c = new_decoded(&bytes);
	int32_t		flags = bytes.flags;
	int32_t		i;

	for (i = 0; i < c.n; i++)
	{
		c.parent[i] = as_parent(next_byte(&bytes), flags, i, c.n);
		c.limit[i] = as_limit(next_byte(&bytes), flags);
		c.demand[i] = as_watts(next_byte(&bytes), flags);
		if (c.order != NULL)
			c.order[i] = (next_byte(&bytes) - 128) * (1 << 23) + i;
		if (c.minimum != NULL)
			c.minimum[i] = as_watts(next_byte(&bytes), flags);
		c.facts[i] = next_facts(&bytes);
		if (c.share != NULL)
			c.share[i] = (PnShare) {
				c.facts[i].priority, c.facts[i].weight
			};
	}
	*small = (flags & FLAG_LARGE) == 0;
	return c;
}
