/*
 * fuzz_allocate.h
 *	  One input of the fuzzer, for whoever drives it.
 */
#ifndef FUZZ_ALLOCATE_H
#define FUZZ_ALLOCATE_H

#include "fixture.h"

/* Judges one input: NULL, or what is wrong; and what the kernel answered. */
extern const char *fuzz_one(const uint8_t *data, size_t size,
							PnStatus *status);

/*
 * Bytes as a case, sound or not; *small where one watt at a time is not too
 * long.  Every sequence of bytes is one.
 */
extern Case fuzz_decode(const uint8_t *data, size_t size, bool *small);

#endif							/* FUZZ_ALLOCATE_H */
