\echo Use "ALTER EXTENSION powernode UPDATE TO '0.2.0'" to load this file. \quit
