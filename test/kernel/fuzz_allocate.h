/*
 * fuzz_allocate.h
 *	  One input of the fuzzer, for whoever drives it.
 */
#ifndef FUZZ_ALLOCATE_H
#define FUZZ_ALLOCATE_H

#include "status.h"

/* Judges one input: NULL, or what is wrong; and what the kernel answered. */
extern const char *fuzz_one(const uint8_t *data, size_t size,
							PnStatus *status);

#endif							/* FUZZ_ALLOCATE_H */
