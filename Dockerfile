# The official image of PostgreSQL 15 with powernode installed in it.
#
#   docker build -t powernode .
#   docker run --rm -e POSTGRES_PASSWORD=secret -p 5432:5432 powernode
#   psql -h localhost -U postgres -c 'CREATE EXTENSION powernode'

FROM postgres:15-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
    gcc libc6-dev make postgresql-server-dev-15
WORKDIR /src
COPY . .
RUN make && make install DESTDIR=/out

# No compiler in what runs.
FROM postgres:15-bookworm
COPY --from=build /out/ /
