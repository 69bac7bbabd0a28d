# powernode: a PostgreSQL extension, built with PGXS.
#
#   make && make install            build and install for the server of PG_CONFIG
#   make installcheck               SQL, isolation and TAP tests, on a running server
#   make check-all                  every check there is, on a running server
#
# tools/test does all of it on a bare Debian 12, with a server of its own.

EXTENSION = powernode
MODULE_big = powernode

# powernode.control is the one place that knows the version.
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" powernode.control)

PG_CONFIG = pg_config

# Warnings are errors here.  With a compiler newer than ours: make WERROR=
WERROR ?= -Werror

OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/kernel/*.c src/pg/*.c)))
PG_CPPFLAGS = -I$(srcdir)/src
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter $(WERROR)

# sql/install/NN-topic.sql, in the order of their names, are the install script.
SQL_PIECES = $(sort $(wildcard sql/install/*.sql))
DATA_built = $(EXTENSION)--$(EXTVERSION).sql

# What was released stays installable, so that the way up from it can be tested;
# sql/upgrade/ is that way.
DATA = $(sort $(wildcard sql/released/*.sql sql/upgrade/*.sql))

# test/sql and test/specs hold the input, expected/ what both must print.
# (test/expected is a link to it: pg_regress before 16 looks only there.)
USE_MODULE_DB = 1
REGRESS := $(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=$(srcdir)/test
ISOLATION := $(sort $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(srcdir)/test

# The TAP tests start servers of their own, which root may not.
PROVE_TESTS := $(sort $(wildcard test/t/*.pl))
TAP_TESTS := $(if $(PROVE_TESTS),1)

EXTRA_CLEAN = src/kernel/*.bc src/pg/*.bc $(EXTENSION)-$(EXTVERSION).zip

# LLVM bitcode would let the server inline our functions into a query.  None is
# small enough to gain from it, and it takes clang: make with_llvm=yes, if ever.
ifeq ($(origin with_llvm),undefined)
override with_llvm := no
endif

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Few headers, small sources: when one changes, everything is compiled again.
$(OBJS): $(wildcard src/kernel/*.h src/pg/*.h)

# The allocator's loops over leaves gain from what is off by default; last wins.
src/kernel/%.o: CFLAGS += -O3

# The directory is named too, so that a removed piece is noticed.
$(DATA_built): $(SQL_PIECES) sql/install powernode.control
	cat /dev/null $(SQL_PIECES) > $@.tmp
	mv $@.tmp $@

# ---- Checks, each alone.  All but lint and check-kernel use the server that
# ---- the PG* environment variables point at, with powernode installed.

.PHONY: lint check-kernel check-regress check-isolation check-tap check-pgtap \
	check-scenarios check-console check-sanitise check-package check-docs check-all \
	soak dist

PROVE = prove
PG_PROVE = pg_prove

# Rules of this house that a compiler does not know, and what compilers know.
lint:
	$(PROVE) $(PROVE_FLAGS) -j 2 --exec bash tools/static tools/lint

# The allocator without a server: unit, property and fuzz tests.
check-kernel:
	$(MAKE) -C test/kernel check

check-regress:
	@test -n "$(REGRESS)" || { echo "no test/sql/*.sql"; exit 1; }
	$(pg_regress_installcheck) $(REGRESS_OPTS) $(REGRESS)

check-isolation:
	@test -n "$(ISOLATION)" || { echo "no test/specs/*.spec"; exit 1; }
	$(pg_isolation_regress_installcheck) $(ISOLATION_OPTS) $(ISOLATION)

# Servers started, crashed, dumped and restored by the test itself; two at a time,
# since most of it is waiting.
check-tap: PROVE_FLAGS += -j 2
check-tap:
	@test -n "$(PROVE_TESTS)" || { echo "no test/t/*.pl"; exit 1; }
	$(prove_installcheck)

# One database for all; each file is one transaction that rolls back.
PGTAP_DB = contrib_regression_powernode_pgtap
PGTAP_TESTS := $(sort $(wildcard test/pgtap/*.sql))
check-pgtap:
	@test -n "$(PGTAP_TESTS)" || { echo "no test/pgtap/*.sql"; exit 1; }
	dropdb --if-exists $(PGTAP_DB)
	createdb --template=template0 $(PGTAP_DB)
	psql -X -q -v ON_ERROR_STOP=1 -d $(PGTAP_DB) \
		-c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION powernode'
	$(PG_PROVE) $(PROVE_FLAGS) --dbname $(PGTAP_DB) $(PGTAP_TESTS)

# Whole days and sites, compared with what was worked out by hand.
check-scenarios:
	$(PROVE) $(PROVE_FLAGS) --exec bash tools/scenarios

# The console's pages, its own parts first, then what a browser makes of them.
# Under tools/levels its TAP goes to a file, as that of prove does.
NODE = node
CONSOLE_TESTS := $(sort $(wildcard console/test/*.test.js)) \
	$(sort $(wildcard console/test/browser/*.test.js))
CONSOLE_TAP = $(if $(PERL_TEST_HARNESS_DUMP_TAP),--test-reporter=tap \
	--test-reporter-destination=$(PERL_TEST_HARNESS_DUMP_TAP)/console.tap)
check-console:
	@test -n "$(strip $(CONSOLE_TESTS))" || { echo "no console/test/*.test.js"; exit 1; }
	@test -d console/node_modules || { echo "no console/node_modules: tools/setup"; exit 1; }
	$(NODE) --test --test-concurrency=1 --test-reporter=spec \
		--test-reporter-destination=stdout $(CONSOLE_TAP) $(CONSOLE_TESTS)

# What the documents print, run, and compared with what they say it gives.
check-docs:
	$(PROVE) $(PROVE_FLAGS) --exec perl test/docs/runner.t tools/run-docs

# The extension under UBSan, gcov, sqlsmith and Valgrind, each on a server of its own.
check-sanitise:
	$(PROVE) $(PROVE_FLAGS) -j 2 --exec bash test/sanitise/valgrind test/sanitise/watched

# PGXN's archive, and the Debian package that is built from it.
check-package:
	$(PROVE) $(PROVE_FLAGS) --exec bash tools/package-check

check-all: lint check-kernel installcheck check-pgtap check-scenarios check-console \
	check-sanitise check-package check-docs

# All of it at length.
soak:
	tools/soak

# The tests on other majors, in machines of their own; needs root and debootstrap.
.PHONY: check-majors
check-majors:
	tools/check-majors

# What PGXN takes.
dist:
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTVERSION)/ \
		--output=$(EXTENSION)-$(EXTVERSION).zip HEAD
