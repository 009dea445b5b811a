-- The hosts with the most logged queries, and how many names they asked for.
SELECT vpc_id,
       srcaddr,
       srcids.instance AS instance,
       count(*) AS logged_queries,
       count(DISTINCT query_name) AS names,
       count_if(isMatchedDomain = 'Y') AS matched
FROM route53query
GROUP BY vpc_id, srcaddr, srcids.instance
ORDER BY logged_queries DESC, srcaddr
LIMIT 100
