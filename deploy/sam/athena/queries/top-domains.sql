-- The first-level domains with the most logged queries of the last 7 days, and how many hosts asked for each. Without
-- Annotate=Y the names in their place.
SELECT coalesce(registeredDomain, query_name) AS registeredDomain,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts,
       count_if(isMatchedDomain = 'Y') AS matched
FROM route53query
WHERE day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1
ORDER BY logged_queries DESC, 1
LIMIT 100
