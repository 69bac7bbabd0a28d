-- One more shard, at the proxy.  Its number is the next: 3 after p0, p1 and p2.
--
--   psql -v number=3 -v shard='host=s3 dbname=depot' -f add_shard.sql
--
-- No site is on it until one is mapped or moved there.

\set ON_ERROR_STOP on
\set name p :number
\set connection :shard ' options=''-c DateStyle=ISO -c IntervalStyle=postgres'''
ALTER SERVER fleet OPTIONS (ADD :"name" :'connection');
