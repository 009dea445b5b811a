-- Queries for interesting domains.
SELECT query_name, srcaddr, srcids, vpc_id
FROM route53query
WHERE isMatchedDomain = 'Y'
