-- The most logged names, and how many hosts asked for each.
SELECT query_name,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts
FROM route53query
GROUP BY query_name
ORDER BY logged_queries DESC, query_name
LIMIT 100
