-- The first-level domains with the most logged queries, and how many hosts asked for each.
SELECT registeredDomain,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts,
       count_if(isMatchedDomain = 'Y') AS matched
FROM route53query
GROUP BY registeredDomain
ORDER BY logged_queries DESC, registeredDomain
LIMIT 100
